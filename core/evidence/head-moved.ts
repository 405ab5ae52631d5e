/** Somebody else appended first. Nothing was written: read the stream again, and ask again what to write. */
export class HeadMoved extends Error {
  readonly stream: string;

  constructor(stream: string) {
    super(`The ledger's stream ${stream} moved on while an event was being written; nothing was written.`);
    this.name = "HeadMoved";
    this.stream = stream;
  }
}
