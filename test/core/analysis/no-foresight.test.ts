import { describe, expect, test } from "vitest";
import { noEffect, rolloutOf, steadyWorld } from "../../../bench/analyze/world.ts";
import { upTo } from "../../../core/analysis/analyze.ts";
import { analyzer } from "../../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import { learn, nothingLearnt } from "../../../core/analysis/learnt.ts";
import type { Measurements } from "../../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";

const policy = analysisPolicyOf({}, defaultMetric);
const world = { ...steadyWorld, windows: 16, requests: 400 };

describe("a judge of a whole recording says after each window what it would have said then", () => {
  const history = Array.from({ length: 12 }, (_, index) => rolloutOf(world, index + 1, `past-${index}`));
  test.each([
    ["without a history", nothingLearnt],
    ["with one", learn(history, policy)],
  ])("%s", (_, learnt) => {
    const judge = analyzer(policy, learnt);
    for (const [index, errors] of [1, 2, 6].entries()) {
      const rollout = rolloutOf(world, 100 + index, "whole", { ...noEffect, errors });
      const whole = judge.tracks(rollout);
      for (let windows = 1; windows <= world.windows; windows++) {
        const then = judge.tracks(upTo(rollout, windows), { windowsPlanned: world.windows });
        for (const [metric, track] of then.entries()) {
          const all = whole[metric];
          expect(track.highest.at(-1)).toBe(all?.highest[windows - 1]);
          expect(track.reach.at(-1)).toBe(all?.reach[windows - 1]);
          expect(track.worseFrom.at(-1)).toBe(all?.worseFrom[windows - 1]);
        }
      }
    }
  });
});

test("a candidate that hardly anybody asked is not promoted, however seldom its baseline fails", () => {
  const windows = 30;
  const counts = (total: number) => ({
    total: new Array<number>(windows).fill(total),
    bad: new Array<number>(windows).fill(0),
  });
  const rollout = (candidate: number): Measurements => ({
    id: `${candidate} requests a window`,
    window_seconds: 120,
    metrics: {
      errors: { kind: "ratio", worse: "higher", baseline: counts(3000), candidate: counts(candidate) },
    },
  });
  const judge = analyzer(policy, nothingLearnt);
  expect(judge.judge(rollout(1))).toMatchObject({ verdict: "hold", reason: "not-enough-evidence" });
  expect(judge.judge(rollout(3000))).toMatchObject({ verdict: "promote" });
});

test("a shift far beyond the target is not taken for a loud rollout", () => {
  const judge = analyzer(policy, nothingLearnt);
  const gauge = (candidate: number): Measurements => ({
    id: "in flames",
    window_seconds: 120,
    metrics: {
      latency: {
        kind: "gauge",
        worse: "higher",
        baseline: [200, 210, 195, 205, 198, 207],
        candidate: [200, 210, 195, 205, 198, 207].map((value) => value * candidate),
      },
    },
  });
  for (const times of [3, 10, 100]) expect(judge.judge(gauge(times))).toMatchObject({ verdict: "rollback" });
});
