import { UserError } from "../../core/errors.ts";
import { drive } from "../../core/rollout/drive.ts";
import { open } from "../../core/rollout/open.ts";
import type { NewPlan } from "../../core/rollout/plan.ts";
import { chanceOf } from "./chance.ts";
import { atTheEnd } from "./ending.ts";
import { trueLedger } from "./ledger.ts";
import { oracleOf } from "./oracle.ts";
import { arrangePeople } from "./people.ts";
import { aroundOf, drivingOf, processOf } from "./runner.ts";
import { trueTarget } from "./target.ts";
import { virtualTime } from "./time.ts";
import { type Release, releasesOf, weatherOf } from "./weather.ts";
import { Broken, brokenBy, type World } from "./world.ts";

export type Outcome = {
  seed: number;
  rollouts: number;
  events: number;
  requests: number;
  ends: string[];
  broken: { invariant: string; sentence: string } | null;
};

const start = Date.parse("2026-11-21T10:00:00.000Z");
const stream = "production/shop";
/** Without any trouble, everything has ended by then. */
const patienceMs = 24 * 3600_000;

export async function simulate(
  seed: number,
  trace: ((line: string) => void) | null = null,
): Promise<Outcome> {
  const world = worldOf(seed, trace);
  let broken: Broken | null = null;
  try {
    arrange(world);
    const end = await world.time.run(
      () => world.over || world.oracle.failed() !== null,
      world.healAt + patienceMs,
    );
    broken = world.oracle.failed();
    if (broken === null && end !== "done")
      broken = new Broken("everything ends", `Nothing has ended: ${end}.`);
    if (broken === null) atTheEnd(world);
  } catch (error) {
    broken = brokenBy(error);
  }
  const rollouts = [...world.oracle.rollouts.values()];
  return {
    seed,
    rollouts: rollouts.length,
    events: world.ledger.read().events.length,
    requests: world.oracle.facts.requests,
    ends: rollouts.map(({ outcome }) => outcome?.body.outcome ?? "open"),
    broken: broken && { invariant: broken.invariant, sentence: broken.message },
  };
}

function worldOf(seed: number, trace: World["trace"]): World {
  const chance = chanceOf(seed);
  const weather = weatherOf(chance, seed);
  const time = virtualTime(start);
  const healAt = start + weather.healSeconds * 1000;
  const releases = releasesOf(chance);
  let nonces = 0;
  const world: World = {
    seed,
    chance,
    weather,
    releases,
    rules: {
      quarantineSeconds: 1800,
      breaker: { rollbacks: 2, withinSeconds: 7200 },
      environment: { rollbacks: 5, withinSeconds: 3600 },
    },
    time,
    ledger: trueLedger(stream, weather.sealed),
    target: trueTarget(
      { fenced: weather.fenced, stable: "v1" },
      {
        now: time.now,
        chance,
        trouble: () => (time.now() < healAt ? weather : null),
        crashLoops: (id) => {
          const release = releases.find(({ candidate }) => candidate === id);
          return release !== undefined && release.badFrom !== null && release.crashLoops;
        },
      },
    ),
    oracle: oracleOf(),
    stream,
    healAt,
    outages: [],
    approvedAt: start + chance.between(0, 3600_000),
    underWay: 0,
    over: false,
    trace: trace && ((line) => trace(`${new Date(time.now()).toISOString().slice(11, 23)} ${line}`)),
    nonce: () => {
      nonces += 1;
      return `${seed}-nonce-of-sixteen-${nonces}`;
    },
  };
  for (let count = 0; count < weather.outages; count += 1) {
    const from = start + chance.between(0, weather.healSeconds * 1000);
    const to = Math.min(healAt, from + chance.between(1, weather.outageSeconds * 1000));
    world.outages.push({ from, to, who: chance.happens(0.3) ? `ci-${chance.whole(1, 3)}` : null });
  }
  return world;
}

function arrange(world: World): void {
  world.trace?.(JSON.stringify(world.weather));
  arrangePeople(world);
  release(world, 0);
}

/** One release after another: each is opened by one or several runs, and watched by whoever comes by. */
function release(world: World, index: number): void {
  const { chance, time, weather } = world;
  const wanted = world.releases[index];
  if (wanted === undefined) {
    lastLook(world, 0);
    return;
  }
  world.trace?.(`ci: releases ${JSON.stringify(wanted)}`);
  const plan = planOf(world, wanted);
  const before = world.oracle.rollouts.size;
  let refused = false;
  const names: string[] = [];
  const alive = new Set<string>();
  let count = 0;
  const begin = (delay: number): void => {
    count += 1;
    const name = `ci-${index + 1}-${count}`;
    names.push(name);
    alive.add(name);
    time.later(delay, () => {
      const process = processOf(world, name);
      if (weather.jumps > 0 && chance.happens(0.5)) jump(world, process);
      run(world, process, plan).then(
        (was) => {
          alive.delete(name);
          if (was === "refused") refused = true;
        },
        (error) => world.oracle.fail(error),
      );
    });
  };
  for (let runner = 0; runner < weather.runners; runner += 1) begin(chance.between(0, 30_000));
  const watch = (): void => {
    if (world.over) return;
    const last = world.oracle.last();
    const opened = world.oracle.rollouts.size > before;
    if (opened ? last?.outcome !== null : refused) {
      release(world, index + 1);
      return;
    }
    // Runs that died are started again; those that only stand are joined by another now and then.
    const most = time.now() < world.healAt ? weather.runners + 1 : 2;
    if (alive.size < most || chance.happens(0.1)) begin(0);
    for (const name of names) if (chance.happens(0.05)) alive.delete(name);
    time.later(chance.between(60_000, 200_000), watch);
  };
  time.later(chance.between(60_000, 200_000), watch);
}

function jump(world: World, process: { skew: number }): void {
  world.time.later(world.chance.between(0, world.healAt - world.time.now()), () => {
    world.oracle.facts.jumped = true;
    process.skew += world.chance.pick([-3600_000, -60_000, 60_000, 3600_000]);
  });
}

async function run(
  world: World,
  process: ReturnType<typeof processOf>,
  plan: NewPlan,
): Promise<"refused" | "left"> {
  const around = aroundOf(world, process);
  try {
    const opened = await open(plan, around, world.rules);
    if ("refused" in opened) {
      world.trace?.(`${process.name}: refused ${JSON.stringify(opened.refused)}`);
      const busy = opened.refused.every(
        ({ code }) => code === "ledger-busy" || code === "rollout-in-progress",
      );
      return busy ? "left" : "refused";
    }
    await drive(opened.rollout, around, drivingOf(world, process, world.chance.happens(0.7)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    world.trace?.(`${process.name}: leaves, ${error.message}`);
  }
  return "left";
}

/** Whoever comes by once everything has ended and nothing is on its way any more. */
function lastLook(world: World, attempt: number): void {
  const { time, oracle } = world;
  const last = oracle.last();
  time.later(200_000, () => {
    const early = time.now() < world.healAt || world.underWay > 0;
    if (early) return lastLook(world, attempt);
    if (last === undefined) {
      world.over = true;
      return;
    }
    const process = processOf(world, `watchdog-${attempt}`);
    const ends = (): void => {
      // A run of long ago may have opened another one meanwhile.
      if (oracle.last()?.outcome === null) lastLook(world, attempt + 1);
      else world.over = true;
    };
    drive(last.plan.rollout, aroundOf(world, process), drivingOf(world, process, true)).then(ends, (error) =>
      oracle.fail(error),
    );
  });
}

function planOf(world: World, wanted: Release): NewPlan {
  const { stable } = world.target.heading();
  return {
    schema_version: 1,
    service: "shop",
    environment: "production",
    target: "simulated",
    candidate: { id: wanted.candidate },
    stable: stable === null ? null : { id: stable },
    back_within_seconds: 120,
    freezes: world.weather.freezes,
    ...wanted.plan,
  };
}
