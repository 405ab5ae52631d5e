import { exitCodes, UserError } from "../../errors.ts";
import { plain } from "../../render/escape.ts";
import { limits } from "../trees/nodes.ts";

/** A table as it was written: a head, and cells as text. */
export type Records = { head: string[]; rows: string[][]; where: string };

export function recordsOf([head = [], ...rows]: string[][], where: string): Records {
  const names = head.map((name) => name.trim());
  if (names.length === 0) throw badTable(where, "It is empty; its first line names the columns.");
  if (names.length > limits.columns)
    throw badTable(where, `It has ${names.length} columns; at most ${limits.columns} are read.`);
  const twice = names.find((name, index) => name === "" || names.indexOf(name) !== index);
  if (twice === "") throw badTable(where, "A column has no name.");
  if (twice !== undefined) throw badTable(where, `Two columns are called ${plain(twice, 100)}.`);
  return { head: names, rows, where };
}

export function badTable(where: string, sentence: string): UserError {
  return new UserError("bad-table", `${where}: ${sentence}`, exitCodes.badInput);
}

const nothing = /^(|na|n\/a|nan|null|none)$/i;

/** A column as numbers, NaN where the cell is empty; null where one cell is something else. */
export function numbersIn({ head, rows }: Records, name: string): Float64Array | null {
  const column = head.indexOf(name);
  if (column < 0) return null;
  const values = new Float64Array(rows.length);
  for (const [row, cells] of rows.entries()) {
    const cell = (cells[column] ?? "").trim();
    const value = nothing.test(cell) ? Number.NaN : numberIn(cell);
    if (value === null) return null;
    values[row] = value;
  }
  return values;
}

function numberIn(cell: string): number | null {
  const word = cell.toLowerCase();
  if (word === "true") return 1;
  if (word === "false") return 0;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

const milliseconds = 1e11;

/** Times in seconds, of seconds or milliseconds since 1970 or of ISO 8601. */
export function timesIn(records: Records, name: string): Float64Array {
  const column = records.head.indexOf(name);
  if (column < 0) throw missing(records, name, "time");
  return Float64Array.from(records.rows, (cells, row) => {
    const cell = (cells[column] ?? "").trim();
    const value = cell === "" ? Number.NaN : Number(cell);
    const seconds = Number.isNaN(value)
      ? Date.parse(cell) / 1000
      : Math.abs(value) > milliseconds
        ? value / 1000
        : value;
    if (Number.isFinite(seconds)) return seconds;
    throw badTable(
      records.where,
      `Line ${row + 2}: ${plain(name, 100)} is "${plain(cell, 40)}", which is no time. Give seconds since 1970 or ISO 8601.`,
    );
  });
}

/** 1: it failed; 0: it did not; NaN: nobody knows yet. */
export function labelsIn(records: Records, name: string): Float64Array {
  if (!records.head.includes(name)) throw missing(records, name, "label");
  const labels = numbersIn(records, name);
  const odd = labels?.findIndex((value) => value !== 0 && value !== 1 && !Number.isNaN(value)) ?? 0;
  if (labels !== null && odd < 0) return labels;
  throw badTable(
    records.where,
    `Column ${plain(name, 100)} is no label: 1 or true for a change that failed, 0 or false for one that did not, empty for one of which nobody knows yet.`,
  );
}

/** Seconds from when on each label could be known, NaN where there is none; undefined where the table does not say. */
export function knownIn(records: Records, name: string): Float64Array | undefined {
  if (!records.head.includes(name)) return undefined;
  const times = numbersIn(records, name);
  if (times !== null) return times;
  throw badTable(
    records.where,
    `Column ${plain(name, 100)} says from when on a label could be known: seconds since 1970, or nothing.`,
  );
}

function missing({ where, head }: Records, name: string, flag: string): UserError {
  const known = head
    .slice(0, 40)
    .map((one) => plain(one, 60))
    .join(", ");
  return badTable(where, `There is no column "${plain(name, 100)}" (--${flag}). It has: ${known}.`);
}
