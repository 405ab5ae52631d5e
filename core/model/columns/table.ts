/** Facts of changes by column, in the order of time. What is not known is NaN. */
export type Table = { names: readonly string[]; columns: readonly Float64Array[]; rows: number };

export function rowOf({ columns }: Table, row: number): Float64Array {
  const values = new Float64Array(columns.length);
  for (let index = 0; index < columns.length; index += 1) values[index] = columns[index]?.[row] ?? Number.NaN;
  return values;
}
