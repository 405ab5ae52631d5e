import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { exitCodes, UserError } from "../../core/errors.ts";
import { printable } from "../io.ts";

/** Writes every document into the folder, which is made where it is not there; gives their paths. */
export async function writeAll(
  folder: string,
  documents: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const paths: Record<string, string> = {};
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(documents)) {
      paths[name] = resolve(folder, name);
      await writeFile(paths[name], text);
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new UserError(
      "cannot-write",
      `${printable(folder)} cannot be written to: ${printable(said)}. Name another folder with out.`,
      exitCodes.unavailable,
    );
  }
  return paths;
}
