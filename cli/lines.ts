import { once } from "node:events";

const writeAtCharacters = 64 * 1024;

/** Lines to standard output, many at a time, waiting where nobody reads as fast. */
export function lineOutput(): { write(line: string): Promise<void>; end(): Promise<void> } {
  let pending = "";
  const flush = async (): Promise<void> => {
    const text = pending;
    pending = "";
    if (text && !process.stdout.write(text)) await once(process.stdout, "drain");
  };
  return {
    async write(line) {
      pending += `${line}\n`;
      if (pending.length >= writeAtCharacters) await flush();
    },
    end: flush,
  };
}
