import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { deriveFacts } from "../../../core/change/derive.ts";
import type { ChangedFile } from "../../../core/change/facts.ts";
import { type FileRow, filesTable, pastOf, tableOf } from "../../../core/change/files-table.ts";
import { parseHistory } from "../../../core/change/history.ts";

function file(path: string, more: Partial<ChangedFile> = {}): ChangedFile {
  return { path, status: "modified", additions: 1, deletions: 0, ...more };
}
const rows = new Map<string, FileRow>([
  ["a.ts", [100, 3, 10, 4]],
  ["b.ts", [50, 5, 2, 8]],
  ["since.ts", [20, null, null, null]],
]);
const rowOf = (path: string) => rows.get(path);

describe("what the files of a change have behind them", () => {
  it("is a mean of lines and days, the most people, and a sum of changes", () => {
    expect(pastOf([file("a.ts"), file("b.ts")], rowOf)).toEqual({
      ...{ lines_before: 75, developers: 5, days_since_touched: 6, changes_before: 12 },
    });
  });

  it("is nothing for new files, which are no days old", () => {
    const fresh = file("new.ts", { status: "added" });
    const nothing = { lines_before: 0, developers: 0, days_since_touched: 0, changes_before: 0 };
    expect(pastOf([fresh], rowOf)).toEqual(nothing);
    expect(pastOf([], rowOf)).toEqual(nothing);
    expect(pastOf([fresh, file("a.ts")], rowOf)).toEqual({
      ...{ lines_before: 50, developers: 3, days_since_touched: 4, changes_before: 10 },
    });
  });

  it("is told of more files than a call takes arguments", () => {
    const many = Array.from({ length: 200_000 }, (_, index) => file(`${index}.ts`));
    expect(pastOf(many, () => [1, 2, 3, 4])).toMatchObject({ developers: 2, changes_before: 600_000 });
  });

  it("is asked under the name that a file had", () => {
    const moved = file("c.ts", { status: "renamed", previous_path: "b.ts" });
    expect(pastOf([moved], rowOf)).toMatchObject({ lines_before: 50, changes_before: 2 });
  });

  it("is unknown where it is unknown of one of them, and never zero", () => {
    expect(pastOf([file("a.ts"), file("unknown.ts")], rowOf)).toEqual({});
    expect(pastOf([file("a.ts"), file("since.ts")], rowOf)).toEqual({ lines_before: 60 });
  });
});

describe("the table of files", () => {
  it.each([
    ["days", [1, 1, 1, 1.7e308]],
    ["lines", [Number.MAX_SAFE_INTEGER, 1, 1, 1]],
    ["a count below nothing", [1, -1, 1, 1]],
  ])("is refused where its sums would be no numbers any more: %s", (_, row) => {
    const { columns } = tableOf([], true);
    const table = { columns, complete: true, rows: { "a.ts": row, "b.ts": row } };
    expect(filesTable.safeParse(table).success).toBe(false);
  });

  it("keeps the files that were changed last, and says that others are missing", () => {
    const many = Array.from({ length: 6000 }, (_, index): [string, FileRow] => [
      `${index}.ts`,
      [1, 1, 1, index],
    ]);
    const table = tableOf(many.toReversed(), false);
    expect(table.complete).toBe(false);
    expect(Object.keys(table.rows).length).toBeLessThanOrEqual(5000);
    expect(Object.keys(table.rows)).toContain("0.ts");
    expect(Object.keys(table.rows)).not.toContain("5999.ts");
    expect(tableOf(many, true)).toMatchObject({ complete: true });
    expect(tableOf(many.slice(0, 10), false).complete).toBe(true);
  });

  it("has room for whatever names there are, and reads as it was written", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 2000 }), { maxLength: 400 }),
        (names) => {
          const table = tableOf(
            // One name is dropped when a document is read, and then is unknown.
            [...new Set(names)]
              .filter((name) => name !== "__proto__")
              .map((name) => [name, [1, 1, 1, 1]] as const),
            false,
          );
          const text = JSON.stringify(table);
          expect(text.length).toBeLessThan(200_000);
          expect(filesTable.parse(JSON.parse(text))).toEqual(table);
        },
      ),
    );
  });

  it.each([
    ["other columns", { columns: ["lines"], complete: true, rows: {} }],
    [
      "too few numbers",
      { columns: ["lines", "developers", "changes", "days"], complete: true, rows: { a: [1] } },
    ],
    [
      "below zero",
      { columns: ["lines", "developers", "changes", "days"], complete: true, rows: { a: [-1, 1, 1, 1] } },
    ],
  ])("is refused with %s", (_, table) => {
    expect(filesTable.safeParse(table).success).toBe(false);
  });
});

describe("at a decision", () => {
  const policy = shippedBundle("default");
  const summary = {
    ...{ schema_version: 1, base: "a".repeat(40), base_at: "2026-01-01T00:00:00.000Z" },
    sample: {
      columns: ["bot", "files", "additions", "deletions", "directories", "entropy", "churn"],
      rows: [],
    },
    typical: Object.fromEntries(
      ["people", "bots"].map((who) => [
        who,
        {
          changes: 0,
          files: null,
          additions: null,
          deletions: null,
          directories: null,
          entropy: null,
          churn: null,
        },
      ]),
    ),
    ...{ commits_30d: {}, commits_30d_complete: true, failures: { changes: 0, failures: 0 }, modules: {} },
    ...{ previous_release: null, days_since_rollback: null },
  };
  const past = (files: ChangedFile[], more: object, incomplete?: string) => {
    const read = parseHistory(JSON.stringify({ ...summary, ...more }));
    if (!("summary" in read)) throw new Error(read.problem);
    const facts = deriveFacts(
      { schema_version: 1, diff: { changed_files: files, ...(incomplete ? { incomplete } : {}) } },
      policy,
      { environment: "production", history: read.summary },
    );
    return facts.history?.past;
  };
  const table = { files: tableOf(rows, true) };

  it("only files that count are asked for", () => {
    expect(past([file("a.ts"), file("yarn.lock")], table)).toMatchObject({ lines_before: 100 });
  });

  it("a summary of an earlier version says nothing, nor does a list of files that is not whole", () => {
    expect(past([file("a.ts")], {})).toBeUndefined();
    expect(past([file("a.ts")], table, "the first 3000 files")).toBeUndefined();
  });
});
