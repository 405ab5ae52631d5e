import { describe, expect, test } from "vitest";
import { metricsOf } from "../../../core/analysis/service-metrics.ts";
import { trafficQueries } from "../../../core/analysis/traffic-queries.ts";
import type { Arms, ServiceTelemetry } from "../../../core/policy/schema.ts";

const requests = {
  kind: "ratio",
  supplies: ["canary.error_rate"],
  total: "sum(increase(requests_total{$arm}[$window]))",
  bad: 'sum(increase(requests_total{code=~"5..",$arm}[$window]))',
} satisfies NonNullable<ServiceTelemetry["metrics"]>[string];

function queries(
  arms: Arms | undefined,
  metric: NonNullable<ServiceTelemetry["metrics"]>[string] = requests,
) {
  const telemetry = { metrics: { "error-rate": metric }, ...(arms ? { arms } : {}) };
  return trafficQueries(metricsOf({ ...telemetry, baseline: "same-time" }, undefined).metrics, 300);
}
const total = (arms: Arms | undefined) => queries(arms)?.total;

describe("the queries of a whole service", () => {
  test("leave out what tells the versions apart, and nothing else", () => {
    expect(total(undefined)).toBe('sum(increase(requests_total{version=~".*"}[300s]))');
    expect(queries(undefined)?.bad).toBe('sum(increase(requests_total{code=~"5..",version=~".*"}[300s]))');
    expect(total({ both: { app: "shop", version: "$version" } })).toBe(
      'sum(increase(requests_total{app="shop",version=~".*"}[300s]))',
    );
    expect(total({ both: { pod: { pattern: "shop-$hash-.*" } } })).toBe(
      'sum(increase(requests_total{pod=~"shop-.*-.*"}[300s]))',
    );
    expect(total({ both: { pod: "shop.a-$hash" } })).toBe(
      'sum(increase(requests_total{pod=~"shop\\\\.a-.*"}[300s]))',
    );
  });

  test("ask for both of two names that the arms have", () => {
    expect(total({ baseline: { app: "shop-primary" }, candidate: { app: "shop" } })).toBe(
      'sum(increase(requests_total{app=~"shop-primary|shop"}[300s]))',
    );
  });

  test("are none where a label of one arm alone may be all that names the service", () => {
    expect(total({ candidate: { track: "canary" } })).toBeUndefined();
    expect(total({ baseline: { app: { pattern: "shop-.*" } }, candidate: { app: "shop" } })).toBeUndefined();
  });

  test("are none where nothing counts requests that fail", () => {
    expect(queries(undefined, { kind: "gauge", value: "max(cpu{$arm})" })).toBeUndefined();
    expect(queries(undefined, { ...requests, supplies: [] })).toBeUndefined();
    expect(queries(undefined, { ...requests, worse: "lower" })).toBeUndefined();
  });
});
