import { describe, expect, it } from "vitest";
import { columnsOf, writeAnswer } from "../../../core/analysis/columns.ts";
import type { RulePolicy } from "../../../core/analysis/policy-of.ts";
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
    expect(countParts(metrics, burning, undefined)).toHaveLength(4);
    expect(countParts(metrics, rulesOf("", true), undefined)).toHaveLength(14);
  });

  it("are not asked for beyond what the store keeps, nor of what does not count requests", () => {
    expect(countParts(metrics, rulesOf(spent), 15 * 86_400)).toEqual([]);
    expect(countParts([], rulesOf(spent), undefined)).toEqual([]);
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
