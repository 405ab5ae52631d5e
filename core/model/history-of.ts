import { badTable, knownIn, labelsIn, numbersIn, type Records, timesIn } from "./columns/records.ts";
import type { Table } from "./columns/table.ts";
import type { History } from "./learn.ts";

export type Read = {
  history: History;
  /** Columns that hold something else than numbers, or always the same. */
  left: string[];
  /** Changes of which nobody knows yet how they went. */
  unlabelled: number;
};

/** What is learnt from, in the order of time. */
export function historyOf(
  records: Records,
  columns: { time: string; label: string; known?: string; exclude: readonly string[] },
): Read {
  const times = timesIn(records, columns.time);
  const labels = labelsIn(records, columns.label);
  const knownAt = knownIn(records, columns.known ?? "");
  const kept = new Set([columns.time, columns.label, ...columns.exclude]);
  const candidates = records.head.filter((name) => !kept.has(name));
  const numbers = candidates.map((name) => ({ name, values: numbersIn(records, name) }));
  const used = numbers.flatMap(({ name, values }) =>
    values !== null && varies(values) ? { name, values } : [],
  );
  const left = candidates.filter((name) => !used.some((one) => one.name === name));
  if (used.length === 0)
    throw badTable(records.where, "No column beside time and label holds numbers that differ.");
  const order = Array.from(times.keys()).sort(
    (one, two) => (times[one] ?? 0) - (times[two] ?? 0) || one - two,
  );
  const picked = (values: Float64Array): Float64Array =>
    Float64Array.from(order, (row) => values[row] ?? Number.NaN);
  const table: Table = {
    names: used.map(({ name }) => name),
    columns: used.map(({ values }) => picked(values)),
    rows: order.length,
  };
  return {
    history: {
      ...{ table, labels: picked(labels), times: picked(times) },
      ...(knownAt && { knownAt: picked(knownAt) }),
    },
    left,
    unlabelled: labels.filter(Number.isNaN).length,
  };
}

function varies(values: Float64Array): boolean {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.some((value) => value !== known[0]);
}
