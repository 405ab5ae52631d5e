import { createReadStream } from "node:fs";
import type { Line } from "../../core/analysis/rollouts-of.ts";
import { UserError } from "../../core/errors.ts";

const longestLineCharacters = 16 * 1024 * 1024;

/** The lines of a file that hold something, as they arrive; `-` is standard input. */
export async function* linesOfFile(
  path: string,
  badReason: string,
  absentReason: string,
): AsyncGenerator<Line> {
  const name = path === "-" ? "standard input" : path;
  const input = path === "-" ? process.stdin : createReadStream(path);
  input.setEncoding("utf8");
  let rest = "";
  let number = 0;
  try {
    for await (const chunk of input) {
      const parts = (rest + String(chunk)).split("\n");
      rest = parts.pop() ?? "";
      if (rest.length > longestLineCharacters) {
        throw new UserError(
          badReason,
          `${name}:${number + 1}: a line has more than ${longestLineCharacters} characters. Write one document a line.`,
        );
      }
      for (const text of parts) {
        number += 1;
        if (text.trim()) yield { text, where: `${name}:${number}` };
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      absentReason,
      `${name} cannot be read: ${error instanceof Error ? error.message : error}.`,
    );
  }
  if (rest.trim()) yield { text: rest, where: `${name}:${number + 1}` };
}
