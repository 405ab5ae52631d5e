import { expect, test } from "vitest";
import { leaseSecondsOf, planBack, planOf, stopRulesOf } from "../../../core/rollout/plan-of.ts";

const about = {
  service: "shop",
  environment: "production",
  target: "argo-rollouts",
  candidate: { id: "v2" },
  stable: { id: "v1" },
  freezes: false,
};
const pace = [
  { weight: 10, window: "5m", healthy_windows: 2 },
  { weight: 50, window: "10m", healthy_windows: 3 },
];
const decided = { strategy: "canary", pace, approval_at: "cut-over", needs_approval: true } as const;

test("shares rise to the whole, whatever the policy's last step says", () => {
  const { steps } = planOf({ ...decided, pace: [...pace] }, about, {});
  expect(steps.map(({ share, by, window_seconds }) => [share, by, window_seconds])).toEqual([
    [10, "weight", 300],
    [50, "weight", 600],
    [100, "weight", 600],
  ]);
});

test("what policy leaves open is as the defaults say", () => {
  const plan = planOf({ ...decided, pace: [...pace] }, about, {});
  expect(plan).toMatchObject({
    bake_seconds: 1800,
    back_within_seconds: 120,
    settle_seconds: 600,
    attempts: 3,
    approval: "cut-over",
  });
  expect(planOf({ ...decided, pace: [...pace] }, { ...about, target: "ota" }, {}).settle_seconds).toBe(
    86_400,
  );
  expect(leaseSecondsOf({})).toBe(600);
  expect(stopRulesOf({})).toEqual({
    quarantineSeconds: 1800,
    breaker: { rollbacks: 3, withinSeconds: 86_400 },
    environment: { rollbacks: 5, withinSeconds: 3600 },
  });
});

test("what policy says is taken", () => {
  const rollout = { bake: "1h", "back-within": "30s", settle: "5m", attempts: 1, lease: "2m" };
  const plan = planOf({ ...decided, pace: [...pace] }, { ...about, target: "ota" }, { rollout });
  expect(plan).toMatchObject({
    bake_seconds: 3600,
    back_within_seconds: 30,
    settle_seconds: 300,
    attempts: 1,
  });
  expect(leaseSecondsOf({ rollout })).toBe(120);
});

test("an approval before the start is no matter of the plan", () => {
  expect(planOf({ ...decided, pace: [...pace], approval_at: "start" }, about, {}).approval).toBe("none");
});

test("a plan that only goes back has neither steps nor a gate", () => {
  const plan = planBack({ ...about, unsafeBack: ["The schema was migrated."] }, {});
  expect(plan).toMatchObject({ kind: "back", steps: [], approval: "none", bake_seconds: 0 });
  expect(plan.unsafe_back).toEqual(["The schema was migrated."]);
});
