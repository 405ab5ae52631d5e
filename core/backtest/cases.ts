import type { Dataset, Sample } from "../learning/sample.ts";
import type { Table } from "../model/columns/table.ts";

/** A dataset by column, as a replay asks for it: one row a change, oldest first. */
export type Cases = {
  samples: readonly Sample[];
  table: Table;
  /** Seconds since 1970. */
  times: Float64Array;
  /** 1: it failed; 0: it went well; NaN: nobody knows. */
  labels: Float64Array;
  /** From when on the label could be known; NaN where there is none. */
  knownAt: Float64Array;
  effort: Float64Array;
};

export function casesOf(dataset: Dataset): Cases {
  const samples = dataset.samples.toSorted((one, two) => one.at - two.at);
  const column = (of: (sample: Sample) => number): Float64Array => Float64Array.from(samples, of);
  return {
    samples,
    table: {
      names: dataset.columns,
      columns: dataset.columns.map((name) => column(({ facts }) => facts[name] ?? Number.NaN)),
      rows: samples.length,
    },
    times: column(({ at }) => at),
    labels: column(({ label }) => (label.went === "unknown" ? Number.NaN : Number(label.went === "failed"))),
    knownAt: column(({ label }) => (label.went === "unknown" ? Number.NaN : label.knownAt)),
    effort: column(({ effort }) => Math.max(0, effort)),
  };
}

/** The rows asked for, in that order. */
export function rowsOf({ names, columns }: Table, rows: ArrayLike<number>): Table {
  const picked = columns.map((column) => Float64Array.from(rows, (row) => column[row] ?? Number.NaN));
  return { names, columns: picked, rows: rows.length };
}
