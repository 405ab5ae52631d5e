import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { authorColumnNames, columnNames, columnsOf } from "../../../core/learning/columns.ts";

const { weights } = shippedBundle("default");

it("leaves unknown what is unknown", () => {
  const nothing = columnsOf({ schema_version: 1 }, weights, true);
  expect(Object.keys(nothing)).toEqual([...columnNames, ...authorColumnNames]);
  expect(Object.values(nothing).every((value) => value === undefined)).toBe(true);
});

it("tells what is known by the names of research, and nothing of the author unasked", () => {
  const facts = {
    schema_version: 1 as const,
    change: { title: "Fix crash", author_is_bot: false },
    diff: { files: 1, additions: 10, deletions: 0, directories: 1, modules: 1, entropy: 0, churn: 0 },
    kinds: { db_schema: true, firmware: false },
    history: { past: { lines_before: 12.5, developers: 3 } },
    author: { changes_here: 4 },
  };
  expect(columnsOf(facts, weights)).toEqual({
    ...{ la: 10, ld: 0, nf: 1, nd: 1, ns: 1, entropy: 0, churn: 0, fix: 1, bot: 0 },
    ...{ lt: 12.5, ndev: 3, db_schema: 1, firmware: 0, heuristic: 20 },
  });
  expect(columnsOf(facts, weights, true).exp).toBe(4);
});

it("is what docs/columns.md says", () => {
  const page = readFileSync(new URL("../../../docs/columns.md", import.meta.url), "utf8");
  const listed = [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual([...columnNames, ...authorColumnNames]);
});
