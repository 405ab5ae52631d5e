import type { Table } from "./table.ts";

/** The rows from one to before another. */
export function rowsBetween({ names, columns, rows }: Table, from: number, to: number): Table {
  const end = Math.min(to, rows);
  return { names, columns: columns.map((column) => column.subarray(from, end)), rows: end - from };
}
