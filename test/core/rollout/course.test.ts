import { describe, expect, it, test } from "vitest";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import { planWindows } from "../../../core/analysis/plan-windows.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";
import {
  type CourseQuestion,
  comparedSteps,
  courseOf,
  decidingStep,
  longestOfStep,
  neededWindows,
  windowSecondsOf,
  windowsOfPlan,
} from "../../../core/rollout/course.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { story } from "./story.ts";

const policy = analysisPolicyOf(
  { analysis: { window: "60s", "healthy-windows": 5, longest: "20m" } },
  defaultMetric,
);
const step = (share: number, window_seconds = 60, healthy_windows = 2) => ({
  ...{ share, by: "weight" as const },
  ...{ window_seconds, healthy_windows },
});
const steps = [step(10), step(50), step(100)];
const plan = planFor("v1", "v2", { steps, bake_seconds: 300 });
const start = Date.parse("2026-11-21T10:00:00.000Z");
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

function course(more: Partial<CourseQuestion> = {}) {
  const reached = more.reached ?? [{ step: 0, share: 10, at: at(0) }];
  const last = reached.at(-1);
  return courseOf({
    ...{ plan, reached, policy, baking: false, baselineOfWhole: false, bakes: false },
    ...{ step: last?.step ?? 0, since: last?.at ?? at(0) },
    windows: planWindows({ startSeconds: start / 1000, windowSeconds: 60, windows: 99, settleSeconds: 0 }),
    ...more,
  });
}

describe("windows of a plan", () => {
  it("all have the length of the policy's, or of the shortest step's", () => {
    expect(windowSecondsOf(plan, policy)).toBe(60);
    expect(windowSecondsOf({ steps: [step(10, 20), step(50, 300)] }, policy)).toBe(20);
    expect(windowSecondsOf({ steps: [step(10, 6 * 3600)] }, policy)).toBe(60);
  });

  it("a step's own windows are a time of health, and its deadline is never shorter than twice that", () => {
    expect(neededWindows(step(50, 300, 2), 120)).toBe(5);
    expect(longestOfStep(step(50, 300, 2), 20, 120)).toBe(20);
    expect(longestOfStep(step(50, 6 * 3600, 4), 48, 1800)).toBe(96);
  });

  it("boundaries are held over all that may be looked at", () => {
    expect(windowsOfPlan(plan, policy)).toBe(5 + 21 + 5 + 5);
    expect(windowsOfPlan({ ...plan, bake_seconds: 9e9 }, policy)).toBe(1000);
  });
});

test.each([
  ["the last step beside stable traffic", [10, 50, 100], 1],
  ["the last one where none is whole", [10, 50], 1],
  ["the first whole one where none is beside", [0, 100], 1],
  ["none", [0], -1],
])("all of the evidence is asked at %s", (_, shares, expected) => {
  expect(decidingStep({ steps: shares.map((share) => step(share)) })).toBe(expected);
});

describe("a course", () => {
  const reached = [
    { step: 0, share: 10, at: at(0) },
    { step: 1, share: 50, at: at(130) },
    { step: 2, share: 100, at: at(480) },
  ];

  it("knows the weight of each window, and of one in which it changed that it has none", () => {
    const { weights, steps: changes, stepSeconds } = course({ reached });
    expect(weights(10)).toEqual([10, 10, null, 50, 50, 50, 50, 50, 100, 100]);
    expect(changes).toEqual([0, 2, 3, 8]);
    expect(stepSeconds).toEqual([0, 130, 480].map((seconds) => start / 1000 + seconds));
  });

  it("counts a step's windows from the first whole one, until its deadline", () => {
    expect(course({ reached: reached.slice(0, 2) }).asks).toEqual({
      ...{ from: 3, until: 23, healthyWindows: 5, on: "evidence", decided: false },
    });
    // Slowed: watched anew, at the same share.
    const slowed = course({ reached: reached.slice(0, 2), since: at(600) });
    expect(slowed.asks.from).toBe(10);
    expect(slowed.steps).toEqual([0, 2, 3]);
  });

  it.each<[string, Partial<CourseQuestion>, string]>([
    ["others follow", {}, "health"],
    ["it decides", { reached: reached.slice(0, 2) }, "evidence"],
    ["nothing is left beside it", { reached }, "rules"],
    ["another week stands in", { reached, baselineOfWhole: true }, "health"],
    ["policy lets it bake", { reached: reached.slice(0, 2), bakes: true }, "time"],
    ["it has no traffic yet", { plan: { ...plan, steps: [step(0), step(100)] } }, "time"],
    ["the old version stays warm", { reached, baking: true }, "nothing"],
  ])("where %s", (_, more, on) => {
    expect(course(more).asks.on).toBe(on);
  });

  it("knows whether the step that decides lies behind", () => {
    const decided = [1, 2, 3].map((steps) => course({ reached: reached.slice(0, steps) }).asks.decided);
    expect(decided).toEqual([false, false, true]);
  });

  it("leaves a warm-up out as long as it reaches, wherever in a window the share changed", () => {
    const warm = { ...policy, warmUpSeconds: 60 };
    // From second 130 to second 190: windows 2 and 3. The analyzer leaves one out for each that is named.
    expect(course({ reached: reached.slice(0, 2), policy: warm }).steps).toEqual([0, 2, 3]);
    expect(course({ reached, policy: { ...policy, warmUpSeconds: 30 } }).steps).toEqual([0, 2, 8]);
  });
});

it("a comparison that people held up for long begins anew with the last step", () => {
  const day = 86_400;
  const reached = [0, 100, day].map((seconds, index) => ({ step: index, share: 10, at: at(seconds) }));
  expect(comparedSteps(reached, 600)).toHaveLength(3);
  expect(comparedSteps(reached, 60)).toEqual(reached.slice(2));
  expect(comparedSteps([], 60)).toEqual([]);
});

describe("the times of steps in the ledger", () => {
  it("stand in the state, and begin anew where a verdict is overruled", () => {
    const tale = story({ steps });
    tale.does(2).later(60).verdict("promote").does();
    expect(tale.state.reachedAt).toEqual([
      { step: 0, share: 10, at: at(0) },
      { step: 1, share: 50, at: at(60) },
    ]);
    tale.verdict("slow");
    expect(tale.state.reachedAt).toHaveLength(2);
    tale.verdict("rollback").says("overrule");
    expect(tale.state.reachedAt).toEqual([]);
  });

  it("are those of a step without a share as well", () => {
    const tale = story({ steps: [step(0), step(100)] }).does();
    expect(tale.state.reachedAt).toMatchObject([{ step: 0, share: 0 }]);
  });
});
