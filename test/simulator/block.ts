import { hurryInstants } from "./instants.ts";
import { type Outcome, simulate } from "./simulate.ts";

/** Seeds one after another, and what came of them. */
export type Block = { from: number; seeds: number };
export type Found = { seed: number } & NonNullable<Outcome["broken"]>;
export type Tally = {
  seeds: number;
  rollouts: number;
  events: number;
  ends: Record<string, number>;
  found: Found[];
};

hurryInstants();

/** `all`: goes on behind a seed that breaks a promise. */
export async function runBlock({ from, seeds }: Block, all: boolean, trace = false): Promise<Tally> {
  const tally: Tally = { seeds: 0, rollouts: 0, events: 0, ends: {}, found: [] };
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { rollouts, events, ends, broken } = await simulate(seed, trace ? console.log : null);
    tally.seeds += 1;
    tally.rollouts += rollouts;
    tally.events += events;
    for (const end of ends) tally.ends[end] = (tally.ends[end] ?? 0) + 1;
    if (broken !== null) tally.found.push({ seed, ...broken });
    if (broken !== null && !all) break;
  }
  return tally;
}

export function blocksOf(from: number, seeds: number, size = 200): Block[] {
  return Array.from({ length: Math.ceil(seeds / size) }, (_, index) => ({
    from: from + index * size,
    seeds: Math.min(size, seeds - index * size),
  }));
}

export function add(sum: Tally, one: Tally): void {
  sum.seeds += one.seeds;
  sum.rollouts += one.rollouts;
  sum.events += one.events;
  for (const [end, count] of Object.entries(one.ends)) sum.ends[end] = (sum.ends[end] ?? 0) + count;
  sum.found.push(...one.found);
}
