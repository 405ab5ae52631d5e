/** Facts of changes by column, in the order of time. What is not known is NaN. */
export type Table = { names: readonly string[]; columns: readonly Float64Array[]; rows: number };

export function rowOf({ columns }: Table, row: number): Float64Array {
  return Float64Array.from(columns, (column) => column[row] ?? Number.NaN);
}
