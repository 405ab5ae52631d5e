import { isExpired, type LeaseState } from "../evidence/lease.ts";
import { optional } from "../optional.ts";
import type { Notice, TargetEffect } from "./effect.ts";
import { type Command, commands, type EventOf } from "./events.ts";
import { fold } from "./next.ts";
import type { PlanStep, RolloutPlan, Version } from "./plan.ts";
import type { Doing, RolloutState, Stop, Turn } from "./state.ts";

/** Where a rollout stands, as a document: from the ledger alone, without asking the target. */
export type RolloutStatus = {
  schema_version: 1;
  rollout: string;
  decision_id?: string;
  service: string;
  environment: string;
  target: string;
  kind: RolloutPlan["kind"];
  candidate: Version;
  stable: Version | null;
  at: string;
  opened_at: string;
  doing: Exclude<Doing["kind"], "ended"> | "completed" | "rolled-back" | "overruled";
  /** What the target is brought to, where it moves. */
  effect: TargetEffect | null;
  /** Counted from 1; null where it is at none of its steps. */
  step: number | null;
  steps: PlanStep[];
  /** The last step that was watched, counted likewise. */
  last_step: number | null;
  /** Percent that the candidate was last seen to have. */
  share: number;
  since: string | null;
  /** The earliest end of what it is about now, and of everything, if all stays healthy; null where a person decides. */
  until: string | null;
  ends: string | null;
  verdict: Omit<EventOf<"verdict">["body"], "rollout"> | null;
  stop: Stop | null;
  turned: Turn | null;
  approved: boolean;
  disputed: boolean;
  unsafe_back: string[];
  notices: { notice: Notice; told: boolean }[];
  /** What a person may say that would change something now. */
  commands: Command[];
  lease: { holder: string; expires_at: string; expired: boolean } | null;
};

export function statusOf(state: RolloutState, lease: LeaseState | null, now: string): RolloutStatus {
  const { plan, doing, verdict } = state;
  const held = lease?.held ?? null;
  return {
    schema_version: 1,
    rollout: plan.rollout,
    ...optional("decision_id", plan.decision_id),
    service: plan.service,
    environment: plan.environment,
    target: plan.target,
    kind: plan.kind,
    candidate: plan.candidate,
    stable: plan.stable,
    at: now,
    opened_at: state.openedAt,
    doing: doing.kind === "ended" ? doing.outcome : doing.kind,
    effect: doing.kind === "moving" ? doing.effect : null,
    step: stepOf(state),
    steps: plan.steps,
    last_step: lastOf(state),
    share: shareOf(state),
    since: "since" in doing ? doing.since : null,
    ...timesOf(state, now),
    verdict: verdict === null ? null : withoutRollout(verdict),
    stop: state.stop,
    turned: state.turned,
    approved: state.approved,
    disputed: state.disputed,
    unsafe_back: plan.unsafe_back,
    notices: state.notices,
    commands: commands.filter((command) => means(state, command, now)),
    lease:
      held === null
        ? null
        : { holder: held.holder, expires_at: held.expires_at, expired: isExpired(held, now) },
  };
}

/** Whether a word of a person would change anything just now. */
export function means(state: RolloutState, command: Command, now: string): boolean {
  if (command === "approve" && (state.approved || state.plan.approval === "none")) return false;
  const body = { rollout: state.plan.rollout, command, reason: "", by: "" };
  return fold(state, { kind: "command", at: now, actor: "", body }) !== state;
}

function withoutRollout({ rollout: _, ...rest }: EventOf<"verdict">["body"]) {
  return rest;
}

function stepOf({ doing, plan }: RolloutState): number | null {
  if (doing.kind === "watching" || doing.kind === "approval") return doing.step + 1;
  if (doing.kind === "moving") return doing.effect.kind === "share" ? doing.step + 1 : null;
  return doing.kind === "baking" ? plan.steps.length : null;
}

function lastOf({ reachedAt }: RolloutState): number | null {
  const last = reachedAt.at(-1);
  return last === undefined ? null : last.step + 1;
}

/** What was last seen to hold; what is asked for is not there before that. */
function shareOf({ reached, doing }: RolloutState): number {
  if (doing.kind === "ended" && doing.outcome === "completed") return 100;
  if (reached === null) return 0;
  if (reached.kind === "share") return reached.share;
  return reached.kind === "promote" ? 100 : 0;
}

export const secondsOfStep = ({ window_seconds, healthy_windows }: PlanStep): number =>
  window_seconds * healthy_windows;

/** How long the plan takes at least, with the time in which the old version stays warm. */
export function secondsOfPlan({ steps, bake_seconds }: Pick<RolloutPlan, "steps" | "bake_seconds">): number {
  return secondsOfSteps(steps) + bake_seconds;
}

function secondsOfSteps(steps: readonly PlanStep[]): number {
  return steps.reduce((sum, step) => sum + secondsOfStep(step), 0);
}

function timesOf(state: RolloutState, now: string): Pick<RolloutStatus, "until" | "ends"> {
  const { plan, doing, stop, turned } = state;
  const nothing = { until: null, ends: null };
  if (stop !== null || turned !== null) return nothing;
  switch (doing.kind) {
    case "moving": {
      const rest = doing.effect.kind === "promote" ? 0 : secondsFrom(plan, Math.max(0, doing.step));
      return { until: null, ends: after(now, rest) };
    }
    case "watching": {
      const step = plan.steps[doing.step];
      const until = after(doing.since, step === undefined ? 0 : secondsOfStep(step));
      return { until, ends: after(later(until, now), secondsFrom(plan, doing.step + 1)) };
    }
    case "baking":
      return { until: doing.until, ends: later(doing.until, now) };
    default:
      return nothing;
  }
}

function secondsFrom({ steps, bake_seconds }: RolloutPlan, step: number): number {
  return secondsOfSteps(steps.slice(step)) + bake_seconds;
}

function after(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString();
}

function later(left: string, right: string): string {
  return Date.parse(left) >= Date.parse(right) ? left : right;
}
