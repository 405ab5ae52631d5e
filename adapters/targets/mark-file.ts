import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import type { UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/json-text.ts";
import { type HandsOff, handsOff, type Mark, mark } from "../../core/rollout/observed.ts";
import { unavailable } from "./faults.ts";

/** What is left beside a target that has no place of its own for it: the last write of ours, and who keeps us off. */

const left = z.strictObject({
  schema_version: z.literal(1),
  mark: mark.nullable(),
  hands_off: handsOff.nullable(),
});
export type Left = { mark: Mark | null; handsOff: HandsOff | null };

export async function readLeft(path: string): Promise<Left> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return { mark: null, handsOff: null };
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
  const parsed = jsonText.pipe(left).safeParse(text);
  // A file that nobody understands may say that automation has to stay away.
  if (!parsed.success) throw unreadable(path, "it is not what this program writes");
  return { mark: parsed.data.mark, handsOff: parsed.data.hands_off };
}

/** Whole or not at all: a crash leaves the file of before. */
export async function writeLeft(path: string, { mark, handsOff }: Left): Promise<void> {
  const text = `${JSON.stringify({ schema_version: 1, mark, hands_off: handsOff }, null, 2)}\n`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw unavailable(
      `${path} cannot be written: ${said}. Look at its rights and the room on its disk; nothing is changed on the target until then.`,
    );
  }
}

function unreadable(path: string, why: string): UserError {
  return unavailable(
    `${path} cannot be read: ${why}. Mend or remove it; nothing is changed on the target until then.`,
  );
}
