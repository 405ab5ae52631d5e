import type { RiskWeights } from "../../core/policy/schema.ts";
import { shownScore } from "../../core/risk/score.ts";
import { auc } from "../../core/stats/auc.ts";
import { differenceInterval } from "./bootstrap.ts";
import { recallAtEffort, scorePerLine } from "./effort.ts";
import type { Project } from "./projects.ts";
import { naiveSums, scoresOf } from "./score.ts";

export const resamples = 1000;
const seed = 20_260_101;

export type Row = {
  name: string;
  changes: number;
  buggy: number;
  linesAdded: number;
  naive: number;
  ours: number;
  interval: [number, number];
  shown: number;
  withShape: number;
  leftOut: number;
  recall: number;
  recallSmallest: number;
};

/** `leftOut` are the scores of the whole project from curves that were fitted on the other five. */
export function compare(part: Project, weights: RiskWeights, leftOut: Float64Array | undefined): Row {
  const area = (scores: ArrayLike<number>): number => auc(scores, part.buggy);
  const ours = scoresOf(part, weights, "size");
  return {
    name: part.name,
    changes: part.buggy.length,
    buggy: part.buggy.reduce((total, label) => total + label, 0) / part.buggy.length,
    linesAdded: area(part.additions),
    naive: area(naiveSums(part)),
    ours: area(ours),
    interval: differenceInterval(ours, part.additions, part.buggy, resamples, seed),
    shown: area(ours.map(shownScore)),
    withShape: area(scoresOf(part, weights, "size and shape")),
    leftOut: area((leftOut ?? ours).subarray(-part.buggy.length)),
    recall: recallAtEffort(part, scorePerLine(part, ours)),
    recallSmallest: recallAtEffort(part, (row) => -(part.additions[row] ?? 0) - (part.deletions[row] ?? 0)),
  };
}
