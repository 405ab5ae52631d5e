import { describe, expect, test } from "vitest";
import { saysFix, saysHotfix, saysRevert } from "../../../core/learning/words.ts";

describe("a title that says it mends what was wrong", () => {
  test.each([
    "Fix crash on start",
    "fix: the sum of an empty cart",
    "fix(api)!: answer 404",
    "Fixed #1234 -- Kept the order of rows",
    "Bugfix for imports",
    "Bug 1234: null in header",
    "Hotfix: undo the cache",
    "hot-fix for payments",
    "Correct a regression in 2.1",
    "Crashes when the file is empty",
    "Resolves #12: wrong total",
    "Merge branch 'fix/total'",
    "Fixes the handling of comments in YAML",
    "[fix] retry once",
    "Fix the crash in tests of the parser",
    "libvirt: fix unplugging of volumes",
    "Fix full executor warning on noname executor",
    "Fix",
  ])("%s", (title) => expect(saysFix(title)).toBe(true));
});

describe("a title that mends nothing that runs, or mends nothing", () => {
  test.each([
    "Fix typo",
    "fix typos in the docs",
    "Fixed #77 -- Fixed typo in a comment",
    "Fix flaky test",
    "Fix the broken tests",
    "docs: fix the example",
    "test(api): fix the clock",
    "ci: fix the cache",
    "style: fix indentation",
    "chore: fix lint",
    "Fix lint warnings",
    "Fix pep8",
    "Fix README",
    "Add a fixture",
    "Add prefix and suffix",
    "Debug output",
    "Add bug report template",
    "Add regression tests for bug 1741364",
    "Reproducer for bug 2160224",
    "Add payments",
    "Bump fixed-width to 2",
    "",
  ])("%s", (title) => expect(saysFix(title)).toBe(false));
});

test("a revert and a hotfix are said in words of their own", () => {
  expect(saysRevert({ title: 'Revert "Add payments"', message: "" })).toBe(true);
  expect(saysRevert({ title: "Take it back", message: "x\n\nThis reverts commit 0123456789." })).toBe(true);
  expect(saysRevert({ title: "Reverting is possible now", message: "" })).toBe(false);
  expect(saysHotfix({ title: "Hot fix for payments" })).toBe(true);
  expect(saysHotfix({ title: "Hotfixes are described" })).toBe(false);
});
