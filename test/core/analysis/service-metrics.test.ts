import { describe, expect, it } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { metricPolicies, metricPolicyOf } from "../../../core/analysis/metric-policy-of.ts";
import { fill, templatesOf } from "../../../core/analysis/queries.ts";
import { metricsOf, placeOf } from "../../../core/analysis/service-metrics.ts";
import { namesIn } from "../../../core/policy/guardrails/names.ts";
import { type ServiceTelemetry, suppliedNames } from "../../../core/policy/schema.ts";

const { queries } = shippedBundle("default");
const faultsOf = (telemetry: ServiceTelemetry): string[] =>
  metricsOf(telemetry, queries).faults.map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("the metrics of a service", () => {
  it("are those of its sets and its own, in the order of their names", () => {
    const own = { kind: "gauge", value: "avg(queue_length{$arm})" } as const;
    const { metrics, faults } = metricsOf(
      {
        sets: ["red-http", { set: "nodejs", only: ["heap"] }],
        variables: { job: "shop" },
        metrics: { queue: own },
      },
      queries,
    );
    expect(faults).toEqual([]);
    expect(metrics.map(({ name, set }) => [name, set])).toEqual([
      ["error-rate", "red-http"],
      ["heap", "nodejs"],
      ["latency-p95", "red-http"],
      ["queue", undefined],
    ]);
    const arm = { name: "candidate", variables: { version: "2.0" } } as const;
    const queriesOf = metrics.flatMap((one) =>
      templatesOf(one.metric).map(([asked, template]) =>
        fill(template, { ...one.filling, place: placeOf(one, asked) }, arm, 120),
      ),
    );
    const counted = (selector: string): string =>
      `((last_over_time(${selector}[120s]) unless last_over_time(${selector}[1h] offset 120s)) or increase(${selector}[120s]))`;
    const all = `sum(${counted('http_requests_total{job="shop",version="2.0"}')})`;
    const bad = counted('http_requests_total{job="shop",code=~"(?:5..)",version="2.0"}');
    expect(queriesOf).toEqual([
      all,
      `sum(${bad}) or 0 * ${all}`,
      'avg(avg_over_time(nodejs_heap_size_used_bytes{job="shop",version="2.0"}[120s]))',
      `sum by (le) (${counted('http_request_duration_seconds_bucket{job="shop",version="2.0"}')})`,
      'avg(queue_length{version="2.0"})',
    ]);
  });

  it("replaces a metric of a set by the service's own of that name", () => {
    const own = { kind: "ratio", total: "a{$arm}", bad: "b{$arm}" } as const;
    const { metrics, faults } = metricsOf(
      { sets: ["red-http"], variables: { job: "shop" }, metrics: { "error-rate": own } },
      queries,
    );
    expect(faults).toEqual([]);
    expect(metrics.map(({ name, set }) => [name, set])).toEqual([
      ["error-rate", undefined],
      ["latency-p95", "red-http"],
    ]);
  });

  it("take the arms of the set, of the service, or of its choice of the set, the nearest first", () => {
    const armsOf = (telemetry: ServiceTelemetry) => metricsOf(telemetry, queries).metrics[0]?.filling.arms;
    const variables = { namespace: "shop", service: "web" };
    const [ofService, ofChoice] = [{ both: { a: "$version" } }, { both: { b: "$version" } }];
    expect(armsOf({ sets: ["istio"], variables })).toEqual({ both: { destination_version: "$version" } });
    expect(armsOf({ sets: ["istio"], variables, arms: ofService })).toEqual(ofService);
    expect(armsOf({ sets: [{ set: "istio", arms: ofChoice }], variables, arms: ofService })).toEqual(
      ofChoice,
    );
  });

  it.each<[ServiceTelemetry, RegExp]>([
    [
      { sets: ["red-htp"] },
      /^sets\.0: "red-htp" is no set of queries\.yaml; did you mean "red-http"\? Allowed: .*istio/,
    ],
    [{ sets: ["red-http"] }, /^variables: error-rate of red-http needs job: The label job of the service$/],
    [
      { sets: ["red-http"], variables: { job: "a", jobs: "b" } },
      /^variables\.jobs: "jobs" is no variable of the chosen sets/,
    ],
    [
      { sets: [{ set: "red-http", only: ["errors"] }], variables: { job: "a" } },
      /"errors" is no metric of red-http/,
    ],
    [
      { sets: [{ set: "red-http", variables: { jobs: "b" } }], variables: { job: "a" } },
      /^sets\.0\.variables\.jobs: /,
    ],
    [
      { sets: ["red-http", "jvm"], variables: { job: "a" } },
      /^sets\.1: error-rate is in red-http and in jvm; choose with only/,
    ],
    [
      { sets: ["red-http"], variables: { job: "a" }, arms: {} },
      /^arms: error-rate asks the same of both arms/,
    ],
    [{ metrics: { x: { kind: "gauge", value: "up" } } }, /^arms: x asks the same of both arms/],
    [
      { metrics: { x: { kind: "gauge", value: "up{$arm}" } }, arms: { both: { a: "b" } } },
      /^arms: x asks the same/,
    ],
  ])("%j is refused", (telemetry, message) => {
    expect(faultsOf(telemetry)[0]).toMatch(message);
  });

  it("may be the same of both arms where the baseline is another time", () => {
    expect(
      faultsOf({ sets: ["red-http"], variables: { job: "a" }, arms: {}, baseline: "same-time" }),
    ).toEqual([]);
  });
});

describe("the policy of a metric", () => {
  it("has the defaults of its kind", () => {
    expect(metricPolicyOf({ kind: "ratio", total: "a", bad: "b" })).toEqual({
      worse: "higher",
      critical: false,
      margin: { absolute: 0.005 },
      target: 1,
      weight: 1,
      group: "errors",
      noData: "hold",
      unit: "share",
      scale: "log",
    });
    expect(metricPolicyOf({ kind: "histogram", buckets: "a" })).toMatchObject({
      margin: { relative: 0.05 },
      target: 0.2,
      unit: "seconds",
    });
    expect(metricPolicyOf({ kind: "gauge", value: "a" })).toMatchObject({
      margin: { relative: 0.1 },
      scale: "linear",
    });
    expect(metricPolicyOf({ kind: "gauge", value: "a", unit: "share" })).toMatchObject({
      margin: { absolute: 0.05 },
    });
  });

  it("is what its entry says", () => {
    expect(
      metricPolicyOf({
        kind: "gauge",
        value: "a",
        worse: "lower",
        unit: "bytes",
        critical: true,
        margin: { percent: 10 },
        "target-percent": 50,
        weight: 3,
        group: "business",
        "no-data": "rollback",
        scale: "log",
      }),
    ).toEqual({
      worse: "lower",
      critical: true,
      margin: { relative: 0.1 },
      target: 0.5,
      weight: 3,
      group: "business",
      noData: "rollback",
      unit: "bytes",
      scale: "log",
    });
    const points = metricPolicyOf({ kind: "ratio", total: "a", bad: "b", margin: { points: 2 } });
    expect(points.margin).toEqual({ absolute: 0.02 });
    const absolute = metricPolicyOf({ kind: "gauge", value: "a", margin: { absolute: 0 } });
    expect(absolute.margin).toEqual({ absolute: 0 });
  });

  it("is found by the metric's name, and exists for what nobody described", () => {
    const metric = metricPolicies(new Map([["a", { kind: "gauge", value: "a", weight: 7 }]]));
    expect(metric("a", "higher", "gauge").weight).toBe(7);
    expect(metric("b", "lower", "ratio")).toMatchObject({ worse: "lower", weight: 1 });
  });
});

it("supplies are names that guardrails have", () => {
  expect([...suppliedNames].sort()).toEqual(
    namesIn("rollout")
      .filter((name) => name.startsWith("canary."))
      .sort(),
  );
});
