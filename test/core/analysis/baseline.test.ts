import { describe, expect, it } from "vitest";
import { atShift, chooseBaseline, nothingBefore, weekSeconds } from "../../../core/analysis/baseline.ts";

const usual = {
  wish: "auto",
  fresh: false,
  apart: true,
  weight: 10,
  retentionSeconds: 15 * 86_400,
  lengthSeconds: 3600,
} as const;

describe("the choice of the baseline", () => {
  it.each([
    ["a fresh one before all others", { fresh: true }, "fresh", undefined, [0]],
    ["stable's traffic now", {}, "concurrent", "no-fresh-baseline", [0]],
    [
      "now where it is asked for, though there is a fresh one",
      { wish: "concurrent", fresh: true },
      "concurrent",
      "baseline-asked-for",
      [0],
    ],
    [
      "another week where nothing tells the arms apart",
      { apart: false },
      "same-time",
      "arms-not-told-apart",
      [weekSeconds, 2 * weekSeconds],
    ],
    [
      "another week where stable has no traffic",
      { weight: 100 },
      "same-time",
      "no-stable-traffic",
      [weekSeconds, 2 * weekSeconds],
    ],
    [
      "another week where it is asked for",
      { wish: "same-time" },
      "same-time",
      "baseline-asked-for",
      [weekSeconds, 2 * weekSeconds],
    ],
    [
      "up to four weeks where the store does not say what it keeps",
      { apart: false, retentionSeconds: undefined },
      "same-time",
      "arms-not-told-apart",
      [1, 2, 3, 4].map((week) => week * weekSeconds),
    ],
    [
      "none beyond the retention",
      { apart: false, retentionSeconds: weekSeconds },
      "none",
      "baseline-beyond-retention",
      [],
    ],
    ["none where only a fresh one will do", { wish: "fresh" }, "none", "no-fresh-baseline", []],
    [
      "none where only stable's traffic will do and it has none",
      { wish: "concurrent", weight: 100 },
      "none",
      "no-stable-traffic",
      [],
    ],
    [
      "none where only stable's traffic will do and nobody knows it",
      { wish: "concurrent", apart: false },
      "none",
      "arms-not-told-apart",
      [],
    ],
  ] as const)("%s", (_, given, kind, reason, shifts) => {
    const choice = chooseBaseline({ ...usual, ...given });
    expect(choice).toMatchObject({ kind, shifts, document: { kind } });
    expect(choice.document.reason_code).toBe(reason);
    expect(choice.document.sentence).toMatch(/\.$/);
  });

  it("says how far back it lies, and that nothing was there", () => {
    const choice = chooseBaseline({ ...usual, apart: false });
    expect(atShift(choice, weekSeconds).document.sentence).toContain("7d before");
    expect(nothingBefore(choice).document).toMatchObject({
      kind: "none",
      reason_code: "baseline-without-data",
    });
    const now = chooseBaseline(usual);
    expect(atShift(now, 0)).toBe(now);
  });
});
