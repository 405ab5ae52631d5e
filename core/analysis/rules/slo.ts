import { durationSeconds, parseMilliseconds } from "../../policy/duration.ts";
import type { Condition, Rule } from "../../policy/guardrails/index.ts";
import type { SloProfile } from "../../policy/schema.ts";
import { crashLoopRule } from "./crash-loops.ts";

/**
 * An SLO profile as rules of the guardrail language, so that one evaluator counts the time, asks the baseline and
 * treats what is missing. Success and latency that only the candidate breaks take it back (`breach`); a spent budget
 * holds, because it says nothing of who spent it.
 */
export function sloRules(profile: SloProfile): Rule[] {
  const { errors, latency = {}, breach = "rollback" } = profile;
  const success = profile["success-percent"];
  const budget = profile["error-budget-percent"];
  const seconds = durationSeconds(profile.for ?? "3m");
  const rules: Rule[] = [];
  const add = (name: string, condition: Condition, action: Severity, why: string): void => {
    rules.push(rule(name, condition, action, why));
  };
  if (success !== undefined) {
    const broken = lasting(below("canary.success_rate", success), seconds);
    add("success", broken, breach, `at least ${success} % have to succeed`);
  }
  if (errors !== undefined) {
    const share = errors["above-percent"];
    const many = lasting(above("canary.error_rate", share), durationSeconds(errors.for));
    // Many services live with a percent of errors, in both arms: by itself it asks for no more than time.
    add("errors", many, errors.breach ?? "slow", `more than ${share} % of errors for ${errors.for}`);
  }
  for (const quantile of ["p50", "p95", "p99"] as const) {
    const text = latency[quantile];
    if (text === undefined) continue;
    const slow = lasting(slower(`canary.latency_${quantile}`, text), seconds);
    add(`latency-${quantile}`, slow, breach, `${quantile} has to be at most ${text}`);
  }
  if (budget !== undefined)
    add("error-budget", below("error_budget_left", budget), "hold", `less than ${budget} % of it is left`);
  if (profile["crash-loops"] !== false) rules.push(crashLoopRule);
  return rules;
}

type Severity = "slow" | "hold" | "rollback";

function rule(name: string, condition: Condition, action: Severity, why: string): Rule {
  return {
    name: `slo:${name}`,
    condition,
    action: { kind: action },
    message: why,
    phase: "rollout",
    line: 1,
    column: 1,
  };
}

function lasting(part: Condition, seconds: number): Condition {
  return { kind: "for", part, seconds };
}

function below(name: string, percent: number): Condition {
  return { kind: "compare", name, operator: "<", value: { kind: "percent", value: percent } };
}

function above(name: string, percent: number): Condition {
  return { kind: "compare", name, operator: ">", value: { kind: "percent", value: percent } };
}

/** The bundle was refused if the text were no time; without one nothing would be above it. */
function slower(name: string, text: string): Condition {
  const milliseconds = parseMilliseconds(text) ?? 0;
  return { kind: "compare", name, operator: ">", value: { kind: "duration", milliseconds } };
}
