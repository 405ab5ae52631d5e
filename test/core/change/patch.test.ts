import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  indentationMatters,
  isExactInverse,
  patchKey,
  patchLines,
  readPatch,
  reversePatchKey,
} from "../../../core/change/patch.ts";
import { gitPatch } from "./git-patch.ts";

function counts(
  additions: number,
  deletions: number,
  whitespaceAdditions: number,
  whitespaceDeletions: number,
) {
  return { additions, deletions, whitespaceAdditions, whitespaceDeletions };
}

describe("readPatch", () => {
  const table: [name: string, path: string, patch: string, expected: ReturnType<typeof counts>][] = [
    ["nothing", "a.ts", "", counts(0, 0, 0, 0)],
    ["a plain change", "a.ts", "@@ -1,2 +1,2 @@\n a\n-b\n+c", counts(1, 1, 0, 0)],
    ["indentation", "a.ts", "@@ -1,2 +1,2 @@\n-a\n-b\n+  a\n+\tb", counts(2, 2, 2, 2)],
    ["indentation where it is meaning", "a.py", "@@ -1,2 +1,2 @@\n-a\n-b\n+  a\n+\tb", counts(2, 2, 0, 0)],
    [
      "trailing whitespace where indentation is meaning",
      "a.yml",
      "@@ -1 +1 @@\n-a: b\n+a: b  ",
      counts(1, 1, 1, 1),
    ],
    ["blank lines", "Makefile", "@@ -1,1 +1,3 @@\n a\n+\n+\t", counts(2, 0, 2, 0)],
    ["carriage returns", "a.ts", "@@ -1,2 +1,2 @@\n-a\r\n-b\r\n+a\n+b", counts(2, 2, 2, 2)],
    [
      "a missing last newline",
      "a.ts",
      "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a",
      counts(1, 1, 1, 1),
    ],
    ["a reordering is no whitespace", "a.ts", "@@ -1,2 +1,2 @@\n-a\n-b\n+ b\n+ a", counts(2, 2, 1, 1)],
    ["pairs stay within a run", "a.ts", "@@ -1,3 +1,3 @@\n-a\n b\n+ a\n c", counts(1, 1, 0, 0)],
    ["lines that look like headers", "a.sql", "@@ -1,2 +1,2 @@\n--- old\n+++ new\n x", counts(1, 1, 0, 0)],
    [
      "headers of git",
      "a.ts",
      "diff --git a/a.ts b/a.ts\nindex 1..2 100644\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@ heading\n-a\n+b\n",
      counts(1, 1, 0, 0),
    ],
    [
      "a mail's signature behind the last hunk",
      "a.ts",
      "@@ -1 +1 @@\n-a\n+b\n-- \n2.39.5\n",
      counts(1, 1, 0, 0),
    ],
    ["an empty context line without its space", "a.ts", "@@ -1,3 +1,3 @@\n-a\n\n+b\n c", counts(1, 1, 0, 0)],
  ];
  it.each(table)("%s", (_name, path, patch, expected) => {
    expect(readPatch(patch, path)).toEqual(expected);
  });

  const line = fc.constantFrom(
    "a",
    "  a",
    "b",
    "b  b",
    "bb",
    "",
    " ",
    "c",
    "\tc",
    "}",
    "  }",
    "--x",
    "++y",
    "@@z",
  );
  const text = fc.array(line, { maxLength: 25 }).map((lines) => lines.join("\n"));

  it("counts as git counts", async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        const patch = await gitPatch(before, after);
        const changed = patch.split("\n").filter((one) => /^[-+]/.test(one));
        const read = readPatch(patch);
        expect([read.additions, read.deletions]).toEqual([
          changed.filter((one) => one.startsWith("+")).length,
          changed.filter((one) => one.startsWith("-")).length,
        ]);
      }),
      { numRuns: 150 },
    );
  });

  it("pairs as many lines of a run as a table of all pairs does", () => {
    const run = fc.array(fc.constantFrom("a", " a", "b", "b ", "c", "d"), { maxLength: 30 });
    fc.assert(
      fc.property(run, run, (removed, added) => {
        const header = `@@ -1,${removed.length} +1,${added.length} @@`;
        const patch = [header, ...removed.map((one) => `-${one}`), ...added.map((one) => `+${one}`)].join(
          "\n",
        );
        const expected = longestCommon(
          removed.map((one) => one.trim()),
          added.map((one) => one.trim()),
        );
        const read = readPatch(patch);
        expect([read.whitespaceAdditions, read.whitespaceDeletions]).toEqual([expected, expected]);
      }),
    );
  });

  it("reads a hostile patch of 10 MB with bounded work, and never pairs more than there is", () => {
    const lines = 1_200_000;
    const removed = Array.from({ length: lines }, (_, index) => `-${index % 7}${index % 11}`);
    const added = Array.from({ length: lines }, (_, index) => `+${index % 13}${index % 5}`);
    const read = readPatch([`@@ -1,${lines} +1,${lines} @@`, ...removed, ...added].join("\n"));
    expect([read.additions, read.deletions]).toEqual([lines, lines]);
    expect(read.whitespaceAdditions).toBeLessThan(lines);
    expect(read.whitespaceAdditions).toBe(read.whitespaceDeletions);
  });
});

function longestCommon(left: string[], right: string[]): number {
  let row = new Array<number>(right.length + 1).fill(0);
  for (const one of left) {
    const next = [0];
    right.forEach((other, index) => {
      next.push(one === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe("patchLines", () => {
  it("says where a patch was cut", () => {
    expect([...patchLines("@@ -1,3 +1,3 @@\n a\n-b")].at(-1)).toEqual({ kind: "cut" });
    expect([...patchLines("@@ -1,2 +1,1 @@\n a\n-b")].at(-1)).toEqual({ kind: "removed", text: "b" });
  });
  it("gives the heading and the first lines of a hunk", () => {
    expect([...patchLines("@@ -4,1 +7,1 @@ require (\n a")][0]).toEqual({
      kind: "hunk",
      oldStart: 4,
      newStart: 7,
      heading: "require (",
    });
  });
});

describe("indentationMatters", () => {
  it.each([
    ["src/app.py", true],
    ["deploy/values.YAML", true],
    ["Makefile", true],
    ["view.haml", true],
    ["lib.fs", true],
    ["src/app.ts", false],
    ["main.go", false],
    ["README", false],
    ["", false],
  ])("%s: %s", (path, expected) => {
    expect(indentationMatters(path)).toBe(expected);
  });
});

describe("patchKey and reversePatchKey", () => {
  const forward = "@@ -10,3 +10,4 @@ f()\n a\n-b\n+c\n+d\n e";
  const inverse = "@@ -90,4 +90,3 @@ g()\n a\n-c\n-d\n+b\n e";
  it("sees an inverse whatever its line numbers", () => {
    expect(patchKey(inverse)).toBe(reversePatchKey(forward));
    expect(isExactInverse(inverse, forward)).toBe(true);
    expect(isExactInverse(forward, forward)).toBe(false);
  });
  it.each([
    ["another context", inverse.replace(" e", " f")],
    ["one line less", "@@ -90,3 +90,3 @@\n a\n-c\n+b\n e"],
    ["whitespace", inverse.replace("+b", "+b ")],
    ["a missing last newline", inverse.replace("-d\n+b\n e", "-d\n-e\n+b\n+e\n\\ No newline at end of file")],
  ])("refuses %s", (_name, patch) => {
    expect(isExactInverse(patch, forward)).toBe(false);
  });
  it("tells a missing last newline from a line that is a backslash", () => {
    const missing = "@@ -1,1 +1,2 @@\n a\n+b\n\\ No newline at end of file";
    const written = "@@ -1,1 +1,3 @@\n a\n+b\n+\\";
    expect(patchKey(missing)).not.toBe(patchKey(written));
  });
  it("proves nothing by a patch that changes no line or was cut", () => {
    expect(patchKey("")).toBeUndefined();
    expect(patchKey("@@ -1,2 +1,2 @@\n-a\n+b")).toBeUndefined();
    expect(isExactInverse("", "")).toBe(false);
  });
  it("turned twice is itself, and another patch has another key", () => {
    const changed = fc.array(fc.constantFrom(" x", "-x", "-y", "+x", "+y"), { minLength: 1, maxLength: 12 });
    const turned = (lines: string[]) =>
      lines.map((one) =>
        one.startsWith("-") ? `+${one.slice(1)}` : one.startsWith("+") ? `-${one.slice(1)}` : one,
      );
    const patchOf = (lines: string[]) =>
      `@@ -1,${lines.filter((one) => !one.startsWith("+")).length} +1,${lines.filter((one) => !one.startsWith("-")).length} @@\n${lines.join("\n")}`;
    fc.assert(
      fc.property(changed, (lines) => {
        fc.pre(lines.some((one) => !one.startsWith(" ")));
        expect(patchKey(patchOf(turned(lines)))).toBe(reversePatchKey(patchOf(lines)));
        expect(patchKey(patchOf([...lines, "+end"]))).not.toBe(patchKey(patchOf(lines)));
      }),
    );
  });
  it("agrees with git on distinct lines", async () => {
    const fates = fc.constantFrom(
      "keep" as const,
      "keep" as const,
      "keep" as const,
      "drop" as const,
      "change" as const,
    );
    const lines = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 99 }), fates), {
      selector: ([number]) => number,
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(lines, async (fated) => {
        const before = fated.map(([number]) => `line ${number}\n`).join("");
        const after = fated
          .map(([number, fate]) => ({ keep: `line ${number}\n`, drop: "", change: `new ${number}\n` })[fate])
          .join("");
        fc.pre(before !== after);
        expect(isExactInverse(await gitPatch(after, before), await gitPatch(before, after))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
