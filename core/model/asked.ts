import { nearest } from "../policy/suggest.ts";
import { plain } from "../render/escape.ts";
import { derivedNames, neededFor } from "./columns/derived.ts";
import { badTable, numbersIn, type Records, timesIn } from "./columns/records.ts";
import type { Table } from "./columns/table.ts";
import type { Model } from "./model.ts";

/** What is asked of a model, in the order of time; `lineOf` leads back to the order of the lines. */
export type Asked = { table: Table; lineOf: number[] };

export function asked(
  records: Records,
  { features, time }: Pick<Model, "features"> & { time?: string | undefined },
): Asked {
  const derived = new Set(derivedNames(records.head));
  const names = features.filter((name) => !derived.has(name));
  const absent = names.filter((name) => !records.head.includes(name));
  if (absent.length > 0) throw badTable(records.where, absentSentence(absent, records.head));
  const used = [...new Set([...names, ...neededFor([...features].filter((name) => derived.has(name)))])];
  const order = orderOf(records, time);
  const columns = used.map((name) => {
    const values = numbersIn(records, name);
    if (values === null)
      throw badTable(records.where, `Column ${plain(name, 100)} holds something else than numbers.`);
    return Float64Array.from(order, (row) => values[row] ?? Number.NaN);
  });
  const lineOf = new Array<number>(order.length);
  for (const [at, row] of order.entries()) lineOf[row] = at;
  return { table: { names: used, columns, rows: order.length }, lineOf };
}

function orderOf(records: Records, time: string | undefined): number[] {
  const order = records.rows.map((_, row) => row);
  if (time === undefined || !records.head.includes(time)) return order;
  const times = timesIn(records, time);
  return order.sort((one, two) => (times[one] ?? 0) - (times[two] ?? 0) || one - two);
}

function absentSentence(absent: readonly string[], head: readonly string[]): string {
  const told = absent.slice(0, 20).map((name) => {
    const close = nearest(name, [...head]);
    return close ? `${plain(name, 60)} (is it ${plain(close, 60)}?)` : plain(name, 60);
  });
  return `The model asks for columns that are not there: ${told.join(", ")}.`;
}
