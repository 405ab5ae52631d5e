import { atTheEnd } from "./ending.ts";
import { worldsOf } from "./making.ts";
import { arrangePeople } from "./people.ts";
import { release } from "./releases.ts";
import { Broken, brokenBy, type World } from "./world.ts";

export type Outcome = {
  seed: number;
  rollouts: number;
  events: number;
  requests: number;
  ends: string[];
  broken: { invariant: string; sentence: string } | null;
};

/** Without any trouble, everything has ended by then. */
const patienceMs = 24 * 3600_000;

export async function simulate(
  seed: number,
  trace: ((line: string) => void) | null = null,
): Promise<Outcome> {
  const worlds = worldsOf(seed, trace);
  let broken: Broken | null = null;
  try {
    for (const world of worlds) arrange(world);
    broken = await brokenIn(worlds);
    if (broken === null) for (const world of worlds) atTheEnd(world);
  } catch (error) {
    broken = brokenBy(error);
  }
  const told = worlds.flatMap(({ oracle }) => [...oracle.rollouts.values()]);
  const sum = (count: (world: World) => number): number =>
    worlds.reduce((total, world) => total + count(world), 0);
  return {
    seed,
    rollouts: told.length,
    events: sum(({ ledger }) => ledger.read().events.length),
    requests: sum(({ oracle }) => oracle.facts.requests),
    ends: told.map(({ outcome }) => outcome?.body.outcome ?? "open"),
    broken: broken && { invariant: broken.invariant, sentence: broken.message },
  };
}

function arrange(world: World): void {
  world.trace?.(JSON.stringify(world.weather));
  arrangePeople(world);
  release(world, 0);
}

async function brokenIn(worlds: readonly World[]): Promise<Broken | null> {
  const [first] = worlds;
  if (first === undefined) return null;
  const isDone = (): boolean => {
    let over = true;
    for (const world of worlds) {
      if (world.oracle.failed() !== null) return true;
      over &&= world.over;
    }
    return over;
  };
  const end = await first.time.run(isDone, first.healAt + patienceMs);
  const broken = worlds.map(({ oracle }) => oracle.failed()).find((one) => one !== null) ?? null;
  if (broken !== null || end === "done") return broken;
  return new Broken("everything ends", `Nothing has ended: ${end}.`);
}
