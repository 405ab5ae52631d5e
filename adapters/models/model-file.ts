import { readFile, stat } from "node:fs/promises";
import { exitCodes, UserError } from "../../core/errors.ts";
import { badModel } from "../../core/model/fault.ts";
import { modelIn, type ReadModel } from "../../core/model/model-in.ts";
import { plain } from "../../core/render/escape.ts";

/** Larger than any model of sense, and small enough to be read at once. */
const longestBytes = 64 * 1024 * 1024;

/** A model of ours, of XGBoost or of LightGBM, told apart by what it says of itself. */
export async function modelInFile(path: string): Promise<ReadModel> {
  const text = await textOf(path);
  try {
    return modelIn(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.reasonCode, `${plain(path, 200)}: ${error.message}`, error.exitCode);
  }
}

async function textOf(path: string): Promise<string> {
  const shown = plain(path, 200);
  try {
    const found = await stat(path);
    // A device or a pipe never ends, and says nothing of its size.
    if (!found.isFile()) throw badModel(`${shown} is no file.`);
    const { size } = found;
    if (size > longestBytes) throw badModel(`${shown} has ${size} bytes; at most ${longestBytes} are read.`);
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      "model-not-found",
      `${shown} cannot be read. Give the file that \`train\` wrote.`,
      exitCodes.badInput,
    );
  }
}
