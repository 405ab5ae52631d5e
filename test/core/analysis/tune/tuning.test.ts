import { describe, expect, test } from "vitest";
import { type Effect, rolloutOf, steadyWorld } from "../../../../bench/analyze/world.ts";
import { defaultMetric } from "../../../../core/analysis/default-metric.ts";
import { type LearntMetric, learn } from "../../../../core/analysis/learnt.ts";
import type { Measurements } from "../../../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../../../core/analysis/policy-of.ts";
import { foldsOf } from "../../../../core/analysis/tune/folds.ts";
import { metricNoise } from "../../../../core/analysis/tune/metric-noise.ts";
import { targetsOf } from "../../../../core/analysis/tune/trade-off.ts";
import { type Tuning, tuningOf } from "../../../../core/analysis/tune/tuning.ts";
import { unlikeOthers } from "../../../../core/analysis/tune/unlike.ts";
import { withEffect } from "../../../../core/analysis/tune/with-effect.ts";
import { renderTuningMarkdown } from "../../../../core/render/tune/markdown.ts";
import { tradeOffPlot } from "../../../../core/render/tune/plot.ts";
import { renderTuningReport } from "../../../../core/render/tune/report.ts";
import { renderTuningTerminal } from "../../../../core/render/tune/terminal.ts";
import { plotSvg } from "../../../../core/render/verdict/plots/svg.ts";

const policy = analysisPolicyOf({}, defaultMetric);
const world = { ...steadyWorld, windows: 6, level: 0.02, requests: 900 };
const harm: Effect = { errors: 4, latency: 1, from: 0, ramp: 0 };

const historyOf = (latency: "gauge" | "histogram", rollouts: number): Measurements[] =>
  Array.from({ length: rollouts }, (_, index) => {
    const harmed = index % 10 === 3;
    const made = rolloutOf({ ...world, latency }, 100 + index, `past ${index}`, harmed ? harm : undefined);
    if (harmed) return { ...made, outcome: "rolled-back" };
    return index === 8 ? { ...made, outcome: "cut-short" } : made;
  });
const history = historyOf("gauge", 20);
const buckets = historyOf("histogram", 30);

function tuned(): { tuning: Tuning; said: string[] } {
  const steps = tuningOf(history, policy, [0.05]);
  const said: string[] = [];
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return { tuning: step.value, said };
    said.push(step.value);
  }
}
const { tuning, said } = tuned();

describe("folds", () => {
  test("every rollout but those taken back is judged once, by a judge that has not seen it", () => {
    const folds = foldsOf(history, 5);
    expect(folds.flatMap(({ judged }) => judged.map(({ id }) => id)).sort()).toEqual(
      history
        .filter(({ outcome }) => outcome !== "rolled-back")
        .map(({ id }) => id)
        .sort(),
    );
    for (const { learnFrom, judged } of folds)
      expect(learnFrom.filter((one) => judged.includes(one))).toEqual([]);
    expect(folds.flatMap(({ learnFrom }) => learnFrom)).toHaveLength(4 * history.length);
  });
});

describe("an effect", () => {
  const sums = (rollout: Measurements) => {
    const { error_ratio: errors, latency_p95_ms: latency } = rollout.metrics;
    if (errors?.kind !== "ratio" || latency?.kind !== "histogram") throw new Error("the world has both");
    const add = (numbers: readonly (number | null)[]) =>
      numbers.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    return {
      bad: add(errors.candidate.bad),
      baseline: add(errors.baseline.bad),
      events: add(latency.candidate.flatMap((one) => one?.counts ?? [])),
    };
  };
  const all = (rollouts: readonly Measurements[]) =>
    rollouts.map(sums).reduce((sum, { bad }) => sum + bad, 0);

  test("doubles or halves the candidate's bad events and no other's, the same ones every time", () => {
    const of = (times: number) =>
      buckets.map((one, index) => withEffect(one, "error_ratio", { times }, index));
    expect(all(of(2)) / all(buckets)).toBeGreaterThan(1.9);
    expect(all(of(2)) / all(buckets)).toBeLessThan(2.1);
    expect(Math.abs(all(of(0.5)) / all(buckets) - 0.5)).toBeLessThan(0.05);
    expect(of(2).map((one) => sums(one).baseline)).toEqual(buckets.map((one) => sums(one).baseline));
    expect(of(2)).toEqual(of(2));
  });

  test("moves the events of buckets and loses none", () => {
    const [first] = buckets;
    if (!first) throw new Error("there is a history");
    const slower = withEffect(first, "latency_p95_ms", { times: 1.2 }, 1);
    expect(sums(slower).events).toBeCloseTo(sums(first).events, 6);
    expect(slower).not.toEqual(first);
    const edges = (counts: number[], times: number) =>
      withEffect(
        {
          id: "x",
          window_seconds: 60,
          metrics: {
            l: {
              kind: "histogram",
              worse: "higher",
              baseline: [],
              candidate: [{ bounds: [1, 2, 4], counts }],
            },
          },
        },
        "l",
        { times },
        1,
      ).metrics.l;
    expect(edges([0, 10, 0, 5], 2)).toMatchObject({ candidate: [{ counts: [0, 0, 10, 5] }] });
    expect(edges([0, 10, 0, 0], 1.5)).toMatchObject({
      candidate: [{ counts: [0, expect.closeTo(10 / 3, 9), expect.closeTo(20 / 3, 9), 0] }],
    });
  });

  test("is policy's target of each metric", () => {
    expect(targetsOf(buckets, policy).map(({ text, times }) => [text, times])).toEqual([
      ["error_ratio doubled", 2],
      ["latency_p95_ms +20 %", 1.2],
    ]);
  });
});

describe("tuning", () => {
  test("counts past rollouts by how they ended, and names them", () => {
    expect(tuning.rollouts).toEqual({
      total: 20,
      completed: 17,
      rolled_back: ["past 3", "past 13"],
      cut_short: ["past 8"],
    });
  });

  test("has policy's own rate among those asked for, and Kayenta's judge", () => {
    expect(tuning.judges.map(({ judge, asked, policys_own: own }) => [judge, asked, own])).toEqual([
      ["sequential", 0.02, true],
      ["sequential", 0.05, false],
      ["kayenta", null, false],
    ]);
    for (const { false_alarms: alarms, targets } of tuning.judges) {
      expect(alarms.of).toBe(18);
      expect(alarms.alarms).toBeLessThanOrEqual(4);
      expect(targets.map(({ of }) => of)).toEqual([18, 18]);
    }
    const [strict, lax] = tuning.judges;
    for (const index of [0, 1])
      expect(lax?.targets[index]?.found).toBeGreaterThanOrEqual(strict?.targets[index]?.found ?? 99);
    expect(lax?.targets[1]?.found).toBeGreaterThan(9);
  });

  test("says how far it is", () => {
    expect(said[0]).toBe("fold 1 of 5: learning from 16 rollouts");
    expect(said.length).toBeGreaterThan(10);
  });

  test("has a sentence for the noise of each metric", () => {
    expect(tuning.noise.map(({ metric, source }) => [metric, source])).toEqual([
      ["error_ratio", "learnt"],
      ["latency_p95_ms", "learnt"],
    ]);
  });
});

const learnt = learn(buckets, policy);

function of(name: string): LearntMetric {
  const metric = learnt.metrics.get(name);
  if (!metric) throw new Error("it was learnt");
  return metric;
}

test("plain estimates stand beside what was learnt", () => {
  const errors = metricNoise("error_ratio", of("error_ratio"), buckets, policy);
  const latency = metricNoise("latency_p95_ms", of("latency_p95_ms"), buckets, policy);
  expect(errors.plain.rollouts).toBe(27);
  expect(errors.plain.windows).toBe(27 * 6);
  expect(errors.plain.dispersion).toBeGreaterThan(1);
  expect(errors.pooled).toMatchObject({ kind: "ratio", baseline: expect.closeTo(0.01, 2) });
  expect(latency.pooled).toMatchObject({ kind: "histogram", quantile: 0.95, ratio: expect.closeTo(1, 1) });
  expect(latency.plain.effective_windows).toBeLessThanOrEqual(6);
  expect(latency.plain.lasting).toBeLessThan(0.2);
});

test("a baseline that lay elsewhere, and one that drifted, are named", () => {
  const odd = buckets.map((rollout, index): Measurements => {
    const latency = rollout.metrics.latency_p95_ms;
    if (latency?.kind !== "histogram" || (index !== 5 && index !== 6)) return rollout;
    const times = (window: number) => (index === 5 ? 2 : window < 3 ? 0.6 : 1.6);
    const baseline = latency.baseline.map(
      (one, window) => one && { ...one, bounds: one.bounds.map((edge) => edge * times(window)) },
    );
    return { ...rollout, metrics: { latency_p95_ms: { ...latency, baseline } } };
  });
  const named = unlikeOthers("latency_p95_ms", of("latency_p95_ms"), odd, policy);
  expect(named.map(({ id, what }) => `${id} ${what}`)).toEqual(
    expect.arrayContaining(["past 5 level", "past 6 drift"]),
  );
  expect(named.length).toBeLessThan(8);
});

describe("rendered", () => {
  const hostile = "<b>|`x`\u001b[31m";
  const changed: Tuning = { ...tuning, rollouts: { ...tuning.rollouts, cut_short: [hostile] } };

  test("in every medium with its figures, and nothing of others as markup", () => {
    const texts = [
      renderTuningMarkdown(changed),
      renderTuningTerminal(changed, { width: 60 }),
      renderTuningReport(changed),
    ];
    for (const text of texts) {
      expect(text).toContain("20 past rollouts");
      expect(text).toContain("Mann–Whitney");
      expect(text).not.toContain("\u001b[31m");
      expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
    }
    expect(texts[2]).not.toContain("<b>");
    for (const line of (texts[1] ?? "").split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  test("as a picture with a mark for each judge and target", () => {
    const svg = plotSvg(tradeOffPlot(tuning));
    expect(svg.match(/<circle/g)?.length).toBeGreaterThanOrEqual(6);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(plotSvg(tradeOffPlot({ ...tuning, judges: [] }))).not.toMatch(/NaN|undefined|Infinity/);
  });
});
