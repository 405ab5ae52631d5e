import type { NewEvent } from "../../core/evidence/event.ts";
import { emergency } from "../../core/rollout/emergency.ts";
import type { Command } from "../../core/rollout/events.ts";
import { foldStream, unfinished } from "../../core/rollout/fold-stream.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import { aroundOf, processOf } from "./runner.ts";
import { isLedgerAway, iso, isTroubled, type World } from "./world.ts";

/** People: what they say and do at bad moments, and somebody who answers what stands. */

const maria = { name: "maria", alive: true, skew: 0, disturbed: false };

export function says(world: World, command: Command, state: RolloutState, reason = "so"): void {
  if (isLedgerAway(world, maria.name)) return;
  const body = { rollout: state.plan.rollout, command, reason, by: maria.name };
  const event: NewEvent = {
    kind: "command",
    at: iso(world.time.now()),
    actor: maria.name,
    nonce: world.nonce(),
    body,
  };
  const written = world.ledger.append([event], world.ledger.read().head);
  world.oracle.appended(world, maria, written, world.ledger.read());
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
      const states = [...foldStream(world.ledger.read().events).values()];
      const state = states.at(-1);
      if (state !== undefined) says(world, chance.pick(anything), state);
    });
  if (weather.meddling > 0) time.later(within(), () => meddles(world));
  if (weather.handsOff > 0) time.later(within(), () => keepsOff(world));
  if (weather.emergencies > 0) time.later(within(), () => goesBackByHand(world));
  time.later(60_000, () => answers(world, new Map()));
}

function meddles(world: World): void {
  const state = unfinished(foldStream(world.ledger.read().events));
  if (state === undefined || state.numbers === 0) return;
  const { stable, candidate } = state.plan;
  if (world.weather.freezes && world.chance.happens(0.3)) {
    world.trace?.("maria: pauses the target by hand");
    world.target.pauseByHand();
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
  const state = unfinished(foldStream(world.ledger.read().events));
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
  const state = unfinished(foldStream(world.ledger.read().events));
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
