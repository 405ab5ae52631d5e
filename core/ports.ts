import type { Buckets } from "./analysis/measurements.ts";
import type { LedgerEvent, NewEvent } from "./evidence/event.ts";
import type { Fault } from "./evidence/fault.ts";
import type { TargetEffect } from "./rollout/effect.ts";
import type { HandsOff, Mark, Observed } from "./rollout/observed.ts";
import type { RolloutPlan } from "./rollout/plan.ts";

/** What the core asks of the world. A port arrives with its first adapter. */

/** The last event of a stream; null stands for a stream that holds none. */
export type Head = { sequence: number; hash: string };

/** The chain of one stream (see evidence/stream.ts), or what stands of it: the events before the first fault. */
export type Chain = {
  stream: string;
  events: LedgerEvent[];
  head: Head | null;
  fault?: Fault;
  /** What stands at the fault and behind it and can be read: shown to auditors, believed by nobody. */
  unverified?: LedgerEvent[];
};

/** One filled-in query over windows of equal length; each point stands at the end of its window. */
export type TelemetryQuestion = {
  /** How errors and evidence call it, for example `error-rate.bad of candidate`. */
  name: string;
  query: string;
  /** `buckets` is answered with counts between edges, whatever form the store keeps its histograms in. */
  form: "value" | "buckets";
  /** End of the first window and of the last, in seconds of Unix time. */
  firstEnd: number;
  lastEnd: number;
  stepSeconds: number;
};

/** `null` where the store holds nothing for the window: never zero. */
export type TelemetryAnswer = {
  values: (number | null)[];
  buckets: (Buckets | null)[];
  /** What the store or the adapter says about the answer, for example that it is partial. */
  warnings: string[];
  /** True where parts may be missing: what rests on it is unknown. */
  partial: boolean;
};

export type Telemetry = {
  /** Throws a UserError (`telemetry-…`) where the store cannot be asked or answers nonsense. */
  read(question: TelemetryQuestion): Promise<TelemetryAnswer>;
  /** Seconds that the store keeps, where it tells. */
  retentionSeconds(): Promise<number | undefined>;
  /** Values that a label had in the series of a selector between two times, each once and in order. */
  labelValues(question: LabelQuestion): Promise<string[]>;
  /** Names of the labels that the series of a selector had between two times; none where there are no series. */
  labelNames(question: Omit<LabelQuestion, "label">): Promise<string[]>;
};

export type LabelQuestion = { label: string; selector: string; fromSeconds: number; toSeconds: number };

export type Ledger = {
  /** Every stream that the ledger holds events of. */
  streams(): Promise<string[]>;
  /** The last event alone, which costs the same however long the stream is. */
  head(stream: string): Promise<Head | null>;
  /** The whole chain, checked. A tampered chain is an answer (`fault`), not an error. */
  read(stream: string): Promise<Chain>;
  /**
   * Appends behind `expected` and gives the events as sealed, or throws HeadMoved (evidence/head-moved.ts), in
   * which case nothing was written. Several events of one call are written together or not at all.
   */
  append(stream: string, events: NewEvent[], expected: Head | null): Promise<LedgerEvent[]>;
};

/** What a target cannot do of a plan, before anything moves. */
export type Refusal = { code: string; sentence: string };

/**
 * Something that runs a service and can give a part of it to another version. It converges to each effect: asked
 * twice, it does nothing the second time. Throws a UserError: `target-unavailable` where asking again may help,
 * `target-refused` where it does not, `overtaken` where the target itself knows of a higher number of the lease.
 */
export type Target = {
  /**
   * fenced: it refuses a write under a lease's number that was overtaken. freezes: it moves by itself once asked.
   * fleet: it is made of devices, which all can be taken back, whoever gave them what they have.
   */
  readonly traits: { fenced: boolean; freezes: boolean; fleet?: true };
  can(plan: RolloutPlan): Promise<Refusal[]>;
  observe(plan: RolloutPlan): Promise<Observed>;
  /**
   * The mark stands on the target before the effect does. Answers once it is asked for; where the target cannot do
   * otherwise, once it is reached: the lease is renewed meanwhile.
   */
  apply(plan: RolloutPlan, effect: TargetEffect, mark: Mark): Promise<void>;
  /** Tells all automation to stay away, or that it may come back (null). */
  keepOff(plan: RolloutPlan, handsOff: HandsOff | null): Promise<void>;
  /** What `apply` would ask for as the target stands, a line each: for a plan that is only looked at. Changes nothing. */
  requests?(plan: RolloutPlan, effect: TargetEffect): Promise<string[]>;
};
