import { expect, test } from "vitest";
import { defaultMetric } from "../../../../core/analysis/default-metric.ts";
import type { Measurements } from "../../../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../../../core/analysis/policy-of.ts";
import { rulesJudge } from "../../../../core/analysis/tune/rules-judge.ts";
import type { QueryMetric } from "../../../../core/policy/schema.ts";
import { rulesOf } from "../rules/rollout.ts";

const policy = analysisPolicyOf({}, defaultMetric);
const errors: QueryMetric = { kind: "ratio", total: "t", bad: "b", supplies: ["canary.error_rate"] };
const rules = {
  slo: { objective: 0.99, periodSeconds: 86_400 },
  rules: rulesOf('rule "errors": when canary.error_rate > 5% for 3m then rollback\n'),
  burnRate: false,
};
const facts = { environment: "production" };

function rollout(bad: number[]): Measurements {
  const total = bad.map(() => 10_000);
  const arm = (counts: number[]) => ({ total, bad: counts });
  const baseline = arm(bad.map(() => 100));
  return {
    id: "r",
    window_seconds: 60,
    metrics: { errors: { kind: "ratio", worse: "higher", baseline, candidate: arm(bad) } },
  };
}

test("fixed rules take back once they have been broken for their time", () => {
  const judge = rulesJudge(policy, rules, new Map([["errors", errors]]), facts);
  expect(judge?.(rollout([100, 100, 900, 900, 900, 900, 900]))).toMatchObject({
    verdict: "rollback",
    reason: "guardrail",
  });
  expect(judge?.(rollout([100, 900, 100, 900, 100, 100])).verdict).toBe("hold");
});

test("where no metric supplies what they read, nothing is said of them", () => {
  const { supplies: _, ...silent } = errors;
  expect(rulesJudge(policy, rules, new Map([["errors", silent]]), facts)).toBeUndefined();
  expect(rulesJudge(policy, { ...rules, rules: [] }, new Map([["errors", errors]]), facts)).toBeUndefined();
});
