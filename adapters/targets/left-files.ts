import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import type { UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/json-text.ts";
import { type HandsOff, handsOff, type Mark, mark } from "../../core/rollout/observed.ts";
import { unavailable } from "./faults.ts";

/**
 * What is left beside a target that has no place of its own for it: the last write of ours, and who keeps us off. A file
 * each, for two write them: the driver the one, and a person the other, at any moment.
 */
export type LeftFiles = {
  read(): Promise<{ mark: Mark | null; handsOff: HandsOff | null }>;
  writeMark(mark: Mark): Promise<void>;
  writeHandsOff(handsOff: HandsOff | null): Promise<void>;
};

const markFile = z.strictObject({ schema_version: z.literal(1), mark });
const handsOffFile = z.strictObject({ schema_version: z.literal(1), hands_off: handsOff.nullable() });

/** Files whose names begin with `prefix`. */
export function leftFiles(prefix: string): LeftFiles {
  const paths = { mark: `${prefix}.mark.json`, handsOff: `${prefix}.hands-off.json` };
  return {
    read: async () => {
      const [last, off] = await Promise.all([
        written(paths.mark, markFile),
        written(paths.handsOff, handsOffFile),
      ]);
      return { mark: last?.mark ?? null, handsOff: off?.hands_off ?? null };
    },
    writeMark: (one) => write(paths.mark, { schema_version: 1, mark: one }),
    writeHandsOff: (off) => write(paths.handsOff, { schema_version: 1, hands_off: off }),
  };
}

async function written<Form extends z.ZodType>(path: string, form: Form): Promise<z.output<Form> | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw unreadable(path, saidBy(error));
  }
  const parsed = jsonText.pipe(form).safeParse(text);
  // A file that nobody understands may say that automation has to stay away.
  if (!parsed.success) throw unreadable(path, "it is not what this program writes");
  return parsed.data;
}

/** Whole or not at all: a crash leaves the file of before. */
async function write(path: string, document: unknown): Promise<void> {
  const fresh = `${path}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(fresh, `${JSON.stringify(document, null, 2)}\n`);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw unavailable(
      `${path} cannot be written: ${saidBy(error)}. Look at its rights and the room on its disk; nothing goes on until then.`,
    );
  }
}

function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unreadable(path: string, why: string): UserError {
  return unavailable(
    `${path} cannot be read: ${why}. Mend or remove it; nothing is changed on the target until then.`,
  );
}
