import { badModel } from "./fault.ts";
import { type About, modelOf } from "./file.ts";
import { uncalibrated } from "./fit/calibration.ts";
import { fromLightgbm } from "./import/lightgbm.ts";
import { fromXgboost, type Imported } from "./import/xgboost.ts";
import type { Model } from "./model.ts";

/** One that was trained elsewhere says nothing about itself. */
export type ReadModel = Model & Partial<About>;

/** A model of ours, of XGBoost or of LightGBM, told apart by what it says of itself. */
export function modelIn(text: string): ReadModel {
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
    calibration: uncalibrated,
  };
}
