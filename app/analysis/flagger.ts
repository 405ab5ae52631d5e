import type { Database } from "../../adapters/database/database.ts";
import type { GateAnswer } from "../../core/analysis/gates/answer.ts";
import { type FlaggerHook, type FlaggerState, flaggerStatus } from "../../core/analysis/gates/flagger.ts";
import { verdictReasons } from "../../core/analysis/verdict.ts";
import { type Rollout, runOf } from "./asked.ts";
import type { Analyses } from "./index.ts";
import { lastStep, notePassed, type Step, setApart } from "./store.ts";

export type FlaggerGate = {
  /** What a hook is told: whether it passes, and why. */
  ask(hook: FlaggerHook, rollout: Rollout): Promise<FlaggerTold>;
};
export type FlaggerTold = { passes: boolean; answer?: GateAnswer };

type Around = { database: Database; now(): Date; analyses: Analyses };

/**
 * A confirmation holds for so long. Within one tick Flagger asks for the increase and, at the last weight, for the
 * promotion: both are answered out of the same comparison. A tick is longer than this.
 */
const tickMs = 8000;

/**
 * Flagger says neither weight nor step, so that steps are counted here. Step 0 is the time before any traffic: the first
 * increase ends it. Each increase after it needs the comparison of its step to end well, and the next step begins with
 * the tick after the increase. Flagger asks confirm-rollout and pre-rollout while the candidate has no traffic and never
 * after that, so that steps which are there by then are of an earlier attempt with the same checksum.
 */
export function flaggerGate({ database, now, analyses }: Around): FlaggerGate {
  const lastOf = (rollout: Rollout) => lastStep(database, rollout.repository, runOf(rollout));

  const firstIncrease = async (rollout: Rollout): Promise<FlaggerTold> => {
    const answer = await analyses.ask({ ...rollout, step: 0 });
    // Where nothing can be compared, the candidate gets no traffic either.
    if (!isOfComparison(answer) || answer.verdict === "rollback")
      return told("confirm-traffic-increase", answer.verdict, answer);
    await notePassed(database, rollout.repository, answer.id, now());
    return told("confirm-traffic-increase", "not-begun");
  };

  return {
    async ask(hook, rollout) {
      if (hook === "post-rollout" || hook === "event") return { passes: true };
      if (hook === "confirm-rollout" || hook === "pre-rollout") {
        await setApart(database, rollout.repository, runOf(rollout), now());
        return told(hook, "not-begun");
      }
      const last = await lastOf(rollout);
      if (!last?.passed_at && (last?.step ?? 0) === 0)
        return hook === "confirm-traffic-increase" ? await firstIncrease(rollout) : told(hook, "not-begun");
      const step = last ? stepAfter(last, now()) : 0;
      if (step === 0) return told(hook, "not-begun");
      const answer = await analyses.ask({ ...rollout, step });
      if (hook === "confirm-traffic-increase" && answer.verdict === "promote" && last?.passed_at == null)
        await notePassed(database, rollout.repository, answer.id, now());
      return told(hook, answer.verdict, answer);
    },
  };
}

function stepAfter({ step, passed_at: passedAt }: Step, now: Date): number {
  return passedAt && now.getTime() - passedAt.getTime() >= tickMs ? step + 1 : step;
}

/** False where the answer is why there is no comparison: a policy that cannot be read, GitHub that is late. */
function isOfComparison({ reason_code: code }: GateAnswer): boolean {
  return code === "no-window-yet" || verdictReasons.some((reason) => reason === code);
}

function told(hook: FlaggerHook, state: FlaggerState, answer?: GateAnswer): FlaggerTold {
  return { passes: flaggerStatus(hook, state) === 200, ...(answer ? { answer } : {}) };
}
