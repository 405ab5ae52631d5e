import { UserError } from "../../core/errors.ts";
import { drive } from "../../core/rollout/drive.ts";
import { open } from "../../core/rollout/open.ts";
import type { NewPlan } from "../../core/rollout/plan.ts";
import type { Process } from "./calls.ts";
import { heardOfStop } from "./environment.ts";
import { aroundOf, drivingOf, processOf } from "./runner.ts";
import type { Release } from "./weather.ts";
import { Broken, type World } from "./world.ts";

/** One release after another: each is opened by one or several runs, and watched by whoever comes by. */
export function release(world: World, index: number): void {
  const { chance, time, weather } = world;
  const wanted = world.releases[index];
  if (wanted === undefined) {
    lastLook(world, 0);
    return;
  }
  world.trace?.(`${world.service}: releases ${JSON.stringify(wanted)}`);
  const plan = planOf(world, wanted);
  const before = world.oracle.rollouts.size;
  let refused = false;
  const names: string[] = [];
  const alive = new Set<string>();
  let count = 0;
  const begin = (delay: number): void => {
    count += 1;
    const name = `${world.service}-${index + 1}-${count}`;
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

function jump(world: World, process: Process): void {
  world.time.later(world.chance.between(0, world.healAt - world.time.now()), () => {
    world.oracle.facts.jumped = true;
    process.skew += world.chance.pick([-3600_000, -60_000, 60_000, 3600_000]);
  });
}

async function run(world: World, process: Process, plan: NewPlan): Promise<"refused" | "left"> {
  const around = aroundOf(world, process);
  try {
    const opened = await open(plan, around);
    if ("refused" in opened) {
      world.trace?.(`${process.name}: refused ${JSON.stringify(opened.refused)}`);
      const stop = opened.refused.find(({ code }) => code === "environment-stopped");
      if (stop !== undefined) heardOfStop(world, stop.sentence, world.time.now());
      const busy = opened.refused.every(
        ({ code }) => code === "ledger-busy" || code === "rollout-in-progress",
      );
      return busy ? "left" : "refused";
    }
    await driven(world, process, opened.rollout, world.chance.happens(0.7));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    world.trace?.(`${process.name}: leaves, ${error.message}`);
    if (error.reasonCode === "people-unavailable")
      throw new Broken("nothing waits for people", `${process.name} leaves it: ${error.message}`);
  }
  return "left";
}

async function driven(world: World, process: Process, rollout: string, leaves: boolean): Promise<void> {
  const turn = await drive(rollout, aroundOf(world, process), drivingOf(world, process, leaves));
  const outcome = world.oracle.rollouts.get(rollout)?.outcome;
  if (turn.code === "ended" && turn.state.turned?.automatic === true && outcome)
    heardOfStop(world, turn.unheard ?? "", outcome.at);
}

/** Whoever comes by once everything has ended and nothing is on its way any more. */
function lastLook(world: World, attempt: number): void {
  const { time, oracle, all } = world;
  time.later(200_000, () => {
    // Machines that stood still go on behind the end of all trouble, while the neighbours are still at it.
    const calm = world.healAt + (all.length > 1 ? longestStandMs : 0);
    if (time.now() < calm || world.underWay > 0) return lastLook(world, attempt);
    const last = oracle.last();
    if (last === undefined) return rest(world);
    const process = processOf(world, `watchdog-${world.service}-${attempt}`);
    const ends = (): void => {
      // A run of long ago may have opened another one meanwhile.
      if (oracle.last()?.outcome === null) lastLook(world, attempt + 1);
      else rest(world);
    };
    driven(world, process, last.plan.rollout, true).then(ends, (error) => oracle.fail(error));
  });
}

const longestStandMs = 1_000_000;

/** Over is what is over everywhere. */
function rest(world: World): void {
  const { all } = world;
  world.rests = true;
  if (all.every(({ rests }) => rests)) for (const one of all) one.over = true;
}

function planOf(world: World, wanted: Release): NewPlan {
  const { stable } = world.target.heading();
  return {
    schema_version: 1,
    service: world.service,
    environment: "production",
    target: "simulated",
    candidate: { id: wanted.candidate },
    stable: stable === null ? null : { id: stable },
    back_within_seconds: 120,
    freezes: world.weather.freezes,
    ...wanted.plan,
  };
}
