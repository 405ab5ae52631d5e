import type { Table } from "./table.ts";
import { trailingRanks } from "./trailing-ranks.ts";

/** How many have to stand before a change for its rank to say anything. */
export const leastBefore = 20;
/** In the middle is what nothing is known of. */
export const unknownRank = 0.5;

/** Every value's rank among the newest ones before it. */
export function ranked(
  { names, columns, rows }: Table,
  size: number,
  before?: readonly Float64Array[],
): Table {
  return {
    names,
    rows,
    columns: columns.map((column, index) => {
      const ranks = trailingRanks(size, leastBefore);
      for (const value of before?.[index] ?? []) ranks.next(value);
      return column.map((value) => {
        const rank = ranks.next(value);
        return Number.isNaN(rank) ? unknownRank : rank;
      });
    }),
  };
}
