import type { Mark } from "../../core/rollout/observed.ts";
import type { StopRules } from "../../core/rollout/stops.ts";
import type { Chance } from "./chance.ts";
import type { TrueLedger } from "./ledger.ts";
import type { Oracle } from "./oracle.ts";
import type { TrueTarget } from "./target.ts";
import type { VirtualTime } from "./time.ts";
import type { Release, Weather } from "./weather.ts";

/** One simulated world: what truly is, whatever its runners believe. */
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
  stream: string;
  healAt: number;
  outages: { from: number; to: number; who: string | null }[];
  /** When somebody approves the cut-over. */
  approvedAt: number;
  /** Requests that are still on their way to the target. */
  underWay: number;
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
