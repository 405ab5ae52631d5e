import { createHash } from "node:crypto";
import { analyze } from "../../core/analysis/analyze.ts";
import { type Analyzer, analyzer, type Context } from "../../core/analysis/analyzer.ts";
import type { Column } from "../../core/analysis/columns.ts";
import { type Learnt, learn } from "../../core/analysis/learnt.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import type { AnalysisPolicy } from "../../core/analysis/metric-policy.ts";
import { metricPolicies } from "../../core/analysis/metric-policy-of.ts";
import { oneMore } from "../../core/analysis/one-more.ts";
import { type WindowPlan, windowEnd } from "../../core/analysis/plan-windows.ts";
import { analysisPolicyOf, type RulePolicy, rulePolicyOf } from "../../core/analysis/policy-of.ts";
import { type Power, powerBefore } from "../../core/analysis/power-before.ts";
import { rolloutReadings } from "../../core/analysis/rollout-readings.ts";
import { rolloutRules } from "../../core/analysis/rollout-rules.ts";
import { countsOf } from "../../core/analysis/service-counts.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import type { BaselineKind, Verdict } from "../../core/analysis/verdict.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";

/** All that a verdict follows from, but for what is known beforehand. */
export type Question = {
  /** The same for all windows of one comparison under one policy. */
  key: string;
  service: string;
  environment: string;
  plan: WindowPlan;
  policy: PolicyBundle;
  metrics: readonly ServiceMetric[];
  measurements: Measurements;
  /** Events of the whole service, for the error budget. */
  counting: readonly Column[];
  /** Windows that begin a step, from 0. */
  steps: readonly number[];
  occasion: Parameters<typeof analyze>[3];
  baseline: BaselineKind;
  /** Percent of the traffic at the beginning, where it was said. */
  weight?: number;
};

/** What a judge is made of beside the question: it is asked for once. */
export type Known = {
  /** Earlier rollouts of the service, which noise is learnt from. */
  past: readonly Measurements[];
  /** The stable version in the windows before the first one. */
  before: Measurements["metrics"];
};

/** What a comparison is judged with, kept between its windows: noise and boundaries are costly to work out. */
type Judge = {
  policy: AnalysisPolicy;
  rules: RulePolicy;
  learnt: Learnt;
  analyzer: Analyzer;
  power: Power;
};
const mostJudges = 200;

export type Bench = {
  /** The verdict; undefined where more has to be known first. */
  judge(question: Question, known: Known | undefined): Verdict | undefined;
  /** Works out, before anything is measured, what the first window will probably need. False as above. */
  prepare(question: Question, known: Known | undefined): boolean;
  /** Works out what a window like the last would need, so that its verdict comes with its data. */
  workAhead(question: Question, verdict: Verdict): void;
};

export function bench(): Bench {
  const judges = new Map<string, Judge>();
  const alike = new Map<string, Judge>();
  const judgeFor = (question: Question, known: Known | undefined): Judge | undefined => {
    const judge = judges.get(question.key) ?? (known && made(question, known));
    if (judge !== undefined) keep(judges, question.key, judge);
    return judge;
  };
  /** Equal questions are judged by one judge: a retry, or a second replica of a service, has its boundaries at once. */
  const made = (question: Question, known: Known): Judge => {
    const { service, environment, plan, policy, metrics, baseline, weight } = question;
    const thresholds = thresholdsFor(policy.thresholds, { service, environment });
    const { windowSeconds, windows } = plan;
    const all = [
      service,
      environment,
      windowSeconds,
      windows,
      thresholds,
      policy.guardrails,
      metrics,
      baseline,
    ];
    const key = createHash("sha256")
      .update(JSON.stringify([...all, weight, known]))
      .digest("hex");
    const judge = alike.get(key) ?? judgeOf(question, known);
    keep(alike, key, judge);
    return judge;
  };
  return {
    judge(question, known) {
      const judge = judgeFor(question, known);
      return judge && verdictOf(question, judge);
    },
    prepare(question, known) {
      const judge = judgeFor(question, known);
      if (judge === undefined) return false;
      const { expected } = judge.power;
      if (expected)
        judge.analyzer.tracks({ ...question.measurements, metrics: expected }, contextOf(question));
      return true;
    },
    workAhead(question, { verdict, at_window: atWindow }) {
      const judge = judges.get(question.key);
      const over = verdict === "promote" || verdict === "rollback" || atWindow >= question.plan.windows;
      if (over || judge === undefined || judge.policy.kayenta !== undefined) return;
      judge.analyzer.tracks(oneMore(question.measurements), contextOf(question));
    },
  };
}

function keep(judges: Map<string, Judge>, key: string, judge: Judge): void {
  judges.set(key, judge);
  for (const oldest of judges.keys()) if (judges.size > mostJudges) judges.delete(oldest);
}

function judgeOf(
  { service, environment, plan, policy: bundle, metrics, baseline, weight }: Question,
  { past, before }: Known,
): Judge {
  const thresholds = thresholdsFor(bundle.thresholds, { service, environment });
  const policy = {
    ...analysisPolicyOf(thresholds, metricPolicies(described(metrics))),
    windowSeconds: plan.windowSeconds,
  };
  const learnt = learn(past, policy);
  const { windows } = plan;
  const power = powerBefore({ policy, learnt, before, baseline, weight, windows, longest: windows });
  const rules = rulePolicyOf(thresholds, bundle);
  return { policy, rules, learnt, analyzer: analyzer(policy, learnt), power };
}

function described(metrics: readonly ServiceMetric[]) {
  return new Map(metrics.map(({ name, metric }) => [name, metric] as const));
}

const contextOf = ({ plan, steps }: Question): Context => ({ windowsPlanned: plan.windows, steps });

function verdictOf(question: Question, { policy, rules, learnt, analyzer, power }: Judge): Verdict {
  const { plan, service, environment, metrics, measurements, counting, steps, occasion } = question;
  const windowRules = rolloutRules({
    policy,
    rules,
    readings: rolloutReadings(measurements, described(metrics), { service, environment }),
    firstEnd: plan.firstEnd,
    windowSeconds: plan.windowSeconds,
    stepSeconds: steps.map((window) => windowEnd(plan, window) - plan.windowSeconds),
    counts: countsOf(counting),
    probes: { onFailure: "hold", failed: () => undefined },
  });
  const context = { ...contextOf(question), rules: windowRules };
  const told = {
    ...occasion,
    ...(power.step ? { power: [power.step] } : {}),
    warnings: [...(occasion.warnings ?? []), ...power.warnings, ...power.motion.sentences],
  };
  const verdict = analyze(measurements, analyzer, { policy, learnt }, told, context);
  return power.motion.goes || verdict.verdict === "rollback"
    ? verdict
    : withoutPower(verdict, power, policy, plan);
}

/** What could not have seen harm is no evidence of health; harm that was seen all the same is. */
function withoutPower(
  verdict: Verdict,
  { motion }: Power,
  { atDeadline }: AnalysisPolicy,
  { windows }: WindowPlan,
): Verdict {
  const missing = motion.sentences.slice(-1);
  return {
    ...verdict,
    verdict: "hold",
    reason_code: "not-enough-power",
    reason: motion.sentences.join(" "),
    waiting: { missing, deadline_window: windows, at_deadline: atDeadline, page: true },
  };
}
