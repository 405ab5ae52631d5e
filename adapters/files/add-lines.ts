import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { exitCodes, UserError } from "../../core/errors.ts";
import { printable } from "../../core/policy/yaml/quoted.ts";

/**
 * Adds lines to the end of a file, which is made where it is not there, and answers with its path once they are on the
 * disk. They go out in one write, so that two who add at the same moment do not mix, and nothing that stands in the file
 * is ever written anew. What a writer left behind that died in the middle of a line stays a line by itself.
 */
export async function addLines(path: string, lines: readonly string[]): Promise<string> {
  const file = resolve(path);
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, "a+");
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1, "\n");
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      const text = lines.map((line) => `${line}\n`).join("");
      let rest = Buffer.from(last.toString() === "\n" || text === "" ? text : `\n${text}`);
      while (rest.length > 0) rest = rest.subarray((await handle.write(rest)).bytesWritten);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new UserError(
      "cannot-write",
      `${printable(file)} cannot be added to: ${printable(said)}. Name a file that can be written to.`,
      exitCodes.unavailable,
    );
  }
  return file;
}
