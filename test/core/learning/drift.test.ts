import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calibrationOf, driftSentence, type Spoken } from "../../../core/learning/drift.ts";
import { seeded } from "../../../core/stats/random.ts";

const repeated = (count: number, one: Spoken): Spoken[] => Array.from({ length: count }, () => one);

test("the evidence is what the three bets have won", () => {
  const { evidence, towards, ...counts } = calibrationOf(
    "m",
    repeated(10, { probability: 0.1, failed: true }),
    2,
  );
  // Half of the stake begins with the first: a third of it at odds of 2/9 for 1/9 wins 20/11 each time.
  const more = (2 / 11 / 0.1) ** 10;
  const fewer = (0.5 / 9.5 / 0.1) ** 10;
  expect(evidence).toBeCloseTo(0.5 + (0.5 / 3) * (more + fewer + 1), 9);
  expect({ towards, ...counts }).toEqual({
    ...{ towards: "more-failures", model: "m", releases: 10, failures: 10, expected: expect.closeTo(1, 12) },
  });
});

test.each<[string, Spoken[], string]>([
  ["many fail", repeated(40, { probability: 0.1, failed: true }), "more-failures"],
  ["none does", repeated(80, { probability: 0.3, failed: false }), "fewer-failures"],
  [
    "those that it held for safe fail as often",
    Array.from({ length: 200 }, (_, index) => ({
      probability: index % 2 ? 0.02 : 0.4,
      failed: index % 5 < 1,
    })),
    "no-order",
  ],
])("%s: %#", (_, spoken, towards) => {
  const found = calibrationOf("m", spoken);
  expect(found.towards).toBe(towards);
  expect(driftSentence(found, "m")).toMatch(/policy allows 20/);
});

describe("nothing is called drift", () => {
  const loud = calibrationOf("m", repeated(40, { probability: 0.05, failed: true }));
  test.each([
    ["of another model", { ...loud, model: "other" }, {}],
    ["where nobody knows", undefined, {}],
    ["below policy's least", loud, { "least-releases": 41 }],
    ["below policy's evidence", { ...loud, evidence: 99 }, { "false-alarms-percent": 1 }],
  ])("%s", (_, calibration, rules) => {
    expect(driftSentence(loud, "m")).toBeDefined();
    expect(driftSentence(calibration, "m", rules)).toBeUndefined();
  });
});

test.each([
  ["safe, and none fails", { probability: 0.0001, failed: false }],
  ["lost, and all fail", { probability: 0.9999, failed: true }],
])("releases that a model holds for all but %s are no drift, however many", (_, one) => {
  expect(calibrationOf("m", repeated(4000, one)).evidence).toBeLessThanOrEqual(1);
});

test("certainty is no trap, and the evidence is a number that JSON can write", () => {
  const spoken = fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), failed: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(spoken, { maxLength: 400 }),
      fc.double({ min: 1.2, max: 10, noNaN: true }),
      (all, factor) => {
        const { evidence, expected } = calibrationOf("m", all, factor);
        expect(Number.isFinite(evidence) && Number.isFinite(expected)).toBe(true);
        // Looking at more never takes back what was seen.
        expect(evidence).toBeGreaterThanOrEqual(calibrationOf("m", all.slice(0, -1), factor).evidence);
      },
    ),
  );
  expect(
    driftSentence(calibrationOf("m", [{ probability: 0, failed: true }]), "m", { "least-releases": 1 }),
  ).toBeUndefined();
});

/** Four releases a week, as the model says but for a factor from a release on: after how many is it called drift? */
function calledAfter(seed: number, releases: number, base: number, factor: number, from = 0): number {
  const random = seeded(seed);
  const spoken = Array.from({ length: releases }, (_, index): Spoken => {
    const odds = (base / (1 - base)) * Math.exp(random.normal());
    const probability = odds / (1 + odds);
    return { probability, failed: random.uniform() < (index < from ? 1 : factor) * probability };
  });
  const isCalled = (count: number): boolean =>
    driftSentence(calibrationOf("m", spoken.slice(0, count)), "m") !== undefined;
  if (!isCalled(releases)) return Number.POSITIVE_INFINITY;
  let [below, at] = [0, releases];
  while (at - below > 1) {
    const middle = (below + at) >> 1;
    if (isCalled(middle)) at = middle;
    else below = middle;
  }
  return at - from;
}

/** docs/decisions/drift.md has the figures of more runs. */
describe("simulated, with a look after every release", () => {
  const runs = Array.from({ length: 200 }, (_, run) => 7 * run + 3);
  const sorted = (times: number[]): number[] => times.sort((one, other) => one - other);

  test.each([0.03, 0.1, 0.25])("a year without drift at %d: false alarms in at most 5 %", (base) => {
    const alarms = runs.filter((seed) => calledAfter(seed, 208, base, 1) < Number.POSITIVE_INFINITY);
    expect(alarms.length / runs.length).toBeLessThanOrEqual(0.05);
  });

  test.each([
    [0.1, 0, 85, 110],
    [0.1, 100, 100, 140],
    [0.25, 0, 45, 60],
  ])("at %d a doubled rate of failures from release %d on is found", (base, from, median, mostOfFive) => {
    const times = sorted(runs.map((seed) => calledAfter(seed, 500, base, 2, from)));
    expect(times[runs.length / 2]).toBeLessThanOrEqual(median);
    expect(times[(4 * runs.length) / 5]).toBeLessThanOrEqual(mostOfFive);
  });
});
