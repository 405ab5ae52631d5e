import { exitCodes, UserError } from "../../core/errors.ts";
import { plain } from "../../core/render/escape.ts";
import type { Around } from "../../core/rollout/around.ts";
import { type Body, bookkeeper } from "../../core/rollout/book.ts";
import { unfinished } from "../../core/rollout/fold-stream.ts";
import { open } from "../../core/rollout/open.ts";
import { preempting } from "../../core/rollout/own-lease.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Turn } from "../../core/rollout/taking.ts";
import { aroundOf, rolloutsNow } from "../rollout/around.ts";
import { isKnownBack, unknownBack } from "../rollout/borne-out.ts";
import { driven } from "../rollout/driving.ts";
import type { RolloutPorts } from "../rollout/ports.ts";
import { backFrom, type Ground, groundOf, observedAt } from "../rollout/prepare.ts";
import { nothingMoved, type RolloutResult } from "../rollout/result.ts";
import { concluded } from "../rollout/run.ts";
import { graphLines, graphOf } from "./graph.ts";
import type { RollbackInputs } from "./inputs.ts";
import { backWithoutLedger } from "./without-ledger.ts";

/** What a ledger may be beside away: none of it keeps the bad version up. */
const ledgerFaults = new Set(["ledger-unavailable", "ledger-unreadable", "ledger-tampered", "ledger-busy"]);

/** Back, now: no gate, no evidence, no waiting for whoever holds the lease. */
export async function runRollback(inputs: RollbackInputs, ports: RolloutPorts): Promise<RolloutResult> {
  const ground = groundOf(inputs, ports);
  const around = aroundOf(ground, ports);
  try {
    return await withLedger(inputs, ground, around, ports);
  } catch (error) {
    if (!(error instanceof UserError) || !ledgerFaults.has(error.reasonCode)) throw error;
    ports.warn(`${error.message} The rollback does not wait for it.`);
    return backWithoutLedger(inputs, ground, around, ports);
  }
}

async function withLedger(
  inputs: RollbackInputs,
  ground: Ground,
  around: Around,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const rollouts = await rolloutsNow(around);
  const running = unfinished(rollouts);
  if (running !== undefined && !(await isKnownBack(running.plan, rollouts, around))) {
    if (inputs.to === undefined) throw unknownBack(running.plan);
    if (inputs.to !== running.plan.stable?.id) {
      ports.warn(`${unknownBack(running.plan).message} This run goes to ${inputs.to}, past the ledger.`);
      return backWithoutLedger(inputs, ground, around, ports);
    }
  }
  if (running !== undefined) {
    const turn = await takeBack(running, inputs, around, ports);
    const there = turn.state.plan.stable?.id;
    const isMeant = inputs.to === undefined || inputs.to === there || turn.code !== "ended";
    if (isMeant) return tookBack(turn, ports);
    ports.say(`${ground.place.service} is back at ${there ?? "what it was"}; from there to ${inputs.to}.`);
  }
  return openBack(inputs, ground, around, ports);
}

/** Aborts what is on its way, and goes back with it in our own hands. */
async function takeBack(
  { plan }: RolloutState,
  { reason }: RollbackInputs,
  around: Around,
  ports: RolloutPorts,
): Promise<Turn> {
  const { rollout } = plan;
  ports.begun?.(rollout);
  ports.say(
    `${rollout} is on its way with ${plan.candidate.id}: it is taken back to ${plan.stable?.id ?? "what was"}.`,
  );
  await inOurHands(rollout, reason, around);
  return driven(rollout, around, ports, { waitSeconds: standsSeconds });
}

/** Back from a version that nothing is on its way to. */
export async function openBack(
  { to, reason }: Pick<RollbackInputs, "to" | "reason">,
  ground: Ground,
  around: Around,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const { stable: runs } = await observedAt(ground);
  const graph = await graphOf(around, await rolloutsNow(around), runs);
  const target = to === undefined ? graph?.to : { id: to };
  if (graph === null || target === null || target === undefined)
    throw new UserError(
      "no-known-good",
      `The ledger knows no earlier version of ${ground.place.service} in ${ground.place.environment} that was good. Name one in \`to\`, as its target calls it.`,
      exitCodes.blocked,
    );
  for (const line of graphLines({ ...graph, to: target })) ports.say(line);
  const plan = backFrom(ground, graph.from, target, ports);
  const opened = await open(plan, around, ground.rules);
  if ("refused" in opened) return refused(opened.refused, target.id);
  const { rollout } = opened;
  ports.begun?.(rollout);
  await inOurHands(rollout, reason, around);
  return tookBack(await driven(rollout, around, ports, { waitSeconds: standsSeconds }), ports);
}

/** A rollback that stands is for a person at once: the job ends and says so. */
const standsSeconds = 0;

/**
 * The word and our lease stand in the ledger together: whoever drove the rollout finds out before its next effect. A way
 * back that is under way needs no second word, and one that stands does.
 */
async function inOurHands(rollout: string, reason: string, around: Around): Promise<void> {
  const keeper = bookkeeper({ ...around, freshSeconds: 0 });
  const body = { rollout, command: "abort", reason, by: around.actor };
  for (let attempt = 0; attempt < around.retry.attempts; attempt += 1) {
    const book = await keeper.fresh();
    const { turned = null, stop = null, plan } = book.rollouts.get(rollout) ?? {};
    const isSaid = turned !== null && stop === null && plan?.kind !== "back";
    const word: Body[] = isSaid ? [] : [{ kind: "command", body }];
    if (await keeper.append(book, [...word, ...preempting(book, around, book.lease.fencing)])) return;
    await around.retry.wait(Math.round(200 * around.retry.random()));
  }
  throw new UserError(
    "ledger-busy",
    "Others wrote to the ledger all the while. Run it again.",
    exitCodes.unavailable,
  );
}

/** What was asked for is what came: here a rolled-back outcome is success. */
export async function tookBack(turn: Turn, ports: RolloutPorts): Promise<RolloutResult> {
  const result = await concluded(turn, ports);
  const isBack = turn.code === "ended" && turn.state.doing.kind === "ended";
  const outcome = turn.state.doing.kind === "ended" ? turn.state.doing.outcome : undefined;
  if (isBack && outcome === "rolled-back") return { ...result, exitCode: exitCodes.go };
  return isBack ? { ...result, exitCode: exitCodes.blocked } : result;
}

function refused(reasons: readonly { code: string; sentence: string }[], to: string): RolloutResult {
  const sentence = reasons.map((one) => plain(one.sentence, 600)).join(" ");
  return nothingMoved(reasons[0]?.code ?? "refused", sentence, to);
}
