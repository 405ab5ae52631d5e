import type { PlanStep, RolloutPlan } from "../../core/rollout/plan.ts";
import type { Chance } from "./chance.ts";

/** What a seed holds in store: each kind of trouble is absent from many worlds, so that none hides another. */
export type Weather = {
  fenced: boolean;
  freezes: boolean;
  /** After so many seconds all trouble ends. */
  healSeconds: number;
  runners: number;
  leaseSeconds: number;
  freshSeconds: number;
  pollSeconds: number;
  /** How likely at each call to the world. */
  crash: number;
  lostRequest: number;
  lostResponse: number;
  lateRequest: number;
  suspended: number;
  /** Of the target. */
  partial: number;
  refusing: number;
  slowMove: number;
  /** How often it answers only long after it was asked; that is no trouble, and does not end. */
  slowAnswer: number;
  unready: number;
  /** Of the ledger: how often it goes away, and for how long at most. */
  outages: number;
  outageSeconds: number;
  /** Of the telemetry. */
  gap: number;
  /** Seconds that clocks are apart, and how often one jumps. */
  skewSeconds: number;
  jumps: number;
  commands: number;
  meddling: number;
  handsOff: number;
  emergencies: number;
  /** Nobody can be told of anything, for good. */
  deaf: boolean;
  /** What somebody writes who is not believed. */
  forgeries: number;
  services: number;
  /** So many rollbacks stop the environment. */
  environmentRollbacks: number;
  /** How likely a release is bad. */
  bad: number;
  /** Hashes of the ledger are real ones. */
  sealed: boolean;
};

export type Release = {
  candidate: string;
  /** Step from which the candidate fails; null: it is healthy. */
  badFrom: number | null;
  /** The target itself sees that it fails. */
  crashLoops: boolean;
  plan: Pick<
    RolloutPlan,
    "kind" | "steps" | "approval" | "unsafe_back" | "bake_seconds" | "settle_seconds" | "attempts"
  >;
};

export function weatherOf(chance: Chance, seed: number): Weather {
  const some = (share: number, most: number): number => (chance.happens(share) ? chance.uniform() * most : 0);
  const services = chance.happens(0.2) ? chance.whole(2, 3) : 1;
  return {
    fenced: chance.happens(0.5),
    freezes: chance.happens(0.3),
    healSeconds: chance.between(300, 5400),
    runners: chance.happens(0.5) ? 1 : chance.whole(2, 3),
    leaseSeconds: chance.pick([60, 120, 600]),
    freshSeconds: chance.pick([0, 10, 30]),
    pollSeconds: chance.pick([5, 10, 15]),
    crash: some(0.5, 0.05),
    lostRequest: some(0.3, 0.1),
    lostResponse: some(0.4, 0.15),
    lateRequest: some(0.4, 0.15),
    suspended: some(0.3, 0.04),
    partial: some(0.25, 0.3),
    refusing: some(0.15, 0.3),
    slowMove: some(0.2, 0.3),
    slowAnswer: seed % 8 === 4 ? 0.3 : 0,
    unready: some(0.2, 0.3),
    outages: chance.happens(0.3) ? chance.whole(1, 3) : 0,
    outageSeconds: chance.pick([20, 120, 900]),
    gap: some(0.3, 0.5),
    skewSeconds: chance.happens(0.25) ? chance.pick([1, 30, 600]) : 0,
    jumps: chance.happens(0.15) ? chance.whole(1, 3) : 0,
    commands: chance.happens(0.4) ? chance.whole(1, 4) : 0,
    meddling: chance.happens(0.1) ? 1 : 0,
    handsOff: chance.happens(0.12) ? 1 : 0,
    emergencies: chance.happens(0.08) ? 1 : 0,
    deaf: chance.happens(0.1),
    forgeries: chance.happens(0.2) ? chance.whole(1, 4) : 0,
    services,
    environmentRollbacks: services === 1 ? 5 : chance.pick([2, 3]),
    // What several services share breaks all of them.
    bad: services > 1 && chance.happens(0.6) ? 0.85 : 0.4,
    sealed: seed % 64 === 0,
  };
}

export function releasesOf(chance: Chance, bad: number): Release[] {
  const count = chance.pick([1, 1, 1, 1, 1, 2, 2, 3]);
  const releases: Release[] = [];
  for (let index = 0; index < count; index += 1) {
    const before = releases.at(-1);
    // What was taken back is tried again by somebody in a hurry.
    if (before !== undefined && chance.happens(0.3)) releases.push(before);
    else releases.push(releaseOf(chance, `v${index + 2}`, bad));
  }
  return releases;
}

function releaseOf(chance: Chance, candidate: string, bad: number): Release {
  const kind = chance.pick(["canary", "canary", "rolling", "blue-green", "cohorts"] as const);
  const steps = stepsOf(chance, kind);
  return {
    candidate,
    badFrom: chance.happens(bad) ? chance.whole(0, steps.length - 1) : null,
    crashLoops: chance.happens(0.2),
    plan: {
      kind,
      steps,
      approval: chance.happens(0.3) ? "cut-over" : "none",
      unsafe_back: chance.happens(0.06) ? ["The schema was migrated."] : [],
      bake_seconds: chance.pick([0, 0, 120, 300]),
      settle_seconds: chance.pick([60, 300]),
      attempts: chance.whole(1, 3),
    },
  };
}

function stepsOf(chance: Chance, kind: "canary" | "rolling" | "blue-green" | "cohorts"): PlanStep[] {
  const shares =
    kind === "blue-green"
      ? [0, 100]
      : chance.pick([[10, 100], [50, 100], [5, 25, 100], [100], [10, 25, 50, 100]]);
  const by = { canary: "weight", rolling: "batch", "blue-green": "cut-over", cohorts: "cohort" } as const;
  return shares.map((share) => ({ share, by: by[kind], window_seconds: 30, healthy_windows: 2 }));
}
