import { withDerived } from "./columns/derived.ts";
import { ranked, unknownRank } from "./columns/ranked.ts";
import { rowOf, type Table } from "./columns/table.ts";
import { type Calibration, calibrated, stretchBetween } from "./fit/calibration.ts";
import { lineAt } from "./fit/logistic.ts";
import type { Model, Part } from "./model.ts";
import { marginOf } from "./trees/ensemble.ts";
import { explainer } from "./trees/explain.ts";

/** Log-odds of changes in the order of time, each ranked among those before it. */
export function margins(model: Model, table: Table): Float64Array {
  const sum = new Float64Array(table.rows);
  for (const part of model.parts) {
    const own = seenBy(model, part, table);
    for (let row = 0; row < table.rows; row += 1) {
      const facts = rowOf(own, row);
      const says = part.kind === "trees" ? marginOf(part.trees, facts) : lineAt(part.line, facts);
      sum[row] = (sum[row] ?? 0) + part.weight * says;
    }
  }
  return sum.map((one) => calibrated(model.calibration, one));
}

export const probabilityOf = (margin: number): number => 1 / (1 + Math.exp(-margin));

/** The columns as a part asks about them. */
function seenBy({ window, features }: Model, part: Part, table: Table): Table {
  const own = withDerived(table, part.columns);
  if (part.kind === "trees") return own;
  const before = { names: features, columns: window.columns, rows: window.columns[0]?.length ?? 0 };
  return ranked(own, window.size, withDerived(before, part.columns).columns);
}

/** Every column that something can be said of: those that a change brings and those that follow from them. */
export function namesOf({ features, parts }: Model): string[] {
  return [...new Set([...features, ...parts.flatMap(({ columns }) => columns)])];
}

export type Explained = { names: string[]; bias: number; rows: Float64Array[] };

/** What each column adds to the log-odds; with the bias it sums up to the margin. */
export function explained(model: Model, table: Table): Explained {
  const names = namesOf(model);
  const rows = Array.from({ length: table.rows }, () => new Float64Array(names.length));
  let bias = 0;
  for (const part of model.parts) {
    const own = seenBy(model, part, table);
    const to = part.columns.map((name) => names.indexOf(name));
    const { weight } = part;
    const { bias: ownBias, added } = part.kind === "trees" ? ofTrees(part, own) : ofRanks(part, own);
    bias += weight * ownBias;
    for (const [row, values] of added.entries()) {
      const into = rows[row];
      if (into === undefined) continue;
      addTo(into, to, weight, values);
    }
  }
  for (const row of rows) stretch(model.calibration, bias, row);
  return { names, bias: calibrated(model.calibration, bias), rows };
}

/** Adds what a part says of its columns where the columns stand among all. */
export function addTo(
  sums: Float64Array,
  places: readonly number[],
  weight: number,
  values: Float64Array,
): void {
  for (let index = 0; index < values.length; index += 1) {
    const place = places[index] ?? 0;
    sums[place] = (sums[place] ?? 0) + weight * (values[index] ?? 0);
  }
}

/** What the parts say is explained exactly; what is put right keeps each column's share of it. */
export function stretch(calibration: Calibration, bias: number, added: Float64Array): void {
  let logOdds = bias;
  for (let index = 0; index < added.length; index += 1) logOdds += added[index] ?? 0;
  const factor = stretchBetween(calibration, bias, logOdds);
  for (let index = 0; index < added.length; index += 1) added[index] = factor * (added[index] ?? 0);
}

function ofTrees({ trees, columns }: Extract<Part, { kind: "trees" }>, table: Table) {
  const { bias, explain } = explainer(trees);
  const facts = Array.from({ length: table.rows }, (_, row) => rowOf(table, row));
  const added = facts.map(() => new Float64Array(columns.length));
  explain(facts, added);
  return { bias, added };
}

/** On a line a column adds its slope times the way from the middle, which is where ranks are on average. */
function ofRanks({ line }: Extract<Part, { kind: "ranks" }>, table: Table) {
  const bias = line.slopes.reduce((sum, slope) => sum + slope * unknownRank, line.intercept);
  const added = Array.from({ length: table.rows }, (_, row) =>
    rowOf(table, row).map((rank, index) => (line.slopes[index] ?? 0) * (rank - unknownRank)),
  );
  return { bias, added };
}
