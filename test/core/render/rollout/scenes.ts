import type { LeaseState } from "../../../../core/evidence/lease.ts";
import type { RolloutEvent } from "../../../../core/rollout/events.ts";
import type { RolloutPlan } from "../../../../core/rollout/plan.ts";
import type { RolloutState } from "../../../../core/rollout/state.ts";
import { type RolloutStatus, statusOf } from "../../../../core/rollout/status.ts";
import { story } from "../../rollout/story.ts";

/** Rollouts at every place where one may stand. */

const steps: RolloutPlan["steps"] = [10, 25, 50, 100].map((share, index) => ({
  share,
  by: "weight" as const,
  window_seconds: [120, 300, 600, 900][index] ?? 60,
  healthy_windows: index === 0 ? 2 : 1,
}));

const about: Partial<RolloutPlan> = {
  decision_id: "0123456789abcdef0123456789abcdef",
  service: "payments-api",
  candidate: { id: "ghcr.io/acme/payments-api:1.5.0" },
  stable: { id: "ghcr.io/acme/payments-api:1.4.2" },
  steps,
  bake_seconds: 1800,
};

const tale = (more: Partial<RolloutPlan> = {}) => story({ ...about, ...more });
type Tale = ReturnType<typeof tale>;

/** Deployed, at the first step, and healthy as many times as asked for. */
function healthy(times: number, more: Partial<RolloutPlan> = {}): Tale {
  const told = tale(more).does(2);
  for (let count = 0; count < times; count += 1) {
    told.later(250).verdict("promote", undefined, "healthy");
    if (told.wants[0]?.startsWith("apply")) told.does();
  }
  return told.later(30);
}

export const scenes: Record<string, () => Tale> = {
  opened: () => tale().later(5),
  "at-the-second-step": () => healthy(1),
  paused: () => healthy(1).says("pause"),
  approval: () => healthy(3, { approval: "cut-over" }),
  baking: () => healthy(4),
  completed: () => healthy(4).later(1800).does().concludes(),
  "going-back": () => healthy(1).verdict("rollback", 1, "evidence-of-harm").later(10),
  "rolled-back": () => healthy(1).verdict("rollback", 1, "evidence-of-harm").does().concludes().told(),
  overruled: () =>
    healthy(1).verdict("rollback", 1, "evidence-of-harm").does().concludes().told().says("overrule"),
  "unsafe-back": () =>
    healthy(1, { unsafe_back: ["The schema was migrated."] }).verdict("rollback", 1, "evidence-of-harm"),
  "changed-by-somebody": () => healthy(1).sees("changed-by-somebody"),
  back: () => tale({ kind: "back", steps: [], bake_seconds: 0 }).does().concludes(),
};

export const sceneNames = Object.keys(scenes);

export function stateOf(name: string): { state: RolloutState; now: string; events: readonly RolloutEvent[] } {
  const scene = scenes[name];
  if (scene === undefined) throw new Error(`No scene ${name}.`);
  const told = scene();
  const { verdict } = told.state;
  const metric = { name: "error-rate", candidate: 0.05218, baseline: 0.0089 };
  const judged = verdict?.verdict === "rollback" ? { ...verdict, metric } : verdict;
  return { state: { ...told.state, verdict: judged }, now: told.at(), events: told.events };
}

export function statusOfScene(name: string): RolloutStatus {
  const { state, now } = stateOf(name);
  const held = {
    holder: "run 4711 of acme/payments",
    fencing: 1,
    since: state.openedAt,
    expires_at: new Date(Date.parse(now) + 300_000).toISOString(),
  };
  const lease: LeaseState = { held: name === "paused" ? null : held, fencing: 1, void: [] };
  return statusOf(state, lease, now);
}
