import type { ServiceDecision } from "../decision/shape.ts";
import { optional } from "../optional.ts";
import { durationSeconds } from "../policy/duration.ts";
import { rolloutDefaults } from "../policy/schema/rollout.ts";
import type { StrategyKind, Thresholds } from "../policy/schema.ts";
import type { NewPlan, PlanStep, ShareKind, Version } from "./plan.ts";
import type { StopRules } from "./stops.ts";

/** What was decided of a service, as far as its rollout follows from it. */
export type Decided = Pick<ServiceDecision, "strategy" | "pace" | "approval_at" | "needs_approval">;

export type About = {
  service: string;
  environment: string;
  target: string;
  candidate: Version;
  stable: Version | null;
  freezes: boolean;
  unsafeBack?: string[];
  decisionId?: string;
  repository?: string;
  commit?: string;
};

/** From a decision and the team's rules to the steps of one rollout. */
export function planOf(decided: Decided, about: About, thresholds: Thresholds): NewPlan {
  return {
    ...common(about, thresholds),
    kind: decided.strategy,
    steps: stepsOf(decided),
    approval: decided.needs_approval && decided.approval_at === "cut-over" ? "cut-over" : "none",
    bake_seconds: secondsOf(thresholds, "bake"),
  };
}

/** Back to `about.stable` from whatever runs: no steps, no evidence, no gate. */
export function planBack(about: About, thresholds: Thresholds): NewPlan {
  return { ...common(about, thresholds), kind: "back", steps: [], approval: "none", bake_seconds: 0 };
}

function common(about: About, thresholds: Thresholds) {
  const ofDevices = thresholds.rollout?.settle === undefined && about.target === "ota";
  return {
    schema_version: 1 as const,
    ...optional("decision_id", about.decisionId),
    ...optional("repository", about.repository),
    ...optional("commit", about.commit),
    service: about.service,
    environment: about.environment,
    target: about.target,
    candidate: about.candidate,
    stable: about.stable,
    unsafe_back: about.unsafeBack ?? [],
    back_within_seconds: secondsOf(thresholds, "back-within"),
    settle_seconds: ofDevices ? 24 * 3600 : secondsOf(thresholds, "settle"),
    freezes: about.freezes,
    attempts: thresholds.rollout?.attempts ?? rolloutDefaults.attempts,
  };
}

const shareOf: Record<StrategyKind, ShareKind> = {
  rolling: "batch",
  canary: "weight",
  "blue-green": "cut-over",
  cohorts: "cohort",
};

/** Shares that rise to the whole, whatever the policy's last step says. */
function stepsOf({ strategy, pace }: Decided): PlanStep[] {
  const by = shareOf[strategy];
  const steps = pace.map(({ weight, batch, cohort, window, healthy_windows }): PlanStep => {
    const share = weight ?? batch ?? cohort ?? 0;
    return { share, by, window_seconds: durationSeconds(window), healthy_windows };
  });
  const last = steps.at(-1);
  if (last === undefined || last.share === 100) return steps;
  return [...steps, { ...last, share: 100 }];
}

export function stopRulesOf({ quarantine, rollout }: Thresholds): StopRules {
  const breaker = rollout?.breaker ?? rolloutDefaults.breaker;
  const environment = rollout?.["environment-breaker"] ?? rolloutDefaults["environment-breaker"];
  return {
    quarantineSeconds: durationSeconds(quarantine?.cooldown ?? rolloutDefaults.cooldown),
    breaker: { rollbacks: breaker.rollbacks, withinSeconds: durationSeconds(breaker.within) },
    environment: { rollbacks: environment.rollbacks, withinSeconds: durationSeconds(environment.within) },
  };
}

export function leaseSecondsOf(thresholds: Thresholds): number {
  return secondsOf(thresholds, "lease");
}

function secondsOf({ rollout }: Thresholds, name: "bake" | "back-within" | "settle" | "lease"): number {
  return durationSeconds(rollout?.[name] ?? rolloutDefaults[name]);
}
