import { exitCodes, UserError } from "../../core/errors.ts";
import type { Around } from "../../core/rollout/around.ts";
import { emergency } from "../../core/rollout/emergency.ts";
import { opened } from "../../core/rollout/next.ts";
import { rolloutName, type Version } from "../../core/rollout/plan.ts";
import type { RolloutPorts } from "../rollout/ports.ts";
import { backFrom, type Ground, observedAt } from "../rollout/prepare.ts";
import type { RolloutResult } from "../rollout/result.ts";
import type { RollbackInputs } from "./inputs.ts";
import { leftBy } from "./plan.ts";

/**
 * The ledger is away: what the target says is all there is. The mark that is left there, and the journal, tell the
 * ledger of it as soon as anybody drives this service again.
 */
export async function backWithoutLedger(
  { to, fleet }: RollbackInputs,
  ground: Ground,
  around: Around,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const { place } = ground;
  const { mark, ...seen } = await observedAt(ground);
  // Some targets tell the two apart only by the name that the mark has kept.
  const stable = seen.stable ?? mark?.to.stable ?? null;
  const candidate = seen.candidate ?? mark?.to.candidate ?? null;
  const target = to ?? (candidate === null ? null : stable);
  const runs = versionOf(candidate ?? stable);
  const from = fleet && target !== null ? leftBy(runs, { id: target }) : runs;
  if (target === null || from === undefined)
    throw new UserError(
      "no-known-good",
      `The ledger cannot be asked what ${place.service} ran before, and the target shows no rollout under way. Name the version in \`to\`, as the target calls it.`,
      exitCodes.unavailable,
    );
  const fresh = rolloutName(around.nonce());
  const rollout = candidate === null ? fresh : (mark?.rollout ?? fresh);
  const plan = { ...backFrom(ground, from, { id: target }, { ...ports, fleet }), rollout };
  ports.say(`Back from ${from.id} to ${target} without the ledger.`);
  const alone = new AbortController().signal;
  const { code, sentence } = await emergency(opened(plan, around.now()), around, (milliseconds) =>
    ports.sleep(milliseconds, alone),
  );
  ports.say(sentence);
  const isBack = code === "held";
  return {
    outputs: {
      rollout,
      outcome: isBack ? "rolled-back" : code,
      "reason-code": "ledger-unavailable",
      stable: isBack ? target : "",
    },
    exitCode: isBack ? exitCodes.go : exitCodes.unavailable,
    sentence,
    goOn: isBack ? "" : "The rollback is not at its end: run it again.",
  };
}

function versionOf(id: string | null): Version | undefined {
  return id === null ? undefined : { id };
}
