import type { ModelDocument } from "../model/file.ts";
import { linearQuantile } from "../stats/linear-quantile.ts";
import { authorColumnNames } from "./columns.ts";
import type { CensorReason, Dataset, FailureReason } from "./sample.ts";

/** What a model card says of a model, besides what the model's own file says: counted from what it learnt from. */
export type ModelCard = Pick<ModelDocument, "trained" | "proof" | "features"> & {
  /** Changes that were looked at, of whatever outcome. */
  changes: number;
  failures: Partial<Record<FailureReason, number>>;
  /** Counted neither for learning nor for proving. */
  leftOut: Partial<Record<CensorReason, number>>;
  /** Days from a change that failed until that came out; null where none failed. */
  delay: { middle: number; nineOfTen: number } | null;
  /** Columns among the features that speak of the author. */
  authorFacts: string[];
  calibration: "none" | ModelDocument["calibration"]["kind"];
};

export function modelCard(document: ModelDocument, { samples }: Dataset): ModelCard {
  const failures: ModelCard["failures"] = {};
  const leftOut: ModelCard["leftOut"] = {};
  const days: number[] = [];
  for (const { at, label } of samples) {
    if (label.went === "unknown") leftOut[label.because] = (leftOut[label.because] ?? 0) + 1;
    if (label.went !== "failed") continue;
    failures[label.because] = (failures[label.because] ?? 0) + 1;
    days.push(Math.max(0, (label.seenAt ?? label.knownAt) - at) / 86_400);
  }
  const sorted = Float64Array.from(days).sort();
  const { trained, proof, features, calibration } = document;
  return {
    ...{ trained, features, changes: samples.length, failures, leftOut },
    ...(proof === undefined ? {} : { proof }),
    delay:
      sorted.length === 0
        ? null
        : { middle: linearQuantile(sorted, 0.5), nineOfTen: linearQuantile(sorted, 0.9) },
    authorFacts: features.filter((name) => authorColumnNames.includes(name)),
    calibration:
      calibration.kind === "line" && calibration.slope === 1 && calibration.shift === 0
        ? "none"
        : calibration.kind,
  };
}
