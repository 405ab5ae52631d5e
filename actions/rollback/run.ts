import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
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
import { type Ground, groundOf } from "../rollout/prepare.ts";
import { nothingMoved, type RolloutResult } from "../rollout/result.ts";
import { concluded } from "../rollout/run.ts";
import type { RollbackInputs } from "./inputs.ts";
import { ofDecision } from "./of-decision.ts";
import { planOfBack } from "./plan.ts";
import { backWithoutLedger } from "./without-ledger.ts";

/** What a ledger may be beside away: none of it keeps the bad version up. */
const ledgerFaults = new Set(["ledger-unavailable", "ledger-unreadable", "ledger-tampered", "ledger-busy"]);

/** Back, now: no gate, no evidence, no waiting for whoever holds the lease. */
export async function runRollback(inputs: RollbackInputs, ports: RolloutPorts): Promise<RolloutResult> {
  const ground = groundOf(inputs, ports);
  if (inputs.fleet) requireFleet(ground);
  const around = aroundOf(ground, ports);
  try {
    return await withLedger(inputs, ground, around, ports);
  } catch (error) {
    if (!(error instanceof UserError) || !ledgerFaults.has(error.reasonCode)) throw error;
    ports.warn(`${error.message} The rollback does not wait for it.`);
    return backWithoutLedger(inputs, ground, around, ports);
  }
}

export function requireFleet({ place, target }: Ground): void {
  if (target.traits.fleet === true) return;
  throw new UserError(
    "no-fleet",
    `${place.service} runs on ${place.config.kind}, which is no fleet of devices: a rollback without \`fleet\` takes all of it back.`,
    exitCodes.usage,
  );
}

async function withLedger(
  inputs: RollbackInputs,
  ground: Ground,
  around: Around,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const rollouts = await rolloutsNow(around);
  const done = inputs.decisionId === undefined ? undefined : ofDecision(inputs.decisionId, rollouts);
  if (done !== undefined) return done;
  const running = unfinished(rollouts);
  let { to } = inputs;
  if (running !== undefined && !(await isKnownBack(running.plan, rollouts, around))) {
    if (inputs.to === undefined) throw unknownBack(running.plan);
    if (inputs.to !== running.plan.stable?.id) {
      ports.warn(`${unknownBack(running.plan).message} This run goes to ${inputs.to}, past the ledger.`);
      return backWithoutLedger(inputs, ground, around, ports);
    }
  }
  if (running !== undefined) {
    const turn = await takeBack(running, inputs, around, ports);
    const { stable, whole_fleet } = turn.state.plan;
    const there = stable?.id;
    const isMeant = inputs.to === undefined || inputs.to === there;
    const isWhole = !inputs.fleet || whole_fleet === true;
    if ((isMeant && isWhole) || turn.code !== "ended") return tookBack(turn, ports);
    to ??= there;
    ports.say(`${ground.place.service} is back at ${there ?? "what it was"}; from there to ${to}.`);
  }
  return openBack({ ...inputs, ...optional("to", to) }, ground, around, ports);
}

type Word = Pick<RollbackInputs, "reason" | "fleet">;

/** Aborts what is on its way, and goes back with it in our own hands. */
async function takeBack(
  { plan }: RolloutState,
  inputs: RollbackInputs,
  around: Around,
  ports: RolloutPorts,
): Promise<Turn> {
  const { rollout } = plan;
  ports.begun?.(rollout);
  ports.say(
    `${rollout} is on its way with ${plan.candidate.id}: it is taken back to ${plan.stable?.id ?? "what was"}.`,
  );
  await inOurHands(rollout, inputs, around);
  return driven(rollout, around, ports, { waitSeconds: standsSeconds });
}

/** Back from a version that nothing is on its way to. */
export async function openBack(
  inputs: Word & Pick<RollbackInputs, "to">,
  ground: Ground,
  around: Around,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const { plan, lines } = await planOfBack(inputs, ground, around, ports);
  for (const line of lines) ports.say(line);
  const opened = await open(plan, around);
  if ("refused" in opened) return refused(opened.refused, plan.stable?.id ?? "");
  const { rollout } = opened;
  ports.begun?.(rollout);
  await inOurHands(rollout, inputs, around);
  return tookBack(await driven(rollout, around, ports, { waitSeconds: standsSeconds }), ports);
}

/** A rollback that stands is for a person at once: the job ends and says so. */
const standsSeconds = 0;

/**
 * The word and our lease stand in the ledger together: whoever drove the rollout finds out before its next effect. A way
 * back that is under way needs no second word, and one that stands does.
 */
async function inOurHands(rollout: string, { reason, fleet }: Word, around: Around): Promise<void> {
  const keeper = bookkeeper({ ...around, freshSeconds: 0 });
  const all = fleet ? { whole_fleet: true } : {};
  const body = { rollout, command: "abort", reason, by: around.actor, ...all };
  for (let attempt = 0; attempt < around.retry.attempts; attempt += 1) {
    const book = await keeper.fresh();
    const { turned = null, stop = null, plan } = book.rollouts.get(rollout) ?? {};
    const isWide = !fleet || plan?.whole_fleet === true;
    const isSaid = turned !== null && stop === null && plan?.kind !== "back" && isWide;
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
