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
      { apart: false, weight: 100 },
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
      { apart: false, weight: undefined, retentionSeconds: undefined },
      "same-time",
      "arms-not-told-apart",
      [1, 2, 3, 4].map((week) => week * weekSeconds),
    ],
    [
      "none beyond the retention",
      { apart: false, weight: 100, retentionSeconds: weekSeconds },
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
    [
      "another week where the candidate has nothing yet",
      { apart: false, weight: 0 },
      "same-time",
      "arms-not-told-apart",
      [weekSeconds, 2 * weekSeconds],
    ],
    [
      "none where a part of the traffic is not told apart",
      { apart: false },
      "none",
      "arms-not-told-apart",
      [],
    ],
    [
      "not even another week that was asked for",
      { apart: false, wish: "same-time", weight: 99.9 },
      "none",
      "arms-not-told-apart",
      [],
    ],
    [
      "nor a fresh one that is asked the same",
      { apart: false, fresh: true },
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

  it("says what to do where a part of the traffic hides the harm", () => {
    const { sentence } = chooseBaseline({ ...usual, apart: false }).document;
    expect(sentence).toContain("Write `arms` of the service in services.yaml");
    // What a verdict shows of it.
    expect(sentence.length).toBeLessThan(300);
  });

  it("says how far back it lies, and that nothing was there", () => {
    const choice = chooseBaseline({ ...usual, apart: false, weight: 100 });
    expect(atShift(choice, weekSeconds).document.sentence).toContain("7d before");
    expect(nothingBefore(choice).document).toMatchObject({
      kind: "none",
      reason_code: "baseline-without-data",
    });
    const now = chooseBaseline(usual);
    expect(atShift(now, 0)).toBe(now);
  });
});
