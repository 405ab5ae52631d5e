import { auc, aucByCounts } from "../../stats/auc.ts";
import { blockResamples } from "../../stats/block-resamples.ts";
import { bootstrapInterval } from "../../stats/bootstrap-interval.ts";
import { brier } from "../../stats/brier.ts";
import { expectedCalibrationError } from "../../stats/expected-calibration-error.ts";
import type { Table } from "../columns/table.ts";
import type { Proof } from "../file.ts";
import { probabilityOf } from "../predict.ts";
import { countOf } from "../teach.ts";
import type { HeldOut } from "./held-out.ts";

/** How the newest changes went beside what they were given; `said` is put right by outcomes of others than their own. */
export function proofOf({ rows, logOdds, labels }: HeldOut, said: Float64Array, table: Table): Proof {
  const probabilities = said.map(probabilityOf);
  const draws = Array.from(blockResamples(rows.length, 500, 1), aucByCounts(logOdds, labels));
  const [low, high] = bootstrapInterval(draws);
  const linesAdded = aucOfColumn("la", table, rows, labels);
  const heuristic = aucOfColumn("heuristic", table, rows, labels);
  return {
    rows: rows.length,
    failures: countOf(labels, 1),
    auc: auc(logOdds, labels),
    auc_low: low,
    auc_high: high,
    brier: brier(probabilities, labels),
    ece: expectedCalibrationError(probabilities, labels),
    ...(linesAdded !== null && { lines_added_auc: linesAdded }),
    ...(heuristic !== null && { heuristic_auc: heuristic }),
  };
}

/** How well a column alone orders them; null where there is none, or where it is not known of all. */
export function aucOfColumn(
  name: string,
  table: Table,
  rows: readonly number[],
  labels: ArrayLike<number>,
): number | null {
  const column = table.columns[table.names.indexOf(name)];
  const values = rows.map((row) => column?.[row] ?? Number.NaN);
  return values.some(Number.isNaN) ? null : auc(values, labels);
}
