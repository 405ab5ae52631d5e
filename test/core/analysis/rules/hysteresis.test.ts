import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterWindow,
  atStart,
  mayPromote,
  type Standing,
  standing,
  type WindowSign,
} from "../../../../core/analysis/rules/hysteresis.ts";

const letters: Record<string, WindowSign> = {
  R: "rollback",
  H: "hold",
  S: "slow",
  "+": "healthy",
  ".": "missing",
};
const words: Record<Standing["word"], string> = { rollback: "R", hold: "H", slow: "S", "go-on": "-" };
const signsOf = (text: string): WindowSign[] => [...text].map((letter) => letters[letter] ?? "missing");

function standings(signs: WindowSign[]): Standing[] {
  const all: Standing[] = [];
  for (const sign of signs) all.push(afterWindow(all.at(-1) ?? atStart, sign));
  return all;
}
const wordsOf = (text: string): string =>
  standings(signsOf(text))
    .map(({ word }) => words[word])
    .join("");
const healthyOf = (text: string): number[] => standings(signsOf(text)).map((one) => one.healthy_in_a_row);

describe("the standing answer", () => {
  test.each([
    ["+++", "---"],
    ["S++", "SS-"],
    ["S+S++", "SSSS-"],
    ["H++", "HH-"],
    // It softens to the most that the calm windows asked for.
    ["HSS+", "HHSS"],
    ["HS+", "HHS"],
    ["H+S++", "HHSS-"],
    ["SH+", "SHH"],
    ["SHS+", "SHHS"],
    ["R+++", "RRRR"],
    ["HR++", "HRRR"],
    // What is missing neither ends a hold nor prolongs it.
    ["H.", "HH"],
    ["H......", "HHHHHHH"],
    ["H+.+", "HHH-"],
    ["S.+.+", "SSSS-"],
    ["...", "---"],
  ])("of %s is %s", (signs, expected) => expect(wordsOf(signs)).toBe(expected));
});

describe("healthy windows in a row", () => {
  test.each<[string, number[]]>([
    ["+++", [1, 2, 3]],
    ["++.+", [1, 2, 2, 3]],
    ["+..", [1, 1, 1]],
    ["...", [0, 0, 0]],
    ["++S+", [1, 2, 0, 1]],
    ["+H+", [1, 0, 1]],
    ["+R+", [1, 0, 0]],
  ])("of %s are %j", (signs, expected) => expect(healthyOf(signs)).toEqual(expected));

  test("promote only when nothing else stands", () => {
    const last = (text: string) => standings(signsOf(text)).at(-1) ?? atStart;
    expect(mayPromote(last("++"), 2)).toBe(true);
    expect(mayPromote(last("++"), 3)).toBe(false);
    expect(mayPromote(last("H+"), 1)).toBe(false);
    expect(mayPromote(last("H++"), 2)).toBe(true);
    expect(mayPromote(last("R"), 0)).toBe(false);
  });
});

describe("for every series", () => {
  const sign = fc.constantFrom(...Object.values(letters));
  const signs = fc.array(sign, { maxLength: 40 });

  test("missing windows change nothing, wherever they lie", () => {
    fc.assert(
      fc.property(signs, (all) => {
        const present = all.filter((one) => one !== "missing");
        expect(standings(all).at(-1) ?? atStart).toEqual(standings(present).at(-1) ?? atStart);
      }),
    );
  });

  test("no answer is taken back by a single window, and a rollback never", () => {
    fc.assert(
      fc.property(signs, sign, (all, next) => {
        const before = standings([...all, "hold"]).at(-1) ?? atStart;
        const one = afterWindow(before, next).word;
        expect(["hold", "rollback"]).toContain(one);
        if (before.word === "rollback") expect(one).toBe("rollback");
      }),
    );
  });

  test("the state can be written down", () => {
    fc.assert(
      fc.property(signs, (all) => {
        for (const one of standings(all))
          expect(standing.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
      }),
    );
  });
});
