import type { NewEvent } from "../../core/evidence/event.ts";
import { emergency } from "../../core/rollout/emergency.ts";
import type { Command } from "../../core/rollout/events.ts";
import { unfinished } from "../../core/rollout/fold-stream.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Process } from "./calls.ts";
import { stranger } from "./making.ts";
import { aroundOf, processOf } from "./runner.ts";
import { isLedgerAway, iso, isTroubled, type World } from "./world.ts";

/** People: what they say and do at bad moments, and somebody who answers what stands. */

const maria: Process = { name: "maria", alive: true, skew: 0, disturbed: false, waits: null };

export function says(world: World, command: Command, state: RolloutState, reason = "so"): void {
  if (isLedgerAway(world, maria.name)) return;
  const body = { rollout: state.plan.rollout, command, reason, by: maria.name };
  writes(world, maria, { kind: "command", body });
}

function writes(world: World, person: Process, { kind, body }: Pick<NewEvent, "kind" | "body">): void {
  const { ledger, oracle, time, nonce } = world;
  const event = { kind, body, at: iso(time.now()), actor: person.name, nonce: nonce() };
  const written = ledger.append([event], ledger.read().head);
  oracle.appended(world, person, written, ledger.read());
}

const anything: Command[] = [
  "pause",
  "pause",
  "hold",
  "resume",
  "retry",
  "abort",
  "promote",
  "overrule",
  "approve",
];

export function arrangePeople(world: World): void {
  const { chance, weather, time, healAt } = world;
  const within = (): number => chance.between(0, healAt - time.now());
  for (let count = 0; count < weather.commands; count += 1)
    time.later(within(), () => {
      const state = [...world.rollouts().values()].at(-1);
      if (state !== undefined) says(world, chance.pick(anything), state);
    });
  for (let count = 0; count < weather.forgeries; count += 1) time.later(within(), () => forges(world));
  if (weather.meddling > 0) time.later(within(), () => meddles(world));
  if (weather.handsOff > 0) time.later(within(), () => keepsOff(world));
  if (weather.emergencies > 0) time.later(within(), () => goesBackByHand(world));
  time.later(60_000, () => answers(world, new Map()));
}

/** Somebody who may push writes what would let the rollout go on, stop it or end it. */
function forges(world: World): void {
  const { chance } = world;
  const state = [...world.rollouts().values()].at(-1);
  if (state === undefined) return;
  const { doing, plan } = state;
  const { rollout } = plan;
  const by = stranger;
  const step = "step" in doing ? Math.max(0, doing.step) : 0;
  const outcome = { outcome: "completed", candidate: plan.candidate.id, automatic: true };
  const why = { reason_code: "so", reason: `${by} says so.` };
  const event = chance.pick<Pick<NewEvent, "kind" | "body">>([
    { kind: "command", body: { rollout, command: chance.pick(anything), reason: "so", by } },
    { kind: "verdict", body: { rollout, step, verdict: "promote", ...why, at_window: 2 } },
    { kind: "outcome", body: { rollout, ...outcome, ...why } },
  ]);
  writes(world, { ...maria, name: stranger }, event);
}

function meddles(world: World): void {
  const state = unfinished(world.rollouts());
  if (state === undefined || state.numbers === 0) return;
  const { stable, candidate } = state.plan;
  if (world.weather.freezes && world.chance.happens(0.3)) {
    world.trace?.("maria: pauses the target by hand");
    world.target.pauseByHand();
    world.oracle.meddled();
    return;
  }
  if (world.chance.happens(0.4)) {
    if (!world.target.abortByHand()) return;
    world.trace?.("maria: aborts on the target itself");
    world.oracle.abortedByHand();
    world.oracle.meddled();
    return;
  }
  const to = world.chance.pick([
    { stable: stable?.id ?? null, candidate: candidate.id, share: 33 },
    { stable: stable?.id ?? null, candidate: null, share: 0 },
    { stable: "v0", candidate: null, share: 0 },
  ]);
  world.trace?.(`maria: sets the target to ${JSON.stringify(to)}`);
  world.target.meddle(to);
  world.oracle.meddled();
}

function keepsOff(world: World): void {
  const { time, chance, target, oracle, healAt } = world;
  world.trace?.("maria: hands off");
  target.keepOff({ by: "maria", reason: "an incident", until: null });
  oracle.handsOff(world, true);
  time.later(Math.min(chance.between(30_000, 1_800_000), healAt - time.now()), () => {
    world.trace?.("maria: hands on");
    target.keepOff(null);
    oracle.handsOff(world, false);
  });
}

/** A rollback from a shell, by what was last known, while the ledger is away for this person. */
function goesBackByHand(world: World): void {
  const state = unfinished(world.rollouts());
  if (state === undefined || state.plan.stable === null) return;
  world.oracle.facts.emergencies = true;
  const process = processOf(world, "by-hand");
  world.trace?.("by-hand: goes back without the ledger");
  emergency(state, aroundOf(world, process), world.time.sleep).then(
    ({ code }) => world.trace?.(`by-hand: ${code}`),
    (error) => {
      world.oracle.fail(error);
    },
  );
}

/** Whatever stands is answered in the end. */
function answers(world: World, asked: Map<string, number>): void {
  if (world.over) return;
  world.time.later(world.chance.between(60_000, 300_000), () => answers(world, asked));
  const state = unfinished(world.rollouts());
  if (state?.stop == null || (isTroubled(world) && world.chance.happens(0.5))) return;
  const { code } = state.stop;
  const told = answerTo(code, `${state.plan.rollout} ${code}`, asked);
  says(world, told, state, "so it is");
}

function answerTo(code: string, name: string, asked: Map<string, number>): Command {
  if (code === "paused" || code === "held") return "resume";
  if (code === "unsafe-back") return "abort";
  const times = (asked.get(name) ?? 0) + 1;
  asked.set(name, times);
  return code === "changed-by-somebody" && times > 3 ? "abort" : "retry";
}
