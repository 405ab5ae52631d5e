import type { Rollouts } from "../../core/rollout/fold-stream.ts";
import type { Mark } from "../../core/rollout/observed.ts";
import type { StopRules } from "../../core/rollout/stops.ts";
import type { Chance } from "./chance.ts";
import type { TrueLedger } from "./ledger.ts";
import type { Oracle } from "./oracle.ts";
import type { TrueTarget } from "./target.ts";
import type { VirtualTime } from "./time.ts";
import type { Release, Weather } from "./weather.ts";

/** One service in a simulated environment: what truly is, whatever its runners believe. */
export type World = {
  seed: number;
  chance: Chance;
  weather: Weather;
  releases: Release[];
  rules: StopRules;
  time: VirtualTime;
  ledger: TrueLedger;
  target: TrueTarget;
  oracle: Oracle;
  service: string;
  stream: string;
  /** Every service of the environment, this one among them. */
  all: World[];
  /** What people heard of the stop of the environment, and when: each is heard once. */
  pages: Map<string, number>;
  /** What follows from the ledger as it truly stands. */
  rollouts(): Rollouts;
  healAt: number;
  outages: { from: number; to: number; who: string | null }[];
  /** When somebody approves the cut-over. */
  approvedAt: number;
  /** Requests that are still on their way to the target. */
  underWay: number;
  /** Its last release has ended, and somebody had a last look at it. */
  rests: boolean;
  over: boolean;
  trace: ((line: string) => void) | null;
  nonce(): string;
};

export type Stale = { mark: Mark; seen: Map<string, number> };

/** The clock is asked many times in one instant. */
let lastInstant = Number.NaN;
let lastText = "";
export function iso(milliseconds: number): string {
  if (milliseconds !== lastInstant) {
    lastInstant = milliseconds;
    lastText = new Date(milliseconds).toISOString();
  }
  return lastText;
}

export function isTroubled({ time, healAt }: World): boolean {
  return time.now() < healAt;
}

export function isLedgerAway({ time, outages }: World, who: string): boolean {
  const now = time.now();
  return outages.some(
    (outage) => now >= outage.from && now < outage.to && (outage.who === null || outage.who === who),
  );
}

export function worldAt(world: World, stream: string): World {
  const found = world.all.find((one) => one.stream === stream);
  if (found === undefined) throw new TypeError(`There is no ${stream}.`);
  return found;
}

export function releaseOf(world: World, candidate: string): Release {
  const found = world.releases.find((release) => release.candidate === candidate);
  if (found === undefined) throw new TypeError(`Nobody releases ${candidate}.`);
  return found;
}

export function brokenBy(error: unknown): Broken {
  if (error instanceof Broken) return error;
  return new Broken("no surprise", error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** The first thing that must never be and was. */
export class Broken extends Error {
  readonly invariant: string;

  constructor(invariant: string, sentence: string) {
    super(sentence);
    this.name = "Broken";
    this.invariant = invariant;
  }
}
