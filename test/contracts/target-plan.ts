import type { RolloutPlan } from "../../core/rollout/plan.ts";
import type { StopRules } from "../../core/rollout/stops.ts";

/** Nothing of an earlier rollout stands in the way of the next. */
export const noStops: StopRules = {
  quarantineSeconds: 0,
  breaker: { rollbacks: 100, withinSeconds: 1 },
  environment: { rollbacks: 100, withinSeconds: 1 },
};

/** A plan as the contract of targets needs it: only its versions and its kind matter there. */
export function planFor(stable: string, candidate: string, more: Partial<RolloutPlan> = {}): RolloutPlan {
  return {
    schema_version: 1,
    rollout: "ro_0123456789ab",
    service: "shop",
    environment: "production",
    target: "test",
    kind: "canary",
    candidate: { id: candidate },
    stable: { id: stable },
    steps: [
      { share: 10, by: "weight", window_seconds: 60, healthy_windows: 1 },
      { share: 100, by: "weight", window_seconds: 60, healthy_windows: 1 },
    ],
    approval: "none",
    unsafe_back: [],
    bake_seconds: 0,
    back_within_seconds: 120,
    settle_seconds: 60,
    freezes: false,
    attempts: 3,
    ...more,
  };
}
