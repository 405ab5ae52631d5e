import { describe, expect, test } from "vitest";
import { type Judged, verdictAfter, type WindowRules } from "../../../core/analysis/conclude.ts";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import type { WindowPair } from "../../../core/analysis/difference.ts";
import type { AnalysisPolicy, MetricPolicy } from "../../../core/analysis/metric-policy.ts";
import { effectScale } from "../../../core/analysis/noise/effect-scale.ts";
import { defaultNoise } from "../../../core/analysis/noise/noise.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";
import type { Demand } from "../../../core/analysis/rules/strictest.ts";
import { metricStateAt } from "../../../core/analysis/state.ts";
import type { StepAsks } from "../../../core/analysis/step-asks.ts";
import type { Track } from "../../../core/analysis/track.ts";

const policy: AnalysisPolicy = { ...analysisPolicyOf({}, defaultMetric), healthyWindows: 3 };
const boundary = { worse: 4, marginal: 2, reach: 2 };

/** After a window: the shift, how far it may lie to either side, and the evidence; a word says why there is none. */
type Window = [shift: number, reach: number, evidence: number] | "missing" | "one-sided" | "no-traffic";
const healthy: Window = [0.01, 0.02, -1];
const unsure: Window = [0.01, 0.2, 0];
const marginal: Window = [0.04, 0.1, 2.5];
const harm: Window = [0.2, 0.05, 5];

function trackOf(windows: readonly Window[], own: Partial<MetricPolicy> = {}, name = "latency"): Track {
  const metric = { ...defaultMetric(name, "higher", "gauge"), ...own };
  const column = () => new Array<number>(windows.length).fill(0);
  const [shift, reach, evidence, highest, margin] = [column(), column(), column(), column(), column()];
  const counted = new Array<number>(windows.length).fill(0);
  const side = { value: 0, sampling: 0, shown: 1 };
  let best = Number.NEGATIVE_INFINITY;
  for (const [index, window] of windows.entries()) {
    const known = typeof window !== "string";
    const [at, far, found] = known ? window : [shift[index - 1] ?? 0, reach[index - 1] ?? 0, Number.NaN];
    shift[index] = at;
    reach[index] = far;
    evidence[index] = found;
    if (found > best) best = found;
    highest[index] = best;
    margin[index] = 0.05;
    counted[index] = (counted[index - 1] ?? 0) + (known ? 1 : 0);
  }
  return {
    name,
    kind: "gauge",
    worse: metric.worse,
    ofFailures: false,
    policy: metric,
    noise: defaultNoise("gauge", 120),
    boundary,
    scale: effectScale("gauge", metric),
    pairs: windows.map(
      (window): WindowPair =>
        typeof window === "string" ? { why: window } : { baseline: side, candidate: side },
    ),
    counted,
    evidence,
    highest,
    worseFrom: column().fill(boundary.worse),
    marginalFrom: column().fill(boundary.marginal),
    candidateEvents: column().fill(1000),
    shift,
    reach,
    margin,
    level: column().fill(1),
    baseline: column().fill(1),
    candidate: column().fill(1),
    warmUp: new Set(),
    wouldCross: () => undefined,
  };
}

function judged(
  tracks: Track[],
  more: Partial<AnalysisPolicy> = {},
  rest: { windowsPlanned?: number; rules?: WindowRules; step?: StepAsks } = {},
): Pick<Judged, "verdict" | "reason" | "atWindow"> {
  const { verdict, reason, atWindow } = verdictAfter(tracks, { ...policy, ...more }, rest);
  return { verdict, reason, atWindow };
}

const times = (count: number, window: Window): Window[] => Array.from({ length: count }, () => window);

describe("what one metric says", () => {
  test.each<[string, Window, string]>([
    ["within the margin", healthy, "healthy"],
    ["an interval past the margin", unsure, "unsure"],
    ["some evidence, half of the margin", marginal, "marginal"],
    ["some evidence of next to nothing", [0.001, 0.002, 2.5], "healthy"],
    ["evidence beyond the boundary", harm, "worse"],
    ["evidence of what does not matter", [0.02, 0.001, 9], "healthy"],
    ["nothing", "missing", "unknown"],
  ])("%s", (_, window, state) => {
    expect(metricStateAt(trackOf([window]), 0).state).toBe(state);
  });

  test("a fall is bad where lower is worse, and either way where either is", () => {
    const fall: Window = [-0.2, 0.05, 5];
    expect(metricStateAt(trackOf([fall], { worse: "lower" }), 0).state).toBe("worse");
    expect(metricStateAt(trackOf([fall], { worse: "either" }), 0).state).toBe("worse");
    expect(metricStateAt(trackOf([[-0.2, 0.05, -3]]), 0).state).toBe("healthy");
    expect(metricStateAt(trackOf([[0.01, 0.055, 0]], { worse: "either" }), 0).state).toBe("unsure");
  });
});

describe("promotion", () => {
  test("after so many healthy windows in a row, and not one sooner", () => {
    expect(judged([trackOf(times(2, healthy))])).toMatchObject({
      verdict: "hold",
      reason: "too-few-healthy-windows",
    });
    expect(judged([trackOf(times(9, healthy))])).toEqual({
      verdict: "promote",
      reason: "healthy",
      atWindow: 3,
    });
  });

  test("waits for the evidence, and a missing window neither counts nor sets back", () => {
    expect(judged([trackOf([healthy, healthy, unsure, healthy, healthy, healthy])]).atWindow).toBe(4);
    expect(judged([trackOf([healthy, healthy, "missing", healthy, healthy])]).atWindow).toBe(4);
  });

  test("never where a metric is unsure, unless policy ignores that it has no data", () => {
    const fine = trackOf(times(9, healthy));
    expect(judged([fine, trackOf(times(9, unsure), {}, "errors")])).toMatchObject({
      verdict: "hold",
      reason: "not-enough-evidence",
    });
    expect(judged([fine, trackOf(times(9, "missing"), {}, "errors")])).toMatchObject({
      verdict: "hold",
      reason: "no-data",
    });
    expect(judged([fine, trackOf(times(9, "missing"), { noData: "ignore" }, "errors")]).verdict).toBe(
      "promote",
    );
  });

  test("never because there is no time left", () => {
    for (const atDeadline of ["hold", "slow", "rollback"] as const) {
      const found = judged([trackOf(times(9, unsure))], { atDeadline }, { windowsPlanned: 9 });
      expect(found).toMatchObject({
        verdict: atDeadline,
        reason: atDeadline === "hold" ? "not-enough-evidence" : "deadline",
      });
      expect(judged([trackOf(times(9, unsure))], { atDeadline }, { windowsPlanned: 10 }).verdict).toBe(
        "hold",
      );
    }
  });

  test("never of nothing", () => {
    expect(judged([])).toMatchObject({ verdict: "hold", reason: "no-data" });
    expect(judged([trackOf([])])).toMatchObject({ verdict: "hold", reason: "no-data" });
    expect(judged([trackOf(times(9, "missing"), { noData: "ignore" })]).verdict).toBe("hold");
  });
});

describe("holding says why", () => {
  test.each<[string, Window[], Partial<MetricPolicy>, string]>([
    ["nothing measured", times(6, "missing"), {}, "no-data"],
    ["no traffic", times(6, "no-traffic"), {}, "no-data"],
    ["one arm alone", times(6, "one-sided"), {}, "one-sided-data"],
    ["two windows", times(2, unsure), {}, "not-enough-data"],
    ["many windows that say too little", times(6, unsure), {}, "not-enough-evidence"],
  ])("%s", (_, windows, own, reason) => {
    expect(judged([trackOf(windows, own)])).toMatchObject({ verdict: "hold", reason });
  });

  test("missing data take back where policy says so", () => {
    expect(judged([trackOf(times(6, "missing"), { noData: "rollback" })])).toMatchObject({
      verdict: "rollback",
      reason: "no-data",
    });
  });
});

describe("taking back", () => {
  test("at the first window that shows it, and finally", () => {
    const windows: Window[] = [unsure, [0.1, 0.1, 3], harm, ...times(9, healthy)];
    expect(judged([trackOf(windows)])).toEqual({
      verdict: "rollback",
      reason: "evidence-of-harm",
      atWindow: 3,
    });
  });

  test("evidence that leaps past the whole boundary is a sharp spike", () => {
    expect(judged([trackOf([healthy, harm])]).reason).toBe("sharp-spike");
  });

  test("a critical metric alone, others by half of their weight", () => {
    const slow: Window[] = [unsure, [0.1, 0.1, 3], harm];
    const bad = (weight: number) => trackOf(slow, { critical: false, weight }, "bad");
    const good = (weight: number) => trackOf(times(3, unsure), { critical: false, weight }, "good");
    expect(judged([trackOf(slow, {}, "bad"), good(1)]).reason).toBe("critical-metric");
    expect(judged([bad(1), good(2)])).toMatchObject({ verdict: "slow", reason: "marginal" });
    expect(judged([bad(2), good(2)])).toMatchObject({ verdict: "rollback", reason: "evidence-of-harm" });
    expect(judged([bad(0), good(0)]).verdict).toBe("slow");
  });
});

describe("slowing down", () => {
  test("outlasts its cause by a window, and promotion waits for it", () => {
    expect(judged([trackOf([marginal])])).toMatchObject({ verdict: "slow", reason: "marginal" });
    expect(judged([trackOf([marginal, healthy])]).verdict).toBe("slow");
    expect(judged([trackOf([marginal, healthy, healthy])]).verdict).toBe("hold");
    expect(judged([trackOf([marginal, healthy, healthy, healthy])])).toMatchObject({
      verdict: "promote",
      atWindow: 4,
    });
  });
});

describe("rules of the rollout", () => {
  const asking =
    (action: "slow" | "hold" | "rollback", from: number, until = from): WindowRules =>
    (window) => ({
      answers: [],
      warnings: [],
      ...(window >= from && window <= until
        ? { demand: { action, reason_code: "guardrail", rule: "r", sentence: "It says so." } }
        : {}),
    });

  test("take back at once what metrics find healthy", () => {
    expect(judged([trackOf(times(9, healthy))], {}, { rules: asking("rollback", 1) })).toEqual({
      verdict: "rollback",
      reason: "guardrail",
      atWindow: 2,
    });
  });

  test("a hold puts promotion off until two calm windows have passed", () => {
    const found = judged([trackOf(times(9, healthy))], {}, { rules: asking("hold", 1) });
    expect(found).toMatchObject({ verdict: "promote", atWindow: 5 });
    expect(judged([trackOf(times(2, healthy))], {}, { rules: asking("hold", 1) })).toMatchObject({
      verdict: "hold",
      reason: "guardrail",
    });
  });
});

describe("a step of a comparison that goes on over several", () => {
  const step = (on: StepAsks["on"], more: Partial<StepAsks> = {}): StepAsks => ({
    ...{ from: 4, until: 12, healthyWindows: 2, on },
    ...more,
  });
  const holding =
    (reason_code: "no-data" | "guardrail", until = 99, more: Partial<Demand> = {}): WindowRules =>
    (window) => ({
      answers: [],
      warnings: [],
      ...(window < until
        ? { demand: { action: "hold", reason_code, rule: "r", sentence: "It holds.", ...more } }
        : {}),
    });

  test.each<[string, Window[], StepAsks, WindowRules | undefined, string]>([
    [
      "healthy windows count from the step's first one",
      times(9, healthy),
      step("evidence"),
      undefined,
      "promote healthy 6",
    ],
    ["not sooner", times(5, healthy), step("evidence"), undefined, "hold too-few-healthy-windows 5"],
    [
      "evidence that is missing holds the deciding step",
      times(9, unsure),
      step("evidence"),
      undefined,
      "hold not-enough-evidence 9",
    ],
    [
      "and not one that others follow",
      times(9, unsure),
      step("health"),
      undefined,
      "promote no-sign-of-harm 6",
    ],
    [
      "a sign of harm does",
      [...times(4, healthy), marginal, healthy],
      step("health"),
      undefined,
      "slow marginal 6",
    ],
    [
      "windows that are missing are no healthy ones",
      [...times(4, healthy), ...times(5, "missing")],
      step("health"),
      undefined,
      "hold too-few-healthy-windows 9",
    ],
    [
      "harm before the step counts",
      [harm, ...times(9, healthy)],
      step("health"),
      undefined,
      "rollback sharp-spike 1",
    ],
    [
      "harm after it could have gone on counts",
      [...times(7, unsure), harm],
      step("health"),
      undefined,
      "rollback sharp-spike 8",
    ],
    ["time passes without data", times(9, "missing"), step("time"), undefined, "promote not-compared 6"],
    ["not sooner than its time", times(5, "missing"), step("time"), undefined, "hold no-data 5"],
    [
      "time passes a rule that waits for data",
      times(9, "missing"),
      step("time"),
      holding("no-data"),
      "promote not-compared 6",
    ],
    [
      "and no rule that is broken",
      times(9, "missing"),
      step("time"),
      holding("guardrail"),
      "hold guardrail 9",
    ],
    [
      "where rules are all there is, each wants its data",
      times(9, "missing"),
      step("rules"),
      holding("no-data"),
      "hold no-data 9",
    ],
    [
      "but for a baseline, which is what there is none of",
      times(9, "missing"),
      step("rules"),
      holding("no-data", 99, { uncompared: true }),
      "promote not-compared 6",
    ],
    [
      "which a step that is compared waits for",
      times(9, healthy),
      step("health"),
      holding("no-data", 99, { uncompared: true }),
      "hold no-data 9",
    ],
    [
      "and goes on with them",
      times(9, "missing"),
      step("rules"),
      holding("no-data", 6),
      "promote not-compared 7",
    ],
    [
      "while it bakes only harm is news",
      times(9, healthy),
      step("nothing"),
      undefined,
      "hold too-few-healthy-windows 9",
    ],
    ["and harm is", [...times(8, healthy), harm], step("nothing"), undefined, "rollback sharp-spike 9"],
  ])("%s", (_, windows, asks, rules, expected) => {
    const found = judged(
      [trackOf(windows)],
      {},
      { step: asks, windowsPlanned: 40, ...(rules ? { rules } : {}) },
    );
    expect(`${found.verdict} ${found.reason} ${found.atWindow}`).toBe(expected);
  });

  test.each([
    [{}, "is for a later step to show"],
    [{ decided: true }, "was for an earlier step to show"],
  ])("says at which step all of the evidence is asked (%j)", (more, words) => {
    const asks = { step: step("health", more), windowsPlanned: 40 };
    expect(verdictAfter([trackOf(times(9, unsure))], policy, asks).sentence).toContain(words);
  });

  test("its own deadline counts, and a metric that may not be missing takes nobody back where none is measured", () => {
    const rest = { step: step("health", { until: 8 }), windowsPlanned: 40 };
    const silent = [...times(4, healthy), ...times(4, "missing" as Window)];
    expect(judged([trackOf(silent)], { atDeadline: "rollback" }, rest)).toMatchObject({
      verdict: "rollback",
      reason: "deadline",
    });
    const needed = trackOf(times(5, "missing"), { noData: "rollback" });
    expect(judged([needed], {}, { step: step("health") }).verdict).toBe("rollback");
    expect(judged([needed], {}, { step: step("time") }).verdict).toBe("hold");
  });
});
