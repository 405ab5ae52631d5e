import { rowsBetween } from "../columns/between.ts";
import { margins } from "../predict.ts";
import type { Prior } from "../prior.ts";
import { canTeach, countOf, type History, leastOfEach, taught } from "../teach.ts";

/** The newest changes, as a model sees them that was taught with what was known of the older ones before the first of them. */
export type HeldOut = {
  /** Of every change of the newest part, whether anybody knows how it went or not. */
  given: Float64Array;
  /** Those of which it is known: their rows in the history, what they were given, and how they went. */
  rows: number[];
  logOdds: Float64Array;
  labels: Uint8Array;
};

const newestShare = 0.2;

/** Null where too little is known of the newest part to say anything. */
export function heldOut(history: History, prior: Prior, only?: readonly string[]): HeldOut | null {
  const { table, labels, times, knownAt } = history;
  const known = Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => !Number.isNaN(labels[row]),
  );
  const from = known[Math.floor(known.length * (1 - newestShare))] ?? table.rows;
  const rows = known.filter((row) => row >= from);
  const came = Uint8Array.from(rows, (row) => labels[row] ?? 0);
  if (countOf(came, 1) < leastOfEach || countOf(came, 0) < leastOfEach) return null;
  const moment = times[from] ?? 0;
  const isKnown = (row: number): boolean => knownAt === undefined || (knownAt[row] ?? Number.NaN) <= moment;
  const older = {
    table: rowsBetween(table, 0, from),
    labels: Float64Array.from(labels.subarray(0, from), (label, row) => (isKnown(row) ? label : Number.NaN)),
    times: times.subarray(0, from),
  };
  if (!canTeach(older, prior)) return null;
  const given = margins(taught(older, prior, only), rowsBetween(table, from, table.rows));
  const logOdds = Float64Array.from(rows, (row) => given[row - from] ?? Number.NaN);
  return { given, rows, logOdds, labels: came };
}
