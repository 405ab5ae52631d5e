import { describe, expect, it } from "vitest";
import { columnsOf, writeAnswer } from "../../../core/analysis/columns.ts";
import type { RulePolicy } from "../../../core/analysis/policy-of.ts";
import { burnPairs } from "../../../core/analysis/rules/burn.ts";
import { countParts, countsOf } from "../../../core/analysis/service-counts.ts";
import type { ServiceMetric } from "../../../core/analysis/service-metrics.ts";
import { parseGuardrails } from "../../../core/policy/guardrails/index.ts";

const metrics: ServiceMetric[] = [
  {
    name: "errors",
    metric: {
      kind: "ratio",
      supplies: ["canary.error_rate"],
      total: "sum(increase(all{$arm}[$window]))",
      bad: "sum(increase(bad{$arm}[$window]))",
    },
    filling: { declared: {}, given: {}, arms: { both: { version: "$version" } } },
  },
];
const rulesOf = (text: string, burnRate = false): RulePolicy => ({
  slo: { objective: 0.99, periodSeconds: 28 * 86_400 },
  rules: parseGuardrails(text, "test.rules").rules,
  burnRate,
});
const spent = 'rule "spent": when canary.error_rate > 1% and not error_budget_left > 5% then hold\n';

describe("events of the whole service", () => {
  it("are asked for over the lengths that rules read, whatever version serves", () => {
    expect(countParts(metrics, rulesOf(""), undefined)).toEqual([]);
    expect(countParts(metrics, rulesOf(spent), undefined).map(({ query }) => query)).toEqual([
      'sum(increase(all{version=~".*"}[2419200s]))',
      'sum(increase(bad{version=~".*"}[2419200s]))',
    ]);
    const burning = rulesOf('rule "b": when burn_rate > 10 for 5m then hold\n');
    expect(countParts(metrics, burning, undefined)).toHaveLength(5);
    expect(countParts(metrics, rulesOf("", true), undefined)).toHaveLength(18);
  });

  it("are not asked for beyond what the store keeps, nor of what does not count requests", () => {
    expect(countParts(metrics, rulesOf(spent), 15 * 86_400)).toEqual([]);
    expect(countParts([], rulesOf(spent), undefined)).toEqual([]);
  });

  it("are unknown of a burn rate's length whose first tenth the store does not have", () => {
    const parts = countParts(metrics, rulesOf("", true), undefined);
    const beginning = parts.find(({ metric, shiftSeconds }) => shiftSeconds > 0 && metric.includes("259200"));
    expect(beginning).toMatchObject({
      query: 'sum(increase(all{version=~".*"}[25920s]))',
      shiftSeconds: 233_280,
    });
    const columns = columnsOf(parts);
    const known = { buckets: [], warnings: [], partial: false };
    for (const column of columns)
      writeAnswer(column, 0, 2, { ...known, values: [1000, column.part.shiftSeconds > 0 ? null : 1000] });
    const counts = countsOf(columns);
    for (const { longSeconds, shortSeconds } of burnPairs) {
      expect(counts.at(0)(longSeconds)).toEqual({ total: 1000, bad: 1000 });
      expect(counts.at(1)(longSeconds)).toEqual({ total: null, bad: null });
      // The short length of the slowest pair is the long one of another.
      if (shortSeconds < 3600) expect(counts.at(1)(shortSeconds)).toEqual({ total: 1000, bad: 1000 });
    }
  });

  it("are known where both were answered", () => {
    const columns = columnsOf(countParts(metrics, rulesOf(spent), undefined));
    const known = { buckets: [], warnings: [], partial: false };
    for (const [at, column] of columns.entries())
      writeAnswer(column, 0, 2, { ...known, values: [1000, at === 0 ? 1000 : null] });
    const counts = countsOf(columns);
    expect(counts.at(0)(28 * 86_400)).toEqual({ total: 1000, bad: 1000 });
    expect(counts.at(1)(28 * 86_400)).toEqual({ total: null, bad: null });
    expect(counts.at(0)(3600)).toEqual({ total: null, bad: null });
    expect([28 * 86_400, 3600].map(counts.has)).toEqual([true, false]);
  });
});
