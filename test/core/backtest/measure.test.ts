import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Arm } from "../../../core/backtest/arms.ts";
import { placed } from "../../../core/backtest/bands.ts";
import { foundByEffort, idealOrder } from "../../../core/backtest/effort.ts";
import { foundAmong } from "../../../core/backtest/found.ts";
import { differencesOf, drawnAll, figureOf, figuresOf } from "../../../core/backtest/intervals.ts";
import { measureOf, measures, type Tested } from "../../../core/backtest/measure.ts";
import { levelsFromTop } from "../../../core/stats/levels-from-top.ts";

/** Ten changes, worked out by hand: failed are the 1st, 2nd, 5th and 9th by risk. */
const scores = Float64Array.of(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05);
const labels = Uint8Array.of(1, 1, 0, 0, 1, 0, 0, 0, 1, 0);
const effort = Float64Array.of(100, 10, 20, 10, 20, 10, 10, 10, 5, 5);
const rule = {
  scale: "probability" as const,
  bands: [
    { upTo: 50, kind: "rolling" as const },
    { upTo: 75, kind: "canary" as const },
    { upTo: 100, kind: "blue-green" as const },
  ],
  approvalFrom: 90,
  leastProbability: 5,
};
const arm: Arm = {
  ...{ name: "new", scores, probabilities: scores },
  placed: placed(
    scores.map((one) => 100 * one),
    scores,
    rule,
  ),
  worth: scores.map((one, row) => one / (effort[row] ?? 1)),
};
const tested: Tested = { labels, effort, critical: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1, 0) };

describe("figures of ten changes, worked out by hand", () => {
  const measured = measureOf(arm, tested)();
  test.each([
    // Of the 24 pairs of a failed and a sound one: 6 + 6 + 4 + 1 in order.
    ["auc", 17 / 24],
    // Precision at each failure: 1/1, 2/2, 3/5, 4/9.
    ["pr_auc", (1 + 1 + 3 / 5 + 4 / 9) / 4],
    ["recall_at_10_percent", 1 / 4],
    ["recall_at_20_percent", 2 / 4],
    ["recall_at_50_percent", 3 / 4],
    // Half of the first change.
    ["recall_at_5_percent", 0.5 / 4],
    // One of two critical failures stands among the first two, and one of the two others.
    ["recall_critical_at_20_percent", 1 / 2],
    ["recall_other_at_20_percent", 1 / 2],
    // Squares: .01 .04 .49 .36 .25 .16 .09 .04 .81 .0025
    ["brier", 2.2525 / 10],
    // Canary or more above 50 %: the first four.
    ["recall_by_bands", 2 / 4],
    ["recall_by_approval", 1 / 4],
    // Sound ones: 0.7 and 0.6 get a canary, none blue-green or an approval.
    ["unneeded_canaries_per_100", 20],
    ["unneeded_blue_greens_per_100", 0],
    ["unneeded_approvals_per_100", 0],
    ["held_up_of_well", 0],
  ] as const)("%s", (name, value) => expect(measured[name]).toBeCloseTo(value, 12));

  test("nobody can tell the precision among 20 of ten", () => {
    expect(measured.precision_at_20).toBeNaN();
    expect(figuresOf({ value: measured, draws: [] }).precision_at_20).toBeUndefined();
  });

  test("by effort: the most risk a line first, and Popt between the worst order and the best", () => {
    // By risk a line: 2 (.08), 4 (.06), 6 (.04), 3 (.035), 7 (.03), 5 (.025), 8 and 9 (.02 each), 10 (.01), 1 (.009).
    const read = foundByEffort(levelsFromTop(arm.worth), labels, effort, [0.2, 1]);
    // Of 200 lines 40 are the 2nd, the 4th, the 6th and half of the 3rd: one of four failures.
    expect(read.recall).toEqual([1 / 4, 1]);
    const best = idealOrder(labels, effort);
    const areas = [best, best.toReversed()].map((order) => foundByEffort(order, labels, effort, []).area);
    const [most = 0, least = 0] = areas;
    expect(measured.popt).toBeCloseTo(1 - (most - read.area) / (most - least), 12);
    expect(least).toBeLessThan(read.area);
    expect(most).toBeGreaterThan(read.area);
  });
});

test("no order among equal scores counts", () => {
  const levels = levelsFromTop([1, 1, 1, 1]);
  expect(foundAmong(levels, [1, 0, 0, 0], [1, 2, 4])).toEqual([0.25, 0.5, 1]);
});

test("a row that counts twice is as two rows", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          score: fc.integer({ min: 0, max: 6 }),
          label: fc.integer({ min: 0, max: 1 }),
          lines: fc.integer({ min: 1, max: 50 }),
          count: fc.integer({ min: 0, max: 3 }),
        }),
        { minLength: 2, maxLength: 25 },
      ),
      (rows) => {
        const repeated = rows.flatMap((row) => Array.from({ length: row.count }, () => row));
        const once = measuredOf(rows)(rows.map(({ count }) => count));
        const twice = measuredOf(repeated)();
        // The best order reads equal rows one by one, which is the same area in other steps.
        for (const name of measures)
          if (Number.isNaN(twice[name])) expect(once[name], name).toBeNaN();
          else expect(once[name], name).toBeCloseTo(twice[name], 9);
      },
    ),
    { numRuns: 200 },
  );
});

function measuredOf(rows: readonly { score: number; label: number; lines: number }[]) {
  const own = Float64Array.from(rows, ({ score }) => score / 6);
  const lines = Float64Array.from(rows, (row) => row.lines);
  return measureOf(
    {
      ...{ name: "new", scores: own, probabilities: own },
      placed: placed(
        own.map((one) => 100 * one),
        own,
        rule,
      ),
      worth: own.map((one, row) => one / (1 + (lines[row] ?? 0))),
    },
    { labels: Uint8Array.from(rows, ({ label }) => label), effort: lines, critical: null },
  );
}

describe("intervals", () => {
  test("stand about the figure itself, and nothing is known without draws", () => {
    expect(figureOf(0.5, [0.6, 0.7, 0.8])).toMatchObject({ value: 0.5 });
    const { low, high } = figureOf(0.5, [0.6, 0.7, 0.8]) ?? {};
    expect(((low ?? 0) + (high ?? 0)) / 2).toBeCloseTo(0.5, 12);
    expect(figureOf(0.5, [])).toEqual({ value: 0.5, low: null, high: null });
    expect(figureOf(Number.NaN, [0.5])).toBeUndefined();
  });

  test("a difference to oneself is nothing, without doubt", () => {
    const steps = drawnAll([measureOf(arm, tested), measureOf(arm, tested)], 10, 20);
    let step = steps.next();
    for (; !step.done; step = steps.next());
    const [one, two] = step.value;
    if (one === undefined || two === undefined) throw new Error("Nothing was drawn.");
    expect(differencesOf(one, two).auc).toEqual({ value: 0, low: 0, high: 0 });
  });
});
