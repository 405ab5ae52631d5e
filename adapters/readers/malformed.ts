/** A report that is not what its beginning promised. The line is counted from 1. */
export class MalformedReport extends Error {
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.name = "MalformedReport";
    this.line = line;
  }
}
