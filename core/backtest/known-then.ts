import type { Table } from "../model/columns/table.ts";
import type { History } from "../model/learn.ts";
import { linearQuantile } from "../stats/linear-quantile.ts";
import { type Cases, rowsOf } from "./cases.ts";

/** What could be learnt from at a moment of the past: every change before it, with NaN where nobody could say how it went. */
export type Known = {
  history: History;
  /** Of how many it was known, how many of those had failed, and how many were too new to say. */
  rows: number;
  failures: number;
  tooNew: number;
};

/**
 * How every change before a moment stood at that moment. A failure that came out later was then too new to count, or,
 * once it had been quiet for as long as others that went well, counted as one that went well: whoever learnt then had
 * that wrong, and so has a replay.
 */
export function knownThen(
  { table, times, labels, knownAt }: Cases,
  moment: number,
  names: readonly string[],
): Known {
  const before = Array.from(times.keys()).filter((row) => (times[row] ?? 0) < moment);
  const quiet = quietFor(before, { times, labels, knownAt }, moment);
  const said = new Float64Array(before.length).fill(Number.NaN);
  const since = said.slice();
  for (const [at, row] of before.entries()) {
    const quietAt = (times[row] ?? 0) + quiet;
    if ((knownAt[row] ?? Number.NaN) <= moment) {
      said[at] = labels[row] ?? Number.NaN;
      since[at] = knownAt[row] ?? Number.NaN;
    } else if (labels[row] === 1 && quietAt <= moment) {
      said[at] = 0;
      since[at] = quietAt;
    }
  }
  const known = said.filter((label) => !Number.isNaN(label));
  const everKnown = before.filter((row) => !Number.isNaN(labels[row])).length;
  return {
    history: {
      table: varying(rowsOf(only(table, names), before)),
      labels: said,
      times: Float64Array.from(before, (row) => times[row] ?? 0),
      knownAt: since,
    },
    rows: known.length,
    failures: known.reduce((sum, label) => sum + label, 0),
    tooNew: everKnown - known.length,
  };
}

/** The usual time until a change counted as gone well, of those that counted so by then. */
function quietFor(
  before: readonly number[],
  { times, labels, knownAt }: Pick<Cases, "times" | "labels" | "knownAt">,
  moment: number,
): number {
  const waited = before
    .filter((row) => labels[row] === 0 && (knownAt[row] ?? Number.NaN) <= moment)
    .map((row) => (knownAt[row] ?? 0) - (times[row] ?? 0));
  const usual = linearQuantile(Float64Array.from(waited).sort(), 0.5);
  return Number.isNaN(usual) ? Number.POSITIVE_INFINITY : usual;
}

function only({ names, columns, rows }: Table, wanted: readonly string[]): Table {
  const kept = names.flatMap((name, index) => {
    const column = columns[index];
    return column !== undefined && wanted.includes(name) ? [{ name, column }] : [];
  });
  return { names: kept.map(({ name }) => name), columns: kept.map(({ column }) => column), rows };
}

/** A column that always says the same teaches nothing. */
function varying({ names, columns, rows }: Table): Table {
  const kept = columns.flatMap((column, index) => {
    const known = column.find((value) => !Number.isNaN(value));
    const varies = column.some((value) => !Number.isNaN(value) && value !== known);
    return varies ? [{ name: names[index] ?? "", column }] : [];
  });
  return { names: kept.map(({ name }) => name), columns: kept.map(({ column }) => column), rows };
}
