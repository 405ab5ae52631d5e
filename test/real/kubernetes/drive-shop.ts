import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fileLedger } from "../../../adapters/ledgers/file.ts";
import { pause } from "../../../adapters/pause.ts";
import type { Target } from "../../../core/ports.ts";
import type { Around, Evidence } from "../../../core/rollout/around.ts";
import { type Driving, drive } from "../../../core/rollout/drive.ts";
import { open } from "../../../core/rollout/open.ts";
import type { NewPlan } from "../../../core/rollout/plan.ts";
import type { Turn } from "../../../core/rollout/taking.ts";
import { noStops, planFor } from "../../contracts/target-plan.ts";

/** Drives a rollout of the shop as a run does, upon a ledger in a folder. What the evidence says is the test's. */

export const shares = [10, 25, 50, 100];

export function shopPlan(candidate: string, more: Partial<NewPlan> = {}): NewPlan {
  const { rollout: _, ...plan } = planFor("shop:1", candidate);
  const steps = shares.map((share) => ({
    share,
    by: "weight" as const,
    window_seconds: 1,
    healthy_windows: 1,
  }));
  return { ...plan, steps, ...more };
}

export type Verdict = "promote" | "rollback" | "hold";

/** Says at once what it is told to say of each step. */
export function saying(says: (step: number) => Promise<Verdict> | Verdict): Evidence {
  return {
    async look(_state, step) {
      const verdict = await says(step);
      return {
        final: true,
        verdict: { verdict, reason_code: "said", reason: "The test says so.", at_window: 1 },
      };
    },
  };
}

export function aroundShop(folder: string, target: Target, evidence: Evidence, holder = "runner"): Around {
  return {
    ledger: fileLedger({ folder }),
    stream: "production/shop",
    target,
    evidence,
    approvals: { look: async () => null },
    people: { tell: async () => undefined },
    rules: noStops,
    holder,
    actor: holder,
    leaseSeconds: 3,
    pollSeconds: 0.05,
    freshSeconds: 0,
    now: () => new Date().toISOString(),
    pause,
    nonce: randomUUID,
    retry: {
      attempts: 20,
      random: Math.random,
      wait: async (milliseconds) => void (await sleep(milliseconds)),
    },
  };
}

export async function opened(plan: NewPlan, around: Around): Promise<string> {
  const answer = await open(plan, around);
  if ("refused" in answer) throw new Error(JSON.stringify(answer.refused));
  return answer.rollout;
}

export async function driven(rollout: string, around: Around, driving: Partial<Driving> = {}) {
  const turns: Turn[] = [];
  const last = await drive(rollout, around, {
    progress: (turn) => turns.push(turn),
    sleep: async (milliseconds) => void (await sleep(milliseconds)),
    stopped: () => false,
    ...driving,
  });
  return { last, turns };
}
