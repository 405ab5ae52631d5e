import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auc, aucByCounts } from "../../../core/stats/auc.ts";
import { averagePrecision, averagePrecisionByCounts } from "../../../core/stats/average-precision.ts";
import { brier } from "../../../core/stats/brier.ts";
import { calibrationBins, expectedCalibrationError } from "../../../core/stats/expected-calibration-error.ts";
import { logLoss } from "../../../core/stats/log-loss.ts";
import golden from "../../fixtures/stats/metrics.json" with { type: "json" };
import { expectNear } from "./near.ts";

describe(`as scikit-learn ${golden["scikit-learn"]} says`, () => {
  test.each(golden.cases)("of $scores.length scores", ({ scores, labels, counts, plain, counted }) => {
    const logOdds = scores.map((score) => Math.log(score / (1 - score)));
    expectNear(auc(scores, labels), plain.auc);
    expectNear(aucByCounts(scores, labels)(counts), counted.auc);
    expectNear(averagePrecision(scores, labels), plain.averagePrecision);
    expectNear(averagePrecisionByCounts(scores, labels)(counts), counted.averagePrecision);
    expectNear(brier(scores, labels), plain.brier);
    expectNear(brier(scores, labels, counts), counted.brier);
    expectNear(logLoss(logOdds, labels), plain.logLoss);
    expectNear(logLoss(logOdds, labels, counts), counted.logLoss);
    expectNear(expectedCalibrationError(scores, labels), plain.calibrationError);
    expectNear(expectedCalibrationError(scores, labels, counts), counted.calibrationError);
  });
});

test("the area is the share of pairs in the right order, counted one by one", () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(rows, (pairs) => {
      const bad = pairs.filter(([, label]) => label === 1).map(([score]) => score);
      const good = pairs.filter(([, label]) => label === 0).map(([score]) => score);
      const won = bad.flatMap((one) => good.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)));
      const expected = won.reduce((sum: number, one) => sum + one, 0) / won.length;
      const said = auc(
        pairs.map(([score]) => score),
        pairs.map(([, label]) => label),
      );
      if (won.length === 0) expect(said).toBeNaN();
      else expect(said).toBeCloseTo(expected, 12);
    }),
  );
});

test("what is known of nothing is no number", () => {
  expect(averagePrecision([0.5], [0])).toBeNaN();
  expect(brier([], [])).toBeNaN();
  expect(logLoss([], [])).toBeNaN();
  expect(expectedCalibrationError([], [])).toBeNaN();
  expect(calibrationBins([0.05, 1], [0, 1]).at(-1)).toEqual({ rows: 1, said: 1, came: 1 });
});
