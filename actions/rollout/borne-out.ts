import { exitCodes, UserError } from "../../core/errors.ts";
import type { Around } from "../../core/rollout/around.ts";
import type { Rollouts } from "../../core/rollout/fold-stream.ts";
import { digestOf, type RolloutPlan } from "../../core/rollout/plan.ts";
import { satisfied } from "../../core/rollout/reconcile.ts";
import type { Turn } from "../../core/rollout/taking.ts";
import { rolloutsNow } from "./around.ts";

/** What a ledger that others may write says is held against the target, which they may not. */

/** Whether the version a plan leads back to was there: the target has it as stable, or it was rolled out before. */
export async function isKnownBack(
  plan: RolloutPlan,
  rollouts: Rollouts,
  around: Pick<Around, "target" | "believes">,
): Promise<boolean> {
  const { stable } = plan;
  if (around.believes === undefined || stable === null) return true;
  const came = [...rollouts.values()].some(
    (one) =>
      one.plan.rollout !== plan.rollout &&
      one.doing.kind === "ended" &&
      one.doing.outcome === "completed" &&
      one.plan.candidate.id === stable.id &&
      digestOf(one.plan.candidate) === digestOf(stable),
  );
  return came || (await around.target.observe(plan)).stable === stable.id;
}

export function unknownBack({ rollout, stable }: RolloutPlan): UserError {
  return new UserError(
    "other-plan",
    `${rollout} would go back to ${stable?.id ?? "nothing"}, and neither the target nor an earlier rollout bears out that this ran before. Roll back with \`to\`, and find out who wrote that plan into the ledger.`,
    exitCodes.blocked,
  );
}

/** An end that somebody else wrote is believed where the target is there. */
export async function requireEnd(
  { state, code }: Pick<Turn, "state" | "code">,
  around: Pick<Around, "ledger" | "stream" | "target" | "believes">,
): Promise<void> {
  const { plan, doing } = state;
  if (around.believes === undefined || code !== "ended" || doing.kind !== "ended") return;
  if (doing.outcome === "overruled") return;
  const last = [...(await rolloutsNow(around)).keys()].at(-1);
  if (last !== plan.rollout) return;
  const effect = doing.outcome === "completed" ? ("promote" as const) : ("restore" as const);
  const observed = await around.target.observe(plan);
  if (!observed.settled || satisfied(plan, { kind: effect }, { ...observed, ready: null })) return;
  throw new UserError(
    "other-outcome",
    `The ledger says ${plan.rollout} is ${doing.outcome}, and the target shows otherwise: ${observed.stable ?? "an unknown version"} is stable, ${observed.candidate ?? "no other version"} has ${observed.share ?? "an unknown part"} %. Look at the target, and at who wrote that into the ledger.`,
    exitCodes.blocked,
  );
}
