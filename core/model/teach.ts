import { exitCodes, UserError } from "../errors.ts";
import { seeded } from "../stats/random.ts";
import { derivedNames, withDerived } from "./columns/derived.ts";
import { ranked, unknownRank } from "./columns/ranked.ts";
import type { Table } from "./columns/table.ts";
import { uncalibrated } from "./fit/calibration.ts";
import { type Line, logistic } from "./fit/logistic.ts";
import type { Model, Part } from "./model.ts";
import { type Prior, slopesFor } from "./prior.ts";
import { short } from "./short.ts";
import { binned } from "./trees/bins.ts";
import { grow } from "./trees/grow.ts";
import { meanOf } from "./trees/mean-of.ts";

/** In the order of time. */
export type History = {
  table: Table;
  /** 1: it failed; 0: it did not; NaN: nobody knows yet, and it counts only among the changes that others are ranked among. */
  labels: Float64Array | Uint8Array;
  /** Seconds. */
  times: Float64Array;
  /** From when on a label could be known, in seconds; where it is absent, each as soon as the change was made. */
  knownAt?: Float64Array;
};

/** How long until a change counts half, in days. A project drifts, and nobody knows beforehand how fast. */
const halfLifeDays = [180, 365, 730];
const lineHalfLifeDays = 365;
const grown = { trees: 120, depth: 4, rate: 0.07, pull: 1, leastCover: 20, rows: 0.8, columns: 0.8 };
export const windowSize = 2000;
const linePull = 20;
const mostForTrees = 0.75;
/** So many failures make a project's own trees count half of the most. */
const failuresForHalf = 200;
/** Fewer failures, or fewer changes that went well, teach nothing that holds. */
export const leastOfEach = 10;

export type Taught = Model & {
  /** How much of what trees could say is left to the line, which the prior holds where little is known. */
  priorShare: number;
};

/**
 * Trees of three memories, and a line through ranks that extrapolates where they cannot, drawn to the prior; they ask about every
 * column and what follows from it, or about `only` these.
 */
export function taught(history: History, prior: Prior, only?: readonly string[]): Taught {
  const { table, labels } = history;
  const columns = only ?? [...table.names, ...derivedNames(table.names)];
  const whole = withDerived(table, columns);
  const known = slopesFor(prior, columns);
  const failures = countOf(labels, 1);
  const learnable = isLearnable(labels);
  if (!learnable && (known === null || table.rows === 0))
    throw tooLittle(failures, countOf(labels, 0), prior);
  const priorShare = known === null ? 0 : learnable ? failuresForHalf / (failures + failuresForHalf) : 1;
  const forTrees = mostForTrees * (1 - priorShare);
  const line = lineOf(ranked(whole, windowSize), history, { prior, known });
  const parts: Part[] = [{ kind: "ranks", weight: 1 - forTrees, columns, line }];
  if (forTrees > 0)
    parts.unshift({ kind: "trees", weight: forTrees, columns, trees: forestOf(whole, history) });
  const window = { size: windowSize, columns: table.columns.map((column) => column.slice(-windowSize)) };
  return { features: table.names, parts, window, calibration: uncalibrated, priorShare };
}

function isLearnable(labels: ArrayLike<number>): boolean {
  return countOf(labels, 1) >= leastOfEach && countOf(labels, 0) >= leastOfEach;
}

/** Whether there is enough to go by: outcomes, or a column that the prior knows. */
export function canTeach({ table, labels }: History, prior: Prior): boolean {
  return isLearnable(labels) || slopesFor(prior, table.names) !== null;
}

function tooLittle(failures: number, well: number, prior: Prior): UserError {
  return new UserError(
    "too-little-known",
    `${failures} changes failed and ${well} went well; at least ${leastOfEach} of each kind are needed to learn anything. With fewer, columns by the names that the shipped prior knows would do: ${Object.keys(prior.slopes).join(", ")}.`,
    exitCodes.badInput,
  );
}

function forestOf(whole: Table, { labels, times }: History) {
  const bins = binned(whole.columns);
  const failed = zeroIfUnknown(labels);
  return meanOf(
    halfLifeDays.map((days, index) =>
      grow(bins, failed, fading(labels, times, days), { ...grown, random: seeded(index + 1) }),
    ),
  );
}

/** One change more, in the middle of all ranks and worth two, failed as the prior says: where there are none, it alone counts. */
function lineOf(
  { columns }: Table,
  { labels, times }: History,
  { prior, known }: { prior: Prior; known: number[] | null },
): Line {
  const middle = Math.log(prior.share / (1 - prior.share));
  const slopes = known ?? columns.map(() => 0);
  const centre = slopes.reduce((sum, slope) => sum - slope * unknownRank, middle);
  const more = <Values extends ArrayLike<number>>(values: Values, one: number): Float64Array => {
    const longer = new Float64Array(values.length + 1).fill(one);
    longer.set(values);
    return longer;
  };
  const rows = {
    columns: columns.map((column) => more(column, unknownRank)),
    labels: more(zeroIfUnknown(labels), prior.share),
    weights: more(fading(labels, times, lineHalfLifeDays), 2),
  };
  const line = logistic(rows, linePull, { intercept: centre, slopes });
  return { intercept: short(line.intercept), slopes: line.slopes.map(short) };
}

export function countOf(labels: ArrayLike<number>, wanted: 0 | 1): number {
  let count = 0;
  for (let row = 0; row < labels.length; row += 1) if (labels[row] === wanted) count += 1;
  return count;
}

function zeroIfUnknown(labels: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(labels, (label) => (label === 1 ? 1 : 0));
}

/** What a change counts, less the longer ago it was made. */
function fading(labels: ArrayLike<number>, times: Float64Array, halfLife: number): Float64Array {
  const last = times.at(-1) ?? 0;
  return times.map((at, row) => (Number.isNaN(labels[row]) ? 0 : 2 ** ((at - last) / 86_400 / halfLife)));
}
