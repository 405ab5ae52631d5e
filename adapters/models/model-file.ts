import { readFile, stat } from "node:fs/promises";
import { exitCodes, UserError } from "../../core/errors.ts";
import { badModel } from "../../core/model/fault.ts";
import { modelOf } from "../../core/model/file.ts";
import { unstretched } from "../../core/model/fit/stretch.ts";
import { fromLightgbm } from "../../core/model/import/lightgbm.ts";
import { fromXgboost, type Imported } from "../../core/model/import/xgboost.ts";
import type { Model } from "../../core/model/model.ts";
import { plain } from "../../core/render/escape.ts";

/** Larger than any model of sense, and small enough to be read at once. */
const longestBytes = 256 * 1024 * 1024;

/** A model of ours, of XGBoost or of LightGBM, told apart by what it says of itself. */
export async function modelInFile(path: string): Promise<Model & { time?: string | undefined }> {
  const text = await textOf(path);
  try {
    return modelIn(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.reasonCode, `${plain(path, 200)}: ${error.message}`, error.exitCode);
  }
}

export function modelIn(text: string): Model & { time?: string | undefined } {
  if (/^tree\r?\n/.test(text)) return alone(fromLightgbm(text));
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw badModel("It is neither JSON nor the text of LightGBM.");
  }
  const isXgboost = typeof document === "object" && document !== null && "learner" in document;
  return isXgboost ? alone(fromXgboost(document)) : modelOf(document);
}

function alone({ trees, features }: Imported): Model {
  return {
    features,
    parts: [{ kind: "trees", weight: 1, columns: features, trees }],
    window: { size: 1, columns: features.map(() => new Float64Array()) },
    calibration: unstretched,
  };
}

async function textOf(path: string): Promise<string> {
  const shown = plain(path, 200);
  try {
    const { size } = await stat(path);
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
