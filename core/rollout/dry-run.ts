import type { PlanPower } from "../analysis/power-of-plan.ts";
import type { Refusal, Target } from "../ports.ts";
import type { TargetEffect } from "./effect.ts";
import type { RolloutPlan } from "./plan.ts";
import { secondsOfPlan } from "./status.ts";

/** What a plan would do, worked out without moving anything: the document of `rollout plan --json`. */
export type DryRun = {
  schema_version: 1;
  plan: RolloutPlan;
  /** How long it takes at least, if all stays healthy. */
  seconds: number;
  /** Why it would not begin; empty: it would. */
  refusals: Refusal[];
  /** The rollout of the same candidate that it would go on with. */
  adopts: string | null;
  warnings: string[];
  /** In their order, and the way back last; null: the target does not tell what it would be asked. */
  effects: { effect: TargetEffect; requests: string[] | null }[];
  /** What the steps could show, by the traffic of the last windows; null where nobody could be asked. */
  power: PlanPower | null;
};

export async function dryRunOf(
  plan: RolloutPlan,
  target: Target,
  { refusals, adopts, power }: Pick<DryRun, "refusals" | "adopts" | "power">,
): Promise<DryRun> {
  const effects: DryRun["effects"] = [];
  // What cannot be carried out has no requests either.
  const told = refusals.length === 0;
  for (const effect of effectsInOrder(plan))
    effects.push({ effect, requests: told ? ((await target.requests?.(plan, effect)) ?? null) : null });
  const seconds = secondsOfPlan(plan);
  return {
    schema_version: 1,
    plan,
    seconds,
    refusals,
    adopts,
    warnings: warningsOf(plan, seconds),
    effects,
    power,
  };
}

export function effectsInOrder({ kind, steps }: RolloutPlan): TargetEffect[] {
  if (kind === "back") return [{ kind: "restore" }];
  const shares = steps
    .filter(({ share }) => share > 0)
    .map(({ share, by }): TargetEffect => ({ kind: "share", share, by }));
  return [{ kind: "deploy" }, ...shares, { kind: "promote" }, { kind: "restore" }];
}

const [longBackSeconds, longPlanSeconds] = [600, 6 * 3600];

function warningsOf(plan: RolloutPlan, seconds: number): string[] {
  const warnings: string[] = [];
  const { back_within_seconds, settle_seconds } = plan;
  if (back_within_seconds > longBackSeconds)
    warnings.push(
      `Policy gives a rollback ${minutes(back_within_seconds)} before people are paged (\`back-within\`); over 10 min is long for users of a bad version.`,
    );
  if (settle_seconds > longBackSeconds)
    warnings.push(
      `One change of this target may take ${minutes(settle_seconds)} (\`settle\`), and a rollback is one: it may take over 10 min.`,
    );
  if (seconds > longPlanSeconds)
    warnings.push(
      `The plan takes at least ${minutes(seconds)}: a hosted job ends after 6 h, and another run has to go on with it.`,
    );
  if (plan.stable === null && plan.kind !== "back")
    warnings.push("No version is known to be good, so there is no way back.");
  return warnings;
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds / 60);
  return whole < 120 ? `${whole} min` : `${Math.round(whole / 60)} h`;
}
