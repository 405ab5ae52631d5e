import { seeded } from "../stats/random.ts";
import { derivedNames, withDerived } from "./columns/derived.ts";
import { ranked } from "./columns/ranked.ts";
import type { Table } from "./columns/table.ts";
import { logistic } from "./fit/logistic.ts";
import { unstretched } from "./fit/stretch.ts";
import type { Model, Part } from "./model.ts";
import { binned } from "./trees/bins.ts";
import type { Ensemble } from "./trees/ensemble.ts";
import { grow } from "./trees/grow.ts";

export type History = {
  table: Table;
  /** 1: it failed. */
  labels: Uint8Array;
  /** Seconds. */
  times: Float64Array;
};

/** How long until a change counts half, in days. A project drifts, and nobody knows beforehand how fast. */
const halfLifeDays = [180, 365, 730];
const grown = { trees: 120, depth: 4, rate: 0.07, pull: 1, leastCover: 20, rows: 0.8, columns: 0.8 };
const windowSize = 2000;
const linePull = 10;
const shares = { trees: 0.75, ranks: 0.25 };

/** A model of a project's own history: trees of three memories, and a line through ranks that extrapolates where they cannot. */
export function learn({ table, labels, times }: History): Model {
  const columns = [...table.names, ...derivedNames(table.names)];
  const whole = withDerived(table, columns);
  const bins = binned(whole.columns);
  const last = times.at(-1) ?? 0;
  const forests = halfLifeDays.map((days, index) => {
    const weights = times.map((at) => 2 ** ((at - last) / 86_400 / days));
    return grow(bins, labels, weights, { ...grown, random: seeded(index + 1) });
  });
  const weights = times.map((at) => 2 ** ((at - last) / 86_400 / 365));
  const ranks = ranked(whole, windowSize);
  const line = logistic({ columns: ranks.columns, labels, weights }, linePull);
  const parts: Part[] = [
    { kind: "trees", weight: shares.trees, columns, trees: meanOf(forests) },
    { kind: "ranks", weight: shares.ranks, columns, line },
  ];
  const window = { size: windowSize, columns: table.columns.map((column) => column.slice(-windowSize)) };
  return { features: table.names, parts, window, calibration: unstretched };
}

/** One ensemble that says what several say on average. */
function meanOf(forests: readonly Ensemble[]): Ensemble {
  const share = 1 / forests.length;
  const starts: number[] = [0];
  const right: number[] = [];
  for (const forest of forests) {
    const before = right.length;
    for (const at of forest.starts.subarray(1)) starts.push(before + at);
    for (const [node, at] of forest.right.entries())
      right.push(forest.feature[node] === -1 ? 0 : before + at);
  }
  const joined = <Kind extends "feature" | "threshold" | "missingLeft" | "value" | "cover">(
    name: Kind,
  ): number[] => forests.flatMap((forest) => Array.from(forest[name]));
  return {
    starts: Int32Array.from(starts),
    feature: Int32Array.from(joined("feature")),
    threshold: Float64Array.from(joined("threshold")),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(joined("missingLeft")),
    value: Float64Array.from(joined("value"), (one) => one * share),
    cover: Float64Array.from(joined("cover")),
    base: forests.reduce((sum, { base }) => sum + base * share, 0),
  };
}
