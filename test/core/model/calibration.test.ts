import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calibrate } from "../../../core/model/fit/calibrate.ts";
import { calibrated, halfway, uncalibrated } from "../../../core/model/fit/calibration.ts";
import { isotonic } from "../../../core/model/fit/isotonic.ts";
import { platt } from "../../../core/model/fit/platt.ts";
import type { Model } from "../../../core/model/model.ts";
import { probabilityOf } from "../../../core/model/predict.ts";
import { recalibrated } from "../../../core/model/recalibrated.ts";
import { short } from "../../../core/model/short.ts";
import { percentBelow, speak } from "../../../core/model/speak.ts";
import { seeded } from "../../../core/stats/random.ts";

/** Outcomes that come with `truth` of what was said. */
function outcomes(rows: number, truth: (logOdds: number) => number, seed = 1) {
  const random = seeded(seed);
  const logOdds = Float64Array.from({ length: rows }, () => 4 * random.uniform() - 3);
  const labels = Uint8Array.from(logOdds, (one) => (random.uniform() < probabilityOf(truth(one)) ? 1 : 0));
  return { logOdds, labels, weights: logOdds.map(() => 1) };
}
const given = fc.array(fc.tuple(fc.double({ min: -9, max: 9, noNaN: true }), fc.nat({ max: 1 })), {
  minLength: 1,
  maxLength: 60,
});

test("Platt's line finds the line that was there", () => {
  const { logOdds, labels, weights } = outcomes(20_000, (one) => 0.5 * one + 1);
  const { slope, shift } = platt(logOdds, labels, weights);
  expect(slope).toBeCloseTo(0.5, 1);
  expect(shift).toBeCloseTo(1, 1);
});

test("few outcomes move little, none move nothing", () => {
  expect(platt([], [], [])).toEqual(uncalibrated);
  const { shift } = platt([-2, -2], [1, 1], [1, 1]);
  expect(shift).toBeGreaterThan(0);
  expect(shift).toBeLessThan(1.5);
});

test("isotonic steps pool what falls, and lie between what came", () => {
  const { at, says } = isotonic([-1, 0, 1], [1, 0, 1], [1, 1, 1]);
  expect(at).toEqual([-0.5, 1]);
  expect(says[0]).toBeCloseTo(0, 12);
  expect(says[1]).toBeCloseTo(Math.log(3), 12);
});

test("equal log-odds are one step, in whatever order their outcomes came", () => {
  const first = isotonic([-1, 1, 1], [1, 0, 1], [1, 1, 1]);
  expect(first).toEqual(isotonic([-1, 1, 1], [1, 1, 0], [1, 1, 1]));
  expect(first.says).toEqual([Math.log(2.5 / 1.5)]);
});

test("whatever came, nobody that was given more is given less", () => {
  fc.assert(
    fc.property(
      given,
      fc.double({ min: -12, max: 12, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (rows, low, more) => {
        const logOdds = rows.map(([one]) => one);
        const labels = rows.map(([, label]) => label);
        const weights = rows.map(() => 1);
        for (const fitted of [platt(logOdds, labels, weights), isotonic(logOdds, labels, weights)])
          for (const one of [fitted, halfway(fitted)])
            expect(calibrated(one, low + more) - calibrated(one, low)).toBeGreaterThanOrEqual(-1e-9);
      },
    ),
  );
});

describe("of the three the one is taken that surprises least unseen", () => {
  test("as they are, where they are right", () => {
    expect(calibrate(outcomes(3000, (one) => one)).calibration).toEqual(uncalibrated);
  });
  test("a line, where they are stretched", () => {
    expect(calibrate(outcomes(3000, (one) => one / 3 - 1)).calibration.kind).toBe("line");
  });
  test("steps, where a line does not bend as they do", () => {
    expect(calibrate(outcomes(6000, (one) => (one > -1 ? 2 : -3))).calibration.kind).toBe("steps");
  });
  test("as they are, where there are too few to tell", () => {
    expect(calibrate(outcomes(40, () => 3)).calibration).toEqual(uncalibrated);
  });
});

const model: Model = {
  features: ["la", "nf"],
  parts: [{ kind: "ranks", weight: 1, columns: ["la", "nf"], line: { intercept: -2, slopes: [2, 1] } }],
  window: { size: 50, columns: [0, 1].map(() => Float64Array.from({ length: 50 }, (_, row) => row)) },
  calibration: uncalibrated,
  standing: { quantiles: Array.from({ length: 101 }, (_, percent) => -2 + percent / 50), changes: 70 },
};

test.each([
  ["a line", { kind: "line", slope: 1.5, shift: -0.25 } as const],
  ["steps", { kind: "steps", at: [-2, -1, 0.5], says: [-3, -2.5, 1] } as const],
])("put right by %s, what each column adds still sums up", (_, calibration) => {
  const facts = { la: 44, nf: 3 };
  const plain = speak(model, facts);
  const right = speak({ ...model, calibration }, facts);
  expect(right.logOdds).toBeCloseTo(calibrated(calibration, plain.logOdds), 12);
  expect(right.bias).toBeCloseTo(calibrated(calibration, plain.bias), 12);
  const [first, second] = right.contributors.map(({ logOdds }) => logOdds);
  const [firstPlain = 0, secondPlain = 1] = plain.contributors.map(({ logOdds }) => logOdds);
  expect((first ?? 0) / (second ?? 0)).toBeCloseTo(firstPlain / secondPlain, 10);
});

test.each([
  ["a line", uncalibrated],
  ["steps", { kind: "steps", at: [-3, 0], says: [-2, 0.5] } as const],
])("outcomes that come later put %s right, and ranks stay what they were", (_, calibration) => {
  const before = { ...model, calibration };
  const recent = Array.from({ length: 2000 }, (_, row) => ({
    logOdds: -1,
    label: row % 2,
    weight: 1,
  }));
  const after = recalibrated(before, recent);
  expect(calibrated(after.calibration, 5)).toBeGreaterThan(calibrated(after.calibration, -5));
  const facts = { la: 30, nf: 10 };
  expect(speak(after, facts).logOdds).toBeGreaterThan(speak(before, facts).logOdds + 0.8);
  expect(speak(after, facts).rankPercent).toBeCloseTo(speak(before, facts).rankPercent ?? Number.NaN, 6);
  expect(after.standing?.changes).toBe(70);
  expect(recalibrated(before, [])).toEqual(before);
});

test("many that were given the same stand where their first one stands, whichever way the digits of a file were rounded", () => {
  for (const given of [1.234_564_4, 1.234_565_6]) {
    const quantiles = Array.from({ length: 101 }, (_, percent) =>
      percent < 40 ? percent / 100 : short(given),
    );
    expect(percentBelow({ quantiles }, given)).toBeCloseTo(40, 4);
  }
});
