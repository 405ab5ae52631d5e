import type { Measurements } from "../measurements.ts";

export type Fold = { learnFrom: Measurements[]; judged: Measurements[] };

/**
 * Every past rollout is judged once, with what all folds but its own teach. Neighbours come into different folds, so
 * that no fold is one week. Rollouts that were taken back teach, as they do in earnest, and are judged in none: nobody
 * knows whether they had an effect.
 */
export function foldsOf(history: readonly Measurements[], most: number): Fold[] {
  const folds = Math.max(1, Math.min(most, history.length));
  return Array.from({ length: folds }, (_, fold) => ({
    learnFrom: history.filter((_, index) => index % folds !== fold),
    judged: history.filter((one, index) => index % folds === fold && one.outcome !== "rolled-back"),
  }));
}
