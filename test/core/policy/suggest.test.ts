import { describe, expect, test } from "vitest";
import { didYouMean, nearest } from "../../../core/policy/suggest.ts";

describe("the nearest word", () => {
  test.each([
    ["aproval", ["mode", "approval"], "approval"],
    ["enforce", ["shadow", "advisory", "enforced"], "enforced"],
    ["error_budget", ["error-budget", "peak"], "error-budget"],
    ["MODE", ["mode"], "mode"],
    ["modeo", ["mode"], "mode"],
    ["apporval", ["approval"], "approval"],
    ["xyz", ["mode", "approval"], undefined],
    ["", ["a"], undefined],
    ["a".repeat(100_000), ["a".repeat(60)], undefined],
  ])("of %j among %j is %j", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  test("is put as a question", () => {
    expect(didYouMean("aproval", ["approval"])).toBe('; did you mean "approval"?');
    expect(didYouMean("zzz", ["approval"])).toBe("");
  });
});
