import { UserError } from "../../core/errors.ts";
import type { Around, Look } from "../../core/rollout/around.ts";
import type { Driving } from "../../core/rollout/drive.ts";
import type { Journal, JournalEntry } from "../../core/rollout/journal.ts";
import { call, nowOf, type Process } from "./calls.ts";
import { isTroubled, releaseOf, type World } from "./world.ts";

/** A run of ours: the real core, and between it and the world everything that can go wrong. */
export function processOf(world: World, name: string): Process {
  const { skewSeconds } = world.weather;
  const skew = skewSeconds === 0 ? 0 : Math.round(world.chance.between(-skewSeconds, skewSeconds) * 1000);
  return { name, alive: true, skew, disturbed: false };
}

export function aroundOf(world: World, process: Process): Around {
  const { weather, oracle, ledger, target } = world;
  const now = () => nowOf(world, process);
  return {
    stream: world.stream,
    ledger: {
      streams: () => call(world, process, "ledger", () => [world.stream]),
      head: () => call(world, process, "ledger", () => ledger.read().head),
      read: () => {
        const at = now();
        return call(world, process, "ledger", () => {
          const chain = ledger.read();
          oracle.read(world, process, chain, at);
          return chain;
        });
      },
      append: (_, events, expected) =>
        call(world, process, "ledger", () => {
          const written = disturbing(process, () => ledger.append(events, expected));
          oracle.appended(world, process, written, ledger.read());
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
    people: { tell: () => call(world, process, "people", () => undefined) },
    holder: process.name,
    actor: process.name,
    leaseSeconds: weather.leaseSeconds,
    pollSeconds: weather.pollSeconds,
    freshSeconds: weather.freshSeconds,
    journal: journalOf(world, process),
    now,
    nonce: world.nonce,
    retry: { attempts: 5, random: world.chance.uniform, wait: world.time.sleep },
  };
}

function disturbing<Result>(process: Process, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    process.disturbed = true;
    throw error;
  }
}

export function drivingOf(world: World, process: Process, leaves: boolean): Driving {
  return {
    progress: (turn) => world.trace?.(`${process.name}: ${turn.code} ${turn.sentence}`),
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
