import { describe, expect, it } from "vitest";
import { noEffect, rolloutOf, steadyWorld } from "../../../bench/analyze/world.ts";
import { analyze } from "../../../core/analysis/analyze.ts";
import { analyzer } from "../../../core/analysis/analyzer.ts";
import { failuresOf, firstShare, goodShare, policyOfFailures } from "../../../core/analysis/complement.ts";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import { type Learnt, learn, nothingLearnt } from "../../../core/analysis/learnt.ts";
import type { CountSeries, Measurements, MetricSeries } from "../../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";
import { targetsOf } from "../../../core/analysis/tune/trade-off.ts";
import { withEffect } from "../../../core/analysis/tune/with-effect.ts";

const policy = analysisPolicyOf({}, defaultMetric);

function successes({ total, bad }: CountSeries): CountSeries {
  return { total, bad: bad.map((one, window) => (one === null ? null : (total[window] ?? 0) - one)) };
}

/** The same counts under the same name, told by failures or by successes. */
function told(rollout: Measurements, by: "failures" | "successes"): Measurements {
  const errors = Object.values(rollout.metrics).find((series) => series.kind === "ratio");
  if (errors?.kind !== "ratio") return rollout;
  const rate: MetricSeries =
    by === "failures"
      ? errors
      : {
          ...errors,
          worse: "lower",
          baseline: successes(errors.baseline),
          candidate: successes(errors.candidate),
        };
  return { ...rollout, metrics: { rate } };
}

const world = { ...steadyWorld, windows: 20 };
const rollouts = (from: number, count: number, errors: number): Measurements[] =>
  Array.from({ length: count }, (_, index) =>
    rolloutOf(world, from + index, `r ${from + index}`, { ...noEffect, errors }),
  );
const past = rollouts(1, 40, 1);
const learntFrom = (by: "failures" | "successes"): Learnt =>
  learn(
    past.map((one) => told(one, by)),
    policy,
  );
const noHistory = (): Learnt => nothingLearnt;

describe("a success rate near one", () => {
  it.each([
    ["with a history", learntFrom],
    ["without one", noHistory],
  ] as const)("is judged as the error rate of the same counts is, %s", (_, learnt) => {
    const failures = analyzer(policy, learnt("failures"));
    const good = analyzer(policy, learnt("successes"));
    const judged = [...rollouts(500, 12, 1), ...rollouts(600, 12, 2), ...rollouts(700, 6, 0.5)].map((one) => {
      const { verdict, atWindow, reason } = failures.judge(told(one, "failures"));
      const other = good.judge(told(one, "successes"));
      expect([other.verdict, other.atWindow, other.reason]).toEqual([verdict, atWindow, reason]);
      return verdict;
    });
    expect(judged.slice(12, 24).filter((verdict) => verdict === "rollback").length).toBeGreaterThan(6);
    expect(judged.slice(24)).not.toContain("rollback");
  });

  it("is told as a success rate: values, effect, margin and sentences", () => {
    const windows = 12;
    const full = (value: number): number[] => new Array<number>(windows).fill(value);
    const rollout: Measurements = {
      id: "one",
      window_seconds: 120,
      metrics: {
        success: {
          kind: "ratio",
          worse: "lower",
          baseline: { total: full(5000), bad: full(4950) },
          candidate: { total: full(5000), bad: full(4850) },
        },
      },
    };
    const document = analyze(
      rollout,
      analyzer(policy, nothingLearnt),
      { policy, learnt: nothingLearnt },
      { baseline: { kind: "given", sentence: "" }, warnings: [] },
    );
    expect(document.verdict).toBe("rollback");
    expect(document.reason).toMatch(/^success is worse: 97 % against 99 % of the baseline, −\d/);
    const [metric] = document.metrics;
    expect(metric).toMatchObject({ worse: "lower", baseline: 0.99, candidate: 0.97 });
    expect(metric?.windows[0]).toMatchObject({ baseline: 0.99, candidate: 0.97, baseline_events: 5000 });
    expect(metric?.effect?.estimate).toBeCloseTo(-2, 0);
    expect(metric?.effect?.lower).toBeLessThan(metric?.effect?.estimate ?? 0);
    expect(metric?.effect?.upper).toBeLessThan(0);
    expect(metric?.effect?.margin).toBeCloseTo(0.5);
    expect(metric?.flips).toMatch(/effect of about −/);
  });

  it("is taken for one by its first measured window alone, and a conversion rate is not", () => {
    const series = (good: (number | null)[]): MetricSeries => ({
      kind: "ratio",
      worse: "lower",
      baseline: { total: good.map(() => 100), bad: good },
      candidate: { total: good.map(() => null), bad: good.map(() => null) },
    });
    const shareIn = (one: MetricSeries): number | undefined => goodShare(one, firstShare(one));
    expect(shareIn(series([null, 99, 3]))).toBeCloseTo(99.5 / 101);
    expect(shareIn(series([3, 99, 99]))).toBeUndefined();
    expect(shareIn({ ...series([99]), worse: "higher" })).toBeUndefined();
    expect(shareIn(series([null]))).toBeUndefined();
  });

  it("keeps impossible counts impossible, and rates that a store extrapolates possible", () => {
    const counts = { total: [100, 100, 100, null], bad: [102, 200, -1, 5] };
    expect(failuresOf({ kind: "ratio", worse: "lower", baseline: counts, candidate: counts })).toMatchObject({
      worse: "higher",
      baseline: { total: [100, 100, 100, null], bad: [0, -100, -1, null] },
    });
  });

  it.each([
    [{ absolute: 0.005 }, 1, { absolute: 0.005 }, 1],
    [{ relative: 0.01 }, 0.01, { absolute: 0.0099 }, 0.0099 / 2 ** -7],
    [{ relative: 0.01 }, 0.5, { absolute: 0.0099 }, 10],
  ])("has the margin %j and the target %d said of its failures", (margin, target, said, sought) => {
    const own = { ...defaultMetric("success", "lower", "ratio"), margin, target };
    const turned = policyOfFailures(own, 0.99);
    expect(turned.margin).toEqual(said);
    expect(turned.target).toBeCloseTo(sought);
  });

  it("is tuned with its failures doubled", () => {
    const some = rollouts(900, 3, 1).map((one) => told(one, "successes"));
    const [target] = targetsOf(some, policy);
    expect(target).toEqual({ metric: "rate", text: "failures of rate doubled", times: 2, ofFailures: true });
    const sums = some.map((one, index) => {
      const series = (target ? withEffect(one, target.metric, target, index) : one).metrics.rate;
      const failed = (from: MetricSeries | undefined): number =>
        from?.kind === "ratio"
          ? from.candidate.total.reduce<number>(
              (sum, all, at) => sum + (all ?? 0) - (from.candidate.bad[at] ?? 0),
              0,
            )
          : 0;
      return failed(series) / failed(one.metrics.rate);
    });
    for (const times of sums) expect(times).toBeCloseTo(2, 0);
  });
});
