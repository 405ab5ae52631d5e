import { describe, expect, it, test } from "vitest";
import { codeLines, isCode } from "../../../../core/learning/walk/code.ts";
import { type FileEdit, ownership } from "../../../../core/learning/walk/ownership.ts";
import { hunksOf } from "../../../../core/learning/walk/patch.ts";

function edit(path: string, patch: string, more: Partial<FileEdit> = {}): FileEdit {
  return { path, previous: path, hunks: hunksOf(patch, true), isCode: codeLines(path), ...more };
}
const added = (path: string, ...lines: string[]) =>
  edit(path, `@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join("")}`, {
    previous: undefined,
  });

describe("who wrote a line", () => {
  it("stays who it was where the line goes to another file or another place, as often as it goes", () => {
    const own = ownership();
    own.apply(0, [added("a.ts", "first(line);", "second(line);", "third(line);")]);
    const taken = own.apply(1, [
      edit("a.ts", "@@ -2,2 +1,0 @@\n-second(line);\n-third(line);\n"),
      added("b.ts", "second(line);", "second(line);"),
    ]);
    expect([...taken]).toEqual([[0, 1]]);
    expect([...own.runs()]).toEqual([
      ["a.ts", [1, 0]],
      ["b.ts", [1, 0, 1, 1]],
    ]);
  });

  it("stays who it was where names are swapped", () => {
    const own = ownership();
    own.apply(0, [added("a.ts", "one")]);
    own.apply(1, [added("b.ts", "two")]);
    own.apply(2, [edit("a.ts", "", { previous: "b.ts" }), edit("b.ts", "", { previous: "a.ts" })]);
    expect([...own.runs()]).toEqual([
      ["a.ts", [1, 1]],
      ["b.ts", [1, 0]],
    ]);
  });

  it("is not known of a file whose lines nobody counted", () => {
    const own = ownership();
    own.apply(0, [{ ...added("a.ts", "one"), hunks: undefined }]);
    expect(own.apply(1, [edit("a.ts", "@@ -1 +1 @@\n-one\n+two\n")]).size).toBe(0);
    expect(own.linesOf("a.ts")).toBeUndefined();
  });

  it("is found again from what was kept", () => {
    const own = ownership();
    own.apply(0, [added("a.ts", "one", "two", "three")]);
    own.apply(1, [edit("a.ts", "@@ -2 +2 @@\n-two\n+2\n")]);
    const again = ownership([...own.runs()]);
    expect([...again.runs()]).toEqual([["a.ts", [1, 0, 1, 1, 1, 0]]]);
  });

  it("is told of many lines that are all alike without going through them for each", () => {
    const count = 150_000;
    const many = (line: string) => `${line}\n`.repeat(count);
    const [gone, come] = [many("-one like another;"), many("+one like another;")];
    const fresh = (path: string) => edit(path, `@@ -0,0 +1,${count} @@\n${come}`, { previous: undefined });
    const own = ownership();
    own.apply(0, [fresh("a.ts")]);
    const emptied = edit("a.ts", `@@ -1,${count} +0,0 @@\n${gone}`);
    expect(own.apply(1, [emptied, fresh("b.ts")]).size).toBe(0);
    const indented = `@@ -1,${count} +1,${count} @@\n${gone}${many("+  one like another;")}`;
    expect(own.apply(2, [edit("b.ts", indented)]).size).toBe(0);
    expect([...own.runs()]).toEqual([
      ["a.ts", []],
      ["b.ts", [count, 0]],
    ]);
  });

  it("counts lines also where a patch is too large to keep them", () => {
    const own = ownership();
    own.apply(0, [edit("a.ts", "@@ -0,0 +1,500 @@\n", { previous: undefined })]);
    expect(own.apply(1, [edit("a.ts", "@@ -1,200 +1,10 @@\n")]).size).toBe(0);
    expect(own.linesOf("a.ts")).toBe(310);
  });
});

describe("which files and lines can be blamed", () => {
  test.each([
    ["src/pay.ts", true],
    ["nova/compute/api.py", true],
    ["deploy/values.yaml", true],
    ["src/pay.test.ts", false],
    ["pkg/pay_test.go", false],
    ["tests/unit/pay.py", false],
    ["test_pay.py", false],
    ["src/PayTest.java", false],
    ["src/latest.ts", true],
    ["docs/conf.py", false],
    ["README.md", false],
    ["data.json", false],
    ["LICENSE", false],
  ])("%s: %s", (path, expected) => expect(isCode(path)).toBe(expected));

  test.each([
    ["a.py", "# says", false],
    ["a.py", "    return total", true],
    ["a.c", "#include <stdio.h>", true],
    ["a.c", "*pointer = 3;", true],
    ["a.c", "  * says", false],
    ["a.ts", "// says", false],
    ["a.ts", "});", false],
    ["a.ts", "--count;", true],
    ["a.sql", "-- says", false],
    ["a.ts", "", false],
    ["a.html", "<!-- says -->", false],
  ])("%s: %j: %s", (path, line, expected) => expect(codeLines(path)(line)).toBe(expected));
});
