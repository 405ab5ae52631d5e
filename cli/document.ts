import { writeFile } from "node:fs/promises";
import { printable } from "../actions/io.ts";
import { exitCodes, UserError } from "../core/errors.ts";

/** Writes a file that a flag names. A folder that is not there is the caller's to mend, not a bug of ours. */
export async function writeText(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    throw new UserError(
      "cannot-write",
      `${printable(path)} cannot be written: ${printable(said)}. Name a file in a folder that is there.`,
      exitCodes.unavailable,
    );
  });
}

/** A document as JSON. What a runner would take for a command in its log is written in another way of the same text. */
export function documentText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`.replaceAll("##[", "#\\u0023[");
}
