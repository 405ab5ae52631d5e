import { countWhere } from "../count-where.ts";

/** Columns cut into at most 254 parts of about equally many rows; bin 0 is for what is missing. */
export type Binned = { rows: number; bins: number; columns: Uint8Array[]; edges: Float64Array[] };

const mostEdges = 253;

export function binned(columns: readonly Float64Array[]): Binned {
  const edges = columns.map(edgesOf);
  return {
    rows: columns[0]?.length ?? 0,
    bins: mostEdges + 2,
    edges,
    columns: columns.map((column, index) => {
      const own = edges[index] ?? new Float64Array();
      return Uint8Array.from(column, (value) =>
        Number.isNaN(value) ? 0 : 1 + countWhere(own, (edge) => edge <= value),
      );
    }),
  };
}

function edgesOf(column: Float64Array): Float64Array {
  const sorted = column.filter((value) => !Number.isNaN(value)).sort();
  const edges: number[] = [];
  const wanted = Math.min(mostEdges, sorted.length);
  let last = sorted[0] ?? 0;
  const distinct: number[] = [];
  for (const value of sorted) if (distinct.length === 0 || value !== distinct.at(-1)) distinct.push(value);
  if (distinct.length <= mostEdges + 1) {
    for (let index = 1; index < distinct.length; index += 1)
      edges.push(between(distinct[index - 1] ?? 0, distinct[index] ?? 0));
    return Float64Array.from(edges);
  }
  for (let part = 1; part <= wanted; part += 1) {
    const index = Math.floor((part * sorted.length) / (wanted + 1));
    const value = sorted[index] ?? 0;
    if (value <= last) continue;
    const below = sorted[countWhere(sorted, (one) => one < value) - 1] ?? last;
    edges.push(between(below, value));
    last = value;
  }
  return Float64Array.from(edges);
}

/** Halfway between two values that follow each other, and never the lower one itself. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle > low ? middle : high;
}
