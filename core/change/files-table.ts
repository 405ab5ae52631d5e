import * as z from "zod";
import type { ChangedFile } from "./facts.ts";
import type { PastOfFiles } from "./facts-for-model.ts";
import { recordOf } from "./record-of.ts";

/** What the files of a branch have behind them, by path: what a change to them is judged by. No person is named. */

export const fileColumns = ["lines", "developers", "changes", "days"] as const;

/** Whoever may push a branch may write the table: what is summed up over files stays a number. */
const most = 1e9;
const count = z.int().nonnegative().max(most).nullable();
/**
 * In the order of `fileColumns`: lines of the file; people, robots not counted, who changed it; changes merged to it, also
 * under earlier names; days from the last one of them to the commit that the table was read from. Null: unknown.
 */
const fileRow = z.tuple([count, count, count, z.number().nonnegative().max(most).nullable()]);
export type FileRow = z.infer<typeof fileRow>;

export const filesTable = z.strictObject({
  columns: z
    .array(z.string())
    .refine((names) => names.join() === fileColumns.join(), `must be ${fileColumns.join()}`),
  /** True where a file that is not named is not there. */
  complete: z.boolean(),
  rows: z.record(z.string(), fileRow).transform((record) => recordOf(Object.entries(record))),
});
export type FilesTable = z.infer<typeof filesTable>;

/** More files, or more bytes, and GitHub's API would no longer hand out the summary whole. */
const mostFiles = 5000;
const mostCharacters = 192 * 1024;

/** All files, or those that were changed last, as many as a document has room for. */
export function tableOf(files: Iterable<readonly [string, FileRow]>, isWhole: boolean): FilesTable {
  const newest = [...files].sort(
    ([left, one], [right, other]) => (one[3] ?? Infinity) - (other[3] ?? Infinity) || (left < right ? -1 : 1),
  );
  let room = mostCharacters;
  const kept = newest.filter(([path, row], index) => {
    if (isWhole) return true;
    room -= JSON.stringify(path).length + JSON.stringify(row).length + 2;
    return room >= 0 && index < mostFiles;
  });
  return { columns: [...fileColumns], complete: kept.length === newest.length, rows: recordOf(kept) };
}

/**
 * What the files of a change have behind them. A new file has nothing; where one of the others is not known, neither is
 * what is said of all.
 */
export function pastOf(
  files: readonly ChangedFile[],
  rowOf: (path: string) => FileRow | undefined,
): PastOfFiles {
  const rows = files.map((file): FileRow => {
    if (file.status === "added") return nothingBehind;
    return rowOf(file.previous_path ?? file.path) ?? nothingKnown;
  });
  const [lines, developers, changes] = [known(rows, 0), known(rows, 1), known(rows, 2)];
  const days = known(
    rows.filter((row) => row !== nothingBehind),
    3,
  );
  return {
    ...(lines ? { lines_before: mean(lines) } : {}),
    ...(developers ? { developers: developers.reduce((most, one) => Math.max(most, one), 0) } : {}),
    ...(days ? { days_since_touched: mean(days) } : {}),
    ...(changes ? { changes_before: sum(changes) } : {}),
  };
}

const nothingBehind: FileRow = [0, 0, 0, 0];
const nothingKnown: FileRow = [null, null, null, null];

function known(rows: readonly FileRow[], column: 0 | 1 | 2 | 3): number[] | undefined {
  const values = rows.flatMap((row) => row[column] ?? []);
  return values.length === rows.length ? values : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}
