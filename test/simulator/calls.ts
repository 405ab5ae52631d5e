import { UserError } from "../../core/errors.ts";
import { isLedgerAway, iso, isTroubled, type World } from "./world.ts";

/** A process of ours as the world sees it: it can die or be held up at every call that leaves it. */
export type Process = {
  name: string;
  alive: boolean;
  /** How far its clock is from the true one. */
  skew: number;
  /** Something went wrong for it since it last looked. */
  disturbed: boolean;
  /** The target keeps it waiting, and whether nothing else went wrong for it meanwhile. */
  waits: "calm" | "disturbed" | null;
};

export function disturb(process: Process): void {
  process.disturbed = true;
  if (process.waits !== null) process.waits = "disturbed";
}

type Kind = "ledger" | "target" | "telemetry" | "people";
/** What a dead process waits for. */
const never = (): Promise<never> => new Promise(() => undefined);

export function nowOf(world: World, { skew }: Process): string {
  return iso(world.time.now() + skew);
}

/** A request and its answer, either of which may be late or lost, and the process may die between any two of them. */
export async function call<Answer>(
  world: World,
  process: Process,
  kind: Kind,
  act: () => Answer,
): Promise<Answer> {
  const { chance, weather, time } = world;
  if (kind === "ledger" && isLedgerAway(world, process.name)) {
    if (chance.happens(0.5)) await time.sleep(chance.between(0, 2000));
    return await lost(world, process, kind);
  }
  const troubled = isTroubled(world);
  if (troubled) {
    if (chance.happens(weather.crash)) await die(world, process, `before ${kind}`);
    if (chance.happens(weather.suspended)) await held(world, process, kind);
    if (chance.happens(weather.lostRequest)) return await lost(world, process, kind);
    if (kind === "target" && chance.happens(weather.lateRequest)) {
      arriveLate(world, act);
      return await lost(world, process, kind);
    }
  }
  if (chance.happens(0.3)) await time.sleep(chance.between(1, 3000));
  if (!process.alive) return await never();
  const answer = act();
  if (troubled) {
    if (chance.happens(weather.crash)) await die(world, process, `after ${kind}`);
    if (chance.happens(weather.lostResponse)) return await lost(world, process, kind);
  }
  if (chance.happens(0.2)) await time.sleep(chance.between(1, 2000));
  return process.alive ? answer : await never();
}

async function lost(world: World, process: Process, kind: Kind): Promise<never> {
  await world.time.sleep(world.chance.between(100, 10_000));
  if (!process.alive) return await never();
  disturb(process);
  world.trace?.(`${process.name}: no answer from ${kind}`);
  throw new UserError(`${kind}-unavailable`, `There was no answer from ${kind}.`);
}

async function die(world: World, process: Process, where: string): Promise<never> {
  process.alive = false;
  world.trace?.(`${process.name}: dies ${where}`);
  return await never();
}

/** A machine that stands still and goes on later, as if no time had passed. */
async function held(world: World, process: Process, kind: Kind): Promise<void> {
  const seconds = world.chance.pick([10, 70, 200, 900]);
  disturb(process);
  world.trace?.(`${process.name}: stands still before ${kind} for ${seconds} s`);
  await world.time.sleep(seconds * 1000);
}

function arriveLate(world: World, act: () => unknown): void {
  world.underWay += 1;
  world.time.later(world.chance.pick([5000, 30_000, 120_000]), () => {
    world.underWay -= 1;
    try {
      act();
    } catch (error) {
      // Whoever asked has long stopped listening.
      if (!(error instanceof UserError)) throw error;
    }
  });
}
