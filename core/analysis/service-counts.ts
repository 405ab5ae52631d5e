import type { Condition } from "../policy/guardrails/index.ts";
import type { Column } from "./columns.ts";
import type { RulePolicy } from "./policy-of.ts";
import type { Part } from "./questions.ts";
import { burnPairs, type CountsOver } from "./rules/burn.ts";
import { uncounted } from "./rules/counts.ts";
import type { ServiceMetric } from "./service-metrics.ts";
import { trafficQueries } from "./traffic-queries.ts";

/**
 * Events of the whole service over hours and days, for the error budget: what burn rates and `error_budget_left` are
 * counted from. Only the lengths that some rule reads are asked for.
 */
export function countParts(
  metrics: readonly ServiceMetric[],
  rules: RulePolicy,
  retentionSeconds: number | undefined,
): Part[] {
  const reachable = (seconds: number): boolean =>
    retentionSeconds === undefined || seconds <= retentionSeconds;
  return lengthsOf(rules)
    .filter(reachable)
    .flatMap((seconds): Part[] => {
      const queries = trafficQueries(metrics, seconds);
      if (queries === undefined) return [];
      const common = { metric: metricOf(seconds), arm: "baseline", form: "value", shiftSeconds: 0 } as const;
      return [
        { ...common, asked: "total", query: queries.total },
        { ...common, asked: "bad", query: queries.bad },
        ...beginningOf(metrics, seconds),
      ];
    });
}

/**
 * A store that has five minutes answers for three days with what it has, and every rate would be the same. So the first
 * tenth of a burn rate's long length is asked for by itself: without it the length is not covered.
 */
const leastCovered = 0.9;

function beginningOf(metrics: readonly ServiceMetric[], seconds: number): Part[] {
  if (!burnPairs.some(({ longSeconds }) => longSeconds === seconds)) return [];
  const queries = trafficQueries(metrics, Math.round((1 - leastCovered) * seconds));
  if (queries === undefined) return [];
  const shiftSeconds = Math.round(leastCovered * seconds);
  const metric = beginningName(seconds);
  return [{ metric, arm: "baseline", form: "value", asked: "total", query: queries.total, shiftSeconds }];
}

export type ServiceCounts = {
  at(window: number): CountsOver;
  /** True where events over so many seconds are asked for: a store may keep too little to count them. */
  has(seconds: number): boolean;
};

/** What the columns of those parts say of each window. */
export function countsOf(columns: readonly Column[]): ServiceCounts {
  const byName = new Map(columns.map((column) => [`${column.part.metric}.${column.part.asked}`, column]));
  return {
    at: (window) => (seconds) => {
      const countAt = (asked: "total" | "bad"): number | null =>
        byName.get(`${metricOf(seconds)}.${asked}`)?.values[window] ?? null;
      const counts = { total: countAt("total"), bad: countAt("bad") };
      const beginning = byName.get(`${beginningName(seconds)}.total`);
      if (beginning !== undefined && (beginning.values[window] ?? null) === null) return uncounted;
      return counts.total === null || counts.bad === null ? uncounted : counts;
    },
    has: (seconds) => byName.has(`${metricOf(seconds)}.total`),
  };
}

function metricOf(seconds: number): string {
  return `service over ${seconds} s`;
}

function beginningName(seconds: number): string {
  return `beginning of ${metricOf(seconds)}`;
}

function lengthsOf({ rules, burnRate, slo }: RulePolicy): number[] {
  const names = new Set(rules.flatMap(({ condition }) => namesIn(condition)));
  const [fastest] = burnPairs;
  const pairs = burnRate ? burnPairs : names.has("burn_rate") ? [fastest] : [];
  const lengths = pairs.flatMap(({ longSeconds, shortSeconds }) => [longSeconds, shortSeconds]);
  return [...new Set([...lengths, ...(names.has("error_budget_left") ? [slo.periodSeconds] : [])])];
}

function namesIn(condition: Condition): string[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.parts.flatMap(namesIn);
    case "not":
    case "for":
      return namesIn(condition.part);
    default:
      return [condition.name];
  }
}
