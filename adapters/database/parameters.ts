/**
 * Parameters as text that both databases read alike. Left to themselves the two drivers differ: one writes a Date in
 * the local time zone, and one takes an array for JSON where the other takes it for an array of SQL.
 */
export function asParameters(values: readonly unknown[]): unknown[] {
  return values.map(asParameter);
}

function asParameter(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return arrayText(value);
  return typeof value === "object" ? JSON.stringify(value) : value;
}

/** An array of SQL, as in `= any($1::text[])`. A list that is to be stored as JSON is handed over as its text. */
function arrayText(items: readonly unknown[]): string {
  return `{${items.map(elementText).join(",")}}`;
}

function elementText(item: unknown): string {
  if (Array.isArray(item)) return arrayText(item);
  const value = asParameter(item);
  if (value === null) return "NULL";
  const text = value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value);
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** A bigint counts rows and names installations: a number, unless it is too large to be one exactly. */
export function wholeNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Types whose drivers' readings differ, by their number in PostgreSQL's catalogue. */
export const typeNumbers = { bytea: 17, int8: 20, date: 1082, timestamp: 1114, interval: 1186 } as const;

/** What is given back for them. A date or an interval stays text: there is no value that both drivers agree on. */
export const readers: Record<number, (text: string) => unknown> = {
  [typeNumbers.bytea]: (text) => Buffer.from(text.slice(2), "hex"),
  [typeNumbers.int8]: wholeNumber,
  [typeNumbers.date]: (text) => text,
  [typeNumbers.timestamp]: (text) => text,
  [typeNumbers.interval]: (text) => text,
};
