import { sampleRankCorrelation } from "simple-statistics";
import type { Table } from "../model/columns/table.ts";
import type { Model } from "../model/model.ts";
import { explained } from "../model/predict.ts";

/** Whether one learning after the other gives the same reasons. */
export type Stability = {
  /** Of each learning and the one before it: how alike they order the columns, from −1 to 1 (Spearman). */
  alike: number[];
  /** What share of all that is said comes from a column, learning by learning; the weightiest first. */
  columns: { name: string; shares: number[] }[];
};

/** Every model is asked about the same changes. */
export function stabilityOf(models: readonly Model[], asked: Table): Stability | null {
  if (models.length < 2) return null;
  const weights = models.map((model) => {
    const { names, rows } = explained(model, asked);
    const sums = names.map((_, column) => rows.reduce((sum, row) => sum + Math.abs(row[column] ?? 0), 0));
    const all = sums.reduce((sum, one) => sum + one, 0) || 1;
    return new Map(names.map((name, column) => [name, (sums[column] ?? 0) / all]));
  });
  const names = [...new Set(weights.flatMap((one) => [...one.keys()]))];
  const columns = names.map((name) => ({ name, shares: weights.map((one) => one.get(name) ?? 0) }));
  const total = (shares: readonly number[]): number => shares.reduce((sum, one) => sum + one, 0);
  const at = (index: number): number[] => columns.map(({ shares }) => shares[index] ?? 0);
  return {
    alike:
      names.length < 2
        ? []
        : models.slice(1).map((_, index) => sampleRankCorrelation(at(index), at(index + 1))),
    columns: columns.toSorted((one, other) => total(other.shares) - total(one.shares)),
  };
}
