import { readPrometheusAnswer } from "../../adapters/telemetry/prometheus-answer.ts";
import { analyzer } from "../../core/analysis/analyzer.ts";
import { learn } from "../../core/analysis/learnt.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { seeded } from "../../core/stats/random.ts";
import { kayentaOnce, policy } from "./judges.ts";
import { table } from "./rates.ts";
import { rolloutOf, steadyWorld } from "./world.ts";

/** As measured of its own judge on another day; it runs on the JVM, and not in this process. */
const kayentaJudgements = "99 (its own judge, measured elsewhere)";

/** What one core does in a second. */
export function speed(): void {
  const world = { ...steadyWorld, metrics: 10, windows: 60 };
  const history = Array.from({ length: 40 }, (_, index) => rolloutOf(world, index + 1, `past-${index}`));
  const rollouts = Array.from({ length: 200 }, (_, index) => rolloutOf(world, 1000 + index, `${index}`));
  const judge = analyzer(policy, learn(history, policy));
  const judged = perSecond(rollouts.length, () => {
    for (const rollout of rollouts) judge.judge(rollout);
  });
  const compatible = perSecond(rollouts.length, () => {
    for (const rollout of rollouts) kayentaOnce(rollout);
  });
  table(
    "A second on one core",
    ["what", "ours", "peer"],
    [
      ["judgements of 10 metrics × 60 windows, each window looked at", whole(judged), kayentaJudgements],
      ["the same in the Kayenta-compatible mode, looked at once", whole(compatible), ""],
      ["samples from Prometheus' bytes to a judged metric", whole(samples()), ""],
    ],
  );
}

const whole = (rate: number): string => Math.round(rate).toLocaleString("en");

/** Counts processor time, so that what else runs on the machine does not count. */
function perSecond(each: number, work: () => void): number {
  work();
  let done = 0;
  const before = process.cpuUsage();
  let used = 0;
  while (used < 2) {
    work();
    done += each;
    const { user, system } = process.cpuUsage(before);
    used = (user + system) / 1e6;
  }
  return done / used;
}

const windows = 60;
const windowSeconds = 120;
const firstEnd = 1_760_000_400;
const edges = Array.from({ length: 50 }, (_, edge) => Number((0.005 * 1.17 ** edge).toPrecision(4)));

/** Two arms of a histogram with fifty buckets, out of the text that the store answers with. */
function samples(): number {
  const texts = { baseline: answerText(1), candidate: answerText(2) };
  const question = {
    query: "",
    form: "buckets" as const,
    firstEnd,
    lastEnd: firstEnd + (windows - 1) * windowSeconds,
    stepSeconds: windowSeconds,
  };
  const judge = analyzer(policy, { rollouts: 0, metrics: new Map() });
  return perSecond(2 * windows * (edges.length + 1), () => {
    const [baseline, candidate] = [texts.baseline, texts.candidate].map(
      (text, arm) => readPrometheusAnswer(text, { ...question, name: `arm ${arm}` }).buckets,
    );
    const rollout: Measurements = {
      id: "bytes",
      window_seconds: windowSeconds,
      metrics: {
        latency: { kind: "histogram", worse: "higher", baseline: baseline ?? [], candidate: candidate ?? [] },
      },
    };
    judge.judge(rollout);
  });
}

function answerText(seed: number): string {
  const random = seeded(seed);
  const counts = Array.from({ length: windows }, () => edges.map(() => random.poisson(40)));
  const sums = counts.map((row) => {
    let below = 0;
    return [...row, 5].map((count) => {
      below += count;
      return below;
    });
  });
  const result = [...edges.map(String), "+Inf"].map((le, bucket) => ({
    metric: { le },
    values: sums.map((row, window) => [firstEnd + window * windowSeconds, String(row[bucket])]),
  }));
  return JSON.stringify({ status: "success", data: { resultType: "matrix", result } });
}
