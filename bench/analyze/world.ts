import type { Measurements, MetricSeries } from "../../core/analysis/measurements.ts";
import { type Random, seeded } from "../../core/stats/random.ts";

/**
 * Rollouts with a known truth, made in another way than the analyzer models them: rates and latencies are levels that
 * both arms share, times what each arm has of its own, and counts and quantiles are drawn from requests.
 */
export type World = {
  name: string;
  windows: number;
  windowSeconds: number;
  /** The candidate's share of the traffic in each window, for example ten percent, then fifty. */
  share(window: number): number;
  /** Requests a window, both arms together. */
  requests: number;
  errorRate: number;
  /** Standard deviations of logarithms. */
  level: number;
  shared: number;
  sharedCorrelation: number;
  armDrift: number;
  armCorrelation: number;
  lastingErrors: number;
  lastingLatency: number;
  /** Counts vary this many times as much as chance alone lets them. */
  dispersion: number;
  latency: "gauge" | "histogram";
  /** How many metrics there are; the others move with the first two. */
  metrics: number;
  /** Of windows, how many are missing. */
  gaps: number;
  /** Of gauges' windows, how many are outliers of either arm. */
  outliers: number;
};

export type Effect = {
  /** What the candidate's error rate and latency are multiplied by. */
  errors: number;
  latency: number;
  /** First window that has it, and over how many windows it grows. */
  from: number;
  ramp: number;
};
export const noEffect: Effect = { errors: 1, latency: 1, from: 0, ramp: 0 };

export const steadyWorld: World = {
  name: "steady",
  windows: 30,
  windowSeconds: 120,
  share: () => 0.5,
  requests: 1200,
  errorRate: 0.01,
  level: 0.05,
  shared: 0.25,
  sharedCorrelation: 0.6,
  armDrift: 0.15,
  armCorrelation: 0.5,
  lastingErrors: 0.05,
  lastingLatency: 0.03,
  dispersion: 1.3,
  latency: "gauge",
  metrics: 2,
  gaps: 0,
  outliers: 0,
};

const latencyEdges = [5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 2500, 5000];

export function rolloutOf(world: World, seed: number, id: string, effect: Effect = noEffect): Measurements {
  const random = seeded(seed);
  const arms = { baseline: armOf(world, random), candidate: armOf(world, random) };
  const shared = wave(world.shared, world.sharedCorrelation, random);
  const calm = wave(0.08, world.sharedCorrelation, random);
  const level = Math.exp(world.level * random.normal());
  const metrics: Record<string, MetricSeries> = {};
  const series = Array.from({ length: world.metrics }, (_, index) => emptySeries(world, index));
  for (let window = 0; window < world.windows; window++) {
    const up = Math.exp(shared());
    const slow = Math.exp(calm());
    const grown = effectAt(effect, window);
    const traffic = world.requests * Math.exp(0.2 * random.normal());
    const share = world.share(window);
    for (const name of ["baseline", "candidate"] as const) {
      const arm = arms[name];
      const part = name === "candidate" ? share : 1 - share;
      const requests = random.poisson(traffic * part);
      const drift = arm.drift();
      const errors =
        level * up * Math.exp(arm.lastingErrors + drift) * (name === "candidate" ? grown.errors : 1);
      const latency =
        200 * slow * Math.exp(arm.lastingLatency + 0.4 * drift) * (name === "candidate" ? grown.latency : 1);
      const missing = random.uniform() < world.gaps;
      for (const [index, metric] of series.entries())
        push(
          metric,
          name,
          missing ? undefined : { requests, errors: world.errorRate * errors, latency, index },
          world,
          random,
        );
    }
  }
  for (const [index, metric] of series.entries()) metrics[nameOf(metric, index)] = metric;
  return {
    id,
    window_seconds: world.windowSeconds,
    weights: Array.from({ length: world.windows }, (_, window) => 100 * world.share(window)),
    metrics,
  };
}

const nameOf = (metric: MetricSeries, index: number): string =>
  `${metric.kind === "ratio" ? "error_ratio" : "latency_p95_ms"}${index < 2 ? "" : `_${index}`}`;

function emptySeries(world: World, index: number): MetricSeries {
  if (index % 2 === 0)
    return {
      kind: "ratio",
      worse: "higher",
      baseline: { total: [], bad: [] },
      candidate: { total: [], bad: [] },
    };
  if (world.latency === "gauge") return { kind: "gauge", worse: "higher", baseline: [], candidate: [] };
  return { kind: "histogram", worse: "higher", quantile: 0.95, baseline: [], candidate: [] };
}

type Seen = { requests: number; errors: number; latency: number; index: number };

function push(
  metric: MetricSeries,
  arm: "baseline" | "candidate",
  seen: Seen | undefined,
  world: World,
  random: Random,
): void {
  if (metric.kind === "ratio") {
    const mean = seen ? seen.requests * seen.errors * (seen.index < 2 ? 1 : 0.7) : 0;
    const over = world.dispersion - 1;
    const bad = random.poisson(over > 0 && mean > 0 ? over * random.gamma(mean / over) : mean);
    metric[arm].total.push(seen ? seen.requests : null);
    metric[arm].bad.push(seen ? Math.min(seen.requests, bad) : null);
  } else if (metric.kind === "gauge") {
    if (!seen || seen.requests === 0) return void metric[arm].push(null);
    const spread = 0.06 * Math.sqrt(600 / seen.requests);
    const odd = random.uniform() < world.outliers ? 2 + random.uniform() : 1;
    metric[arm].push(seen.latency * odd * Math.exp(spread * random.normal()));
  } else {
    metric[arm].push(seen && seen.requests > 0 ? bucketsOf(seen, random) : null);
  }
}

/** Latencies of single requests, about log-normal with a p95 of `latency`. */
function bucketsOf({ requests, latency }: Seen, random: Random): { bounds: number[]; counts: number[] } {
  const counts = latencyEdges.map(() => 0).concat(0);
  const middle = Math.log(latency) - 1.645 * 0.5;
  for (let request = 0; request < Math.min(requests, 3000); request++) {
    const value = Math.exp(middle + 0.5 * random.normal());
    const at = latencyEdges.findIndex((edge) => value <= edge);
    const bucket = at < 0 ? latencyEdges.length : at;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { bounds: [...latencyEdges], counts };
}

function armOf(world: World, random: Random) {
  return {
    lastingErrors: world.lastingErrors * random.normal(),
    lastingLatency: world.lastingLatency * random.normal(),
    drift: wave(world.armDrift, world.armCorrelation, random),
  };
}

/** Values that come and go around zero. */
function wave(deviation: number, correlation: number, random: Random): () => number {
  let at = random.normal();
  const step = Math.sqrt(1 - correlation * correlation);
  return () => {
    const value = deviation * at;
    at = correlation * at + step * random.normal();
    return value;
  };
}

function effectAt(
  { errors, latency, from, ramp }: Effect,
  window: number,
): { errors: number; latency: number } {
  if (window < from) return { errors: 1, latency: 1 };
  const part = ramp > 0 ? Math.min(1, (window - from + 1) / ramp) : 1;
  return { errors: errors ** part, latency: latency ** part };
}
