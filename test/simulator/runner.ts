import { UserError } from "../../core/errors.ts";
import type { Around, Look } from "../../core/rollout/around.ts";
import type { Driving } from "../../core/rollout/drive.ts";
import type { Journal, JournalEntry } from "../../core/rollout/journal.ts";
import type { Mark } from "../../core/rollout/observed.ts";
import { call, disturb, nowOf, type Process } from "./calls.ts";
import { hears } from "./environment.ts";
import { believes } from "./making.ts";
import { isTroubled, releaseOf, type World, worldAt } from "./world.ts";

/** A run of ours: the real core, and between it and the world everything that can go wrong. */
export function processOf(world: World, name: string): Process {
  const { skewSeconds } = world.weather;
  const skew = skewSeconds === 0 ? 0 : Math.round(world.chance.between(-skewSeconds, skewSeconds) * 1000);
  return { name, alive: true, skew, disturbed: false, waits: null };
}

export function aroundOf(world: World, process: Process): Around {
  const { weather, oracle, target, chance } = world;
  const now = () => nowOf(world, process);
  return {
    stream: world.stream,
    ledger: {
      streams: () => call(world, process, "ledger", () => world.all.map(({ stream }) => stream)),
      head: (stream) => call(world, process, "ledger", () => worldAt(world, stream).ledger.read().head),
      read: (stream) => {
        const at = now();
        const there = worldAt(world, stream);
        return call(world, process, "ledger", () => {
          const chain = there.ledger.read();
          there.oracle.read(there, process, chain, at);
          return chain;
        });
      },
      append: (stream, events, expected) =>
        call(world, process, "ledger", () => {
          const there = worldAt(world, stream);
          const written = disturbing(process, () => there.ledger.append(events, expected));
          there.oracle.appended(there, process, written, there.ledger.read());
          return written;
        }),
    },
    target: {
      traits: { fenced: weather.fenced, freezes: weather.freezes },
      can: async () => [],
      observe: async () => {
        let at = 0;
        const observed = await call(world, process, "target", () => {
          at = world.time.now();
          return target.observe();
        });
        oracle.looked(world, process, observed, at);
        return observed;
      },
      apply: async (plan, effect, mark) => {
        oracle.asking(world, process, plan, effect, mark);
        await call(world, process, "target", () => {
          const before = target.heading();
          disturbing(process, () => target.apply(plan, effect, mark));
          oracle.accepted(world, process, plan, effect, mark, before);
        });
        if (chance.happens(weather.slowAnswer)) await keptWaiting(world, process, mark);
      },
      keepOff: async () => undefined,
    },
    evidence: {
      look: (state, step, since) =>
        call(world, process, "telemetry", () =>
          lookOf(
            world,
            state.plan.rollout,
            state.plan.candidate.id,
            step,
            Date.parse(now()) - Date.parse(since),
          ),
        ),
    },
    approvals: {
      look: () =>
        call(world, process, "people", () =>
          world.time.now() < world.approvedAt ? null : { by: "ada", reason: "It looks well." },
        ),
    },
    people: {
      tell: async ({ plan }, notice) => {
        oracle.unheard.add(process.name);
        await call(world, process, "people", () => {
          if (weather.deaf) throw new UserError("people-unavailable", "There is nobody to tell.");
          hears(world, process, plan.rollout, notice);
        });
        oracle.unheard.delete(process.name);
        return undefined;
      },
    },
    rules: world.rules,
    ...(weather.forgeries > 0 ? { believes } : {}),
    holder: process.name,
    actor: process.name,
    leaseSeconds: weather.leaseSeconds,
    pollSeconds: weather.pollSeconds,
    freshSeconds: weather.freshSeconds,
    journal: journalOf(world, process),
    now,
    pause: (milliseconds, over) =>
      new Promise((resolve) => {
        world.time.later(milliseconds, resolve);
        over.addEventListener("abort", () => resolve());
      }),
    nonce: world.nonce,
    retry: { attempts: 5, random: world.chance.uniform, wait: world.time.sleep },
  };
}

/** Some targets answer only once they are there, which may be long after the lease would have run out. */
async function keptWaiting(world: World, process: Process, mark: Mark): Promise<void> {
  world.trace?.(`${process.name}: is kept waiting by the target`);
  process.waits = world.oracle.isPastLedger(process, mark) ? null : "calm";
  world.oracle.waits(world, process);
  await world.time.sleep(world.chance.between(0, 3000 * world.weather.leaseSeconds));
  process.waits = null;
  if (!process.alive) await new Promise(() => undefined);
}

function disturbing<Result>(process: Process, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    disturb(process);
    throw error;
  }
}

export function drivingOf(world: World, process: Process, leaves: boolean): Driving {
  return {
    progress: (turn) => {
      world.trace?.(`${process.name}: ${turn.code} ${turn.sentence} ${turn.unheard ?? ""}`);
      world.oracle.turned(world, process, turn);
    },
    sleep: async (milliseconds) => {
      // Some machines sleep a little longer.
      await world.time.sleep(milliseconds + world.chance.between(0, 50));
      if (!process.alive) await new Promise(() => undefined);
    },
    stopped: () => world.over,
    until: ({ code }) => leaves && code === "standing",
  };
}

/** On the run's own disk: what was written there is there after a crash. */
function journalOf({ oracle }: World, { name }: Process): Journal {
  const entries: JournalEntry[] = oracle.journals.get(name) ?? [];
  oracle.journals.set(name, entries);
  return {
    read: async () => [...entries],
    write: async (entry) => {
      entries.push(entry);
    },
  };
}

/** Telemetry of a step: nothing for a while, then a word that fits the candidate more often than not. */
function lookOf(world: World, rollout: string, candidate: string, step: number, waited: number): Look {
  const { chance, weather } = world;
  const { badFrom } = releaseOf(world, candidate);
  const bad = badFrom !== null && step >= badFrom;
  if (isTroubled(world) && chance.happens(weather.gap)) {
    if (chance.happens(0.5)) throw new UserError("telemetry-unavailable", "The store does not answer.");
    return notYet(world);
  }
  if (bad && chance.happens(0.2)) return word("rollback", "evidence-of-harm");
  if (!(waited >= windowsMilliseconds)) return notYet(world);
  const odd = chance.uniform();
  if (bad)
    return odd < 0.75
      ? word("rollback", "evidence-of-harm")
      : odd < 0.9
        ? word("hold", "no-data")
        : word("slow", "marginal");
  if (isTroubled(world) && odd < 0.08) return odd < 0.04 ? word("hold", "no-data") : word("slow", "marginal");
  world.oracle.gate(world, rollout, step);
  return word("promote", "healthy");
}

const windowsMilliseconds = 60_000;

function notYet(world: World): Look {
  return {
    final: false,
    again: new Date(world.time.now() + 15_000).toISOString(),
    sentence: "It is too early.",
  };
}

function word(verdict: "promote" | "slow" | "hold" | "rollback", reason_code: string): Look {
  return { final: true, verdict: { verdict, reason_code, reason: "It is so.", at_window: 2 } };
}
