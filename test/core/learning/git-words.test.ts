import { describe, expect, test } from "vitest";
import { gitWords, type PastChange } from "../../../core/learning/git-words.ts";
import { saysFix, saysHotfix, saysRevert } from "../../../core/learning/words.ts";

const day = 86_400;
/** Changes a day apart, oldest first: of each its title, and what is more. */
function past(...changes: [string, Partial<PastChange>?][]): PastChange[] {
  return changes.map(([title, more = {}], place) => {
    const message = more.message ?? title;
    const says = {
      fix: saysFix(title),
      revert: saysRevert({ title, message }),
      hotfix: saysHotfix({ title }),
    };
    return {
      ...{ commit: String(place).repeat(40), at: (place + 1) * day, title, message, says },
      ...{ paths: ["src/a/one.ts"], takes: [], ...more },
    };
  });
}
const failed = (...changes: [string, Partial<PastChange>?][]) =>
  gitWords(past(...changes)).map(({ commit, because, by }) => [Number(commit[0]), because, Number(by[0])]);
const lines = (place: number, count: number, share: number) => ({
  commit: String(place).repeat(40),
  lines: count,
  share,
});

describe("a revert blames the change that it names", () => {
  test.each<[string, string, string]>([
    ["by commit", 'Revert "Other"', `Revert "Other"\n\nThis reverts commit ${"0".repeat(40)}.`],
    ["by the beginning of a commit", "Revert it", "Revert it\n\nThis reverts commit 00000000."],
    ["by number", "Revert the tax", "Revert the tax\n\nReverts acme/shop#7"],
    ["by title", 'Revert "Add the tax" (#9)', 'Revert "Add the tax" (#9)'],
  ])("%s", (_, title, message) => {
    expect(failed(["Add the tax (#7)"], ["Something else"], [title, { message }])).toEqual([
      [0, "reverted", 2],
    ]);
  });

  test("of two of one title the newer, and none that came later", () => {
    expect(failed(["Bump"], ["Bump"], ['Revert "Bump"'], ["Bump"])).toEqual([[1, "reverted", 2]]);
    expect(failed(['Revert "Bump"'], ["Bump"])).toEqual([]);
  });
});

describe("a revert that says more than it does", () => {
  const naming = (...places: number[]) =>
    places.map((place) => `This reverts commit ${String(place).repeat(40)}.`).join("\n");

  test("blames only changes that touched one of its files", () => {
    const message = `Tidy\n\n${naming(0, 1, 1)}`;
    expect(failed(["One", { paths: ["b.ts"] }], ["Two"], ["Tidy", { message }])).toEqual([
      [1, "reverted", 2],
    ]);
  });

  test("and no more than a few of them", () => {
    const named = Array.from({ length: 300 }, (_, place) => place.toString(16).padStart(40, "0"));
    const changes = past(...named.map((_commit): [string] => ["One"]), [
      "Tidy",
      { message: `Tidy\n\n${named.map((commit) => `This reverts commit ${commit}.`).join("\n")}` },
    ]).map((change, place) => ({ ...change, commit: named[place] ?? "f".repeat(40) }));
    expect(gitWords(changes)).toHaveLength(50);
  });
});

describe("a hotfix blames", () => {
  test("the last change to each of its modules within a week", () => {
    const elsewhere = { paths: ["src/b/two.ts"] };
    expect(failed(["One"], ["Two"], ["Three", elsewhere], ["Hotfix the tax"])).toEqual([[1, "hotfixed", 3]]);
    const late = { at: 30 * day };
    expect(failed(["One"], ["Hotfix the tax", late])).toEqual([]);
  });

  test("the change whose lines it takes away, where it takes any", () => {
    const takes = [lines(0, 4, 1)];
    expect(failed(["One"], ["Two"], ["Hotfix the tax", { takes }])).toEqual([[0, "hotfixed", 2]]);
  });
});

describe("a fix blames", () => {
  test("each change that wrote a fair part of the lines it takes away, and no other", () => {
    const takes = [lines(0, 12, 0.2), lines(1, 3, 0.25), lines(2, 9, 0.15)];
    expect(failed(["One"], ["Two"], ["Three"], ["Fix the tax", { takes }])).toEqual([
      [0, "fixed", 3],
      [1, "fixed", 3],
    ]);
  });

  test("nobody where it takes no lines away", () => {
    expect(failed(["One"], ["Fix the tax"])).toEqual([]);
  });
});
