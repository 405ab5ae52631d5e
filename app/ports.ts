import type { Database } from "../adapters/database/database.ts";
import type { GitHubClient } from "../adapters/github/client.ts";
import type { Decision } from "../core/decision/shape.ts";
import type { Ledger } from "../core/ports.ts";
import type { Observer } from "./observer.ts";
import type { ReadTraffic } from "./traffic.ts";

/** What is done on GitHub and cannot be undone. */
export type Effect<Result> = {
  /** The same for every attempt, for example "gate 4711 production". */
  key: string;
  act(): Promise<Result>;
  /** Asked where an earlier attempt ended in between: what it left, or undefined where it left nothing. */
  find(): Promise<Result | undefined>;
};

/** What the work on one delivery, or on one timer, is given. */
export type Work = {
  installation: number;
  /** Asks GitHub as this installation. */
  client: GitHubClient;
  database: Database;
  /** The App's ledger of one repository, "owner/name". */
  ledger(repository: string): Ledger;
  now: Date;
  /** Aborted where another process may have taken the lane over: nothing may be written any more. */
  signal: AbortSignal;
  warn(sentence: string): void;
  observer: Observer;
  /** Reads requests a second and error budget; absent where the App has no telemetry. */
  traffic?: ReadTraffic;
  /** Runs an effect once, whatever dies in between: intent before, result after. Undefined: it was done before. */
  once<Result>(effect: Effect<Result>): Promise<Result | undefined>;
  /** Has a lane looked at again at a moment: the kept payload arrives as the event "timer". A later call moves it. */
  later(timer: Timer, at: Date): Promise<void>;
};

export type Timer = {
  /** What is to happen, and to what: one timer a key. */
  key: string;
  lane: string;
  installation: number;
  payload: TimerPayload;
};
export type TimerPayload = { kind: "settle" | "gate" | "group" | "rollout"; repository: string } & Record<
  string,
  string | number
>;

/** Told of every decision that is made, for the demo. */
export type Tell = (decision: Decision) => void;

/** One webhook's handler; several may answer to one event. */
export type Handler = (payload: unknown, work: Work) => Promise<void>;

/** The App as it knows itself. */
export type AppIdentity = { id: string; slug: string };
