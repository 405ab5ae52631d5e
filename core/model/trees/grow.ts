import type { Random } from "../../stats/random.ts";
import type { Binned } from "./bins.ts";
import { type Ensemble, isLeaf } from "./ensemble.ts";

/** Gradient boosting over histograms, as XGBoost and LightGBM do it: second-order, regularised, one level at a time. */

export type GrowOptions = {
  trees: number;
  depth: number;
  rate: number;
  /** Weight that pulls a leaf to nothing. */
  pull: number;
  /** Least sum of second derivatives in a leaf. */
  leastCover: number;
  /** Share of rows that a tree sees, and of columns. */
  rows: number;
  columns: number;
  random: Random;
};

type Grown = {
  feature: number[];
  threshold: number[];
  right: number[];
  missingLeft: number[];
  value: number[];
  cover: number[];
};

export function grow(
  binned: Binned,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
  options: GrowOptions,
): Ensemble {
  const { length } = labels;
  let good = 0;
  let total = 0;
  for (let row = 0; row < length; row += 1) {
    total += weights[row] ?? 0;
    good += (weights[row] ?? 0) * (labels[row] ?? 0);
  }
  const share = Math.min(1 - 1e-6, Math.max(1e-6, good / total));
  const base = Math.log(share / (1 - share));
  const margins = new Float64Array(length).fill(base);
  const gradients = new Float64Array(length);
  const curvatures = new Float64Array(length);
  const grown: Grown = { feature: [], threshold: [], right: [], missingLeft: [], value: [], cover: [] };
  const starts: number[] = [];
  for (let tree = 0; tree < options.trees; tree += 1) {
    for (let row = 0; row < length; row += 1) {
      const probability = 1 / (1 + Math.exp(-(margins[row] ?? 0)));
      const weight = weights[row] ?? 0;
      gradients[row] = weight * (probability - (labels[row] ?? 0));
      curvatures[row] = weight * Math.max(1e-16, probability * (1 - probability));
    }
    starts.push(grown.feature.length);
    growTree({ binned, gradients, curvatures, margins, grown, options });
  }
  starts.push(grown.feature.length);
  return {
    starts: Int32Array.from(starts),
    feature: Int32Array.from(grown.feature),
    threshold: Float64Array.from(grown.threshold),
    right: Int32Array.from(grown.right),
    missingLeft: Uint8Array.from(grown.missingLeft),
    value: Float64Array.from(grown.value),
    cover: Float64Array.from(grown.cover),
    base,
  };
}

type Growing = {
  binned: Binned;
  gradients: Float64Array;
  curvatures: Float64Array;
  margins: Float64Array;
  grown: Grown;
  options: GrowOptions;
};

type Part = { rows: Int32Array; others: Int32Array; histogram: Float64Array; depth: number };

function growTree(growing: Growing): void {
  const { binned, options } = growing;
  const { random } = options;
  const length = binned.rows;
  const chosen: number[] = [];
  const others: number[] = [];
  for (let row = 0; row < length; row += 1)
    (options.rows >= 1 || random.uniform() < options.rows ? chosen : others).push(row);
  const columns = sampleColumns(binned.columns.length, options.columns, random);
  const rows = Int32Array.from(chosen);
  const part = {
    rows,
    others: Int32Array.from(others),
    histogram: histogramOf(growing, rows, columns),
    depth: 0,
  };
  addNode(growing, part, columns);
}

function sampleColumns(count: number, share: number, random: Random): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  const wanted = Math.max(1, Math.round(count * share));
  for (let index = 0; index < wanted; index += 1) {
    const other = index + Math.floor(random.uniform() * (count - index));
    const kept = all[index] ?? 0;
    all[index] = all[other] ?? 0;
    all[other] = kept;
  }
  return all.slice(0, wanted).sort((one, two) => one - two);
}

/** Sums of gradients and curvatures by column and bin. */
function histogramOf(
  { binned, gradients, curvatures }: Growing,
  rows: Int32Array,
  columns: readonly number[],
): Float64Array {
  const { bins, columns: stored } = binned;
  const histogram = new Float64Array(stored.length * bins * 2);
  for (const column of columns) {
    const of = stored[column];
    if (of === undefined) continue;
    const at = column * bins * 2;
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index] ?? 0;
      const slot = at + (of[row] ?? 0) * 2;
      histogram[slot] = (histogram[slot] ?? 0) + (gradients[row] ?? 0);
      histogram[slot + 1] = (histogram[slot + 1] ?? 0) + (curvatures[row] ?? 0);
    }
  }
  return histogram;
}

type Split = { column: number; bin: number; missingLeft: boolean };

function bestSplit(
  { binned, options }: Growing,
  histogram: Float64Array,
  columns: readonly number[],
  gradient: number,
  curvature: number,
): Split | null {
  const { bins } = binned;
  const { pull, leastCover } = options;
  const whole = (gradient * gradient) / (curvature + pull);
  let best: Split | null = null;
  let bestGain = 1e-6;
  for (const column of columns) {
    const at = column * bins * 2;
    const missingGradient = histogram[at] ?? 0;
    const missingCurvature = histogram[at + 1] ?? 0;
    const used = (binned.edges[column]?.length ?? 0) + 1;
    for (let side = 0; side < (missingCurvature > 0 ? 2 : 1); side += 1) {
      let leftGradient = side === 1 ? missingGradient : 0;
      let leftCurvature = side === 1 ? missingCurvature : 0;
      for (let bin = 1; bin < used; bin += 1) {
        leftGradient += histogram[at + bin * 2] ?? 0;
        leftCurvature += histogram[at + bin * 2 + 1] ?? 0;
        const rightCurvature = curvature - leftCurvature;
        if (leftCurvature < leastCover || rightCurvature < leastCover) continue;
        const rightGradient = gradient - leftGradient;
        const gain =
          (leftGradient * leftGradient) / (leftCurvature + pull) +
          (rightGradient * rightGradient) / (rightCurvature + pull) -
          whole;
        if (gain > bestGain) {
          bestGain = gain;
          best = { column, bin, missingLeft: side === 1 };
        }
      }
    }
  }
  return best;
}

function addNode(
  growing: Growing,
  { rows, others, histogram, depth }: Part,
  columns: readonly number[],
): number {
  const { grown, options, gradients, curvatures, margins, binned } = growing;
  const node = grown.feature.length;
  let gradient = 0;
  let curvature = 0;
  for (let index = 0; index < rows.length; index += 1) {
    gradient += gradients[rows[index] ?? 0] ?? 0;
    curvature += curvatures[rows[index] ?? 0] ?? 0;
  }
  const split = depth < options.depth ? bestSplit(growing, histogram, columns, gradient, curvature) : null;
  grown.cover.push(curvature);
  if (split === null) {
    const value = (-gradient / (curvature + options.pull)) * options.rate;
    grown.feature.push(isLeaf);
    grown.threshold.push(0);
    grown.right.push(0);
    grown.missingLeft.push(0);
    grown.value.push(value);
    for (const part of [rows, others]) for (const row of part) margins[row] = (margins[row] ?? 0) + value;
    return node;
  }
  grown.feature.push(split.column);
  grown.threshold.push(binned.edges[split.column]?.[split.bin - 1] ?? 0);
  grown.right.push(0);
  grown.missingLeft.push(split.missingLeft ? 1 : 0);
  grown.value.push(0);
  const column = binned.columns[split.column] ?? new Uint8Array();
  const [left, right] = parted(rows, column, split);
  const [otherLeft, otherRight] = parted(others, column, split);
  const last = depth + 1 >= options.depth;
  const small = left.length < right.length ? left : right;
  const one = last ? histogram : histogramOf(growing, small, columns);
  const two = last ? histogram : subtract(histogram, one);
  const [leftHistogram, rightHistogram] = small === left ? [one, two] : [two, one];
  addNode(growing, { rows: left, others: otherLeft, histogram: leftHistogram, depth: depth + 1 }, columns);
  grown.right[node] = addNode(
    growing,
    { rows: right, others: otherRight, histogram: rightHistogram, depth: depth + 1 },
    columns,
  );
  return node;
}

function subtract(whole: Float64Array, part: Float64Array): Float64Array {
  for (let index = 0; index < whole.length; index += 1)
    whole[index] = (whole[index] ?? 0) - (part[index] ?? 0);
  return whole;
}

function parted(rows: Int32Array, column: Uint8Array, { bin, missingLeft }: Split): [Int32Array, Int32Array] {
  const left = new Int32Array(rows.length);
  const right = new Int32Array(rows.length);
  let lefts = 0;
  let rights = 0;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? 0;
    const own = column[row] ?? 0;
    if (own === 0 ? missingLeft : own <= bin) left[lefts++] = row;
    else right[rights++] = row;
  }
  return [left.subarray(0, lefts), right.subarray(0, rights)];
}
