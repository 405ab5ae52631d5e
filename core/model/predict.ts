import { withDerived } from "./columns/derived.ts";
import { ranked, unknownRank } from "./columns/ranked.ts";
import { rowOf, type Table } from "./columns/table.ts";
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
  const { slope, shift } = model.calibration;
  return sum.map((one) => slope * one + shift);
}

export const probabilityOf = (margin: number): number => 1 / (1 + Math.exp(-margin));

/** The columns as a part asks about them. */
function seenBy({ window, features }: Model, part: Part, table: Table): Table {
  const own = withDerived(table, part.columns);
  if (part.kind === "trees") return own;
  const before = { names: features, columns: window.columns, rows: window.columns[0]?.length ?? 0 };
  return ranked(own, window.size, withDerived(before, part.columns).columns);
}

export type Explained = { names: string[]; bias: number; rows: Float64Array[] };

/** What each column adds to the log-odds; with the bias it sums up to the margin. */
export function explained(model: Model, table: Table): Explained {
  const names = [...new Set(model.parts.flatMap(({ columns }) => columns))];
  const rows = Array.from({ length: table.rows }, () => new Float64Array(names.length));
  const { slope, shift } = model.calibration;
  let bias = shift;
  for (const part of model.parts) {
    const own = seenBy(model, part, table);
    const to = part.columns.map((name) => names.indexOf(name));
    const weight = slope * part.weight;
    const { bias: ownBias, added } = part.kind === "trees" ? ofTrees(part, own) : ofRanks(part, own);
    bias += weight * ownBias;
    for (const [row, values] of added.entries()) {
      const into = rows[row];
      if (into === undefined) continue;
      for (const [index, value] of values.entries())
        into[to[index] ?? 0] = (into[to[index] ?? 0] ?? 0) + weight * value;
    }
  }
  return { names, bias, rows };
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
