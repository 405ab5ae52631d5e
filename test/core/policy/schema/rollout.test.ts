import { describe, expect, it } from "vitest";
import { leaseBody } from "../../../../core/evidence/lease.ts";
import { type RolloutRules, rollout } from "../../../../core/policy/schema/rollout.ts";
import { rolloutPlan } from "../../../../core/rollout/plan.ts";
import { leaseSecondsOf, planOf } from "../../../../core/rollout/plan-of.ts";

/** Whether policy lets it through, and whether the ledger takes what follows from it. */
function taken(rules: RolloutRules) {
  const allowed = rollout.safeParse(rules).success;
  const steps = Array.from({ length: 20 }, (_, index) => ({
    weight: index,
    window: "1s",
    healthy_windows: 1,
  }));
  const about = { service: "shop", environment: "production", target: "ota", freezes: false };
  const versions = { candidate: { id: "v2" }, stable: { id: "v1" } };
  const decided = {
    strategy: "blue-green",
    pace: steps,
    approval_at: "start",
    needs_approval: false,
  } as const;
  const plan = () => planOf({ ...decided, pace: [...steps] }, { ...about, ...versions }, { rollout: rules });
  const lease = () => ({
    ...{ action: "acquire", holder: "run", fencing: 1 },
    lease_seconds: leaseSecondsOf({ rollout: rules }),
  });
  const inLedger = (): boolean =>
    rolloutPlan.safeParse({ ...plan(), rollout: "ro_0123456789ab" }).success &&
    leaseBody.safeParse(lease()).success;
  return { allowed, inLedger };
}

describe("what policy says of a rollout's times", () => {
  it.each<RolloutRules>([
    {},
    { bake: "0s", "back-within": "1s", settle: "1s", lease: "10s" },
    { bake: "3660d", "back-within": "3660d", settle: "3660d", lease: "24h" },
  ])("%o is what the ledger takes", (rules) => {
    const { allowed, inLedger } = taken(rules);
    expect(allowed).toBe(true);
    expect(inLedger()).toBe(true);
  });

  it.each<RolloutRules>([{ lease: "0s" }, { lease: "24h1s" }, { settle: "0s" }, { "back-within": "0s" }])(
    "%o is refused, because the ledger would not take it",
    (rules) => {
      const { allowed, inLedger } = taken(rules);
      expect(allowed).toBe(false);
      expect(inLedger()).toBe(false);
    },
  );

  it("nothing is longer than ten years", () => {
    const within = { rollbacks: 1, within: "3661d" };
    for (const rules of [{ bake: "3661d" }, { settle: "3661d" }, { breaker: within }])
      expect(taken(rules).allowed).toBe(false);
  });
});
