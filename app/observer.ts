import type { Command } from "../core/commands/parse.ts";
import type { Decision } from "../core/decision/shape.ts";

/** Told of what the work on a delivery does, for metrics and traces; it changes nothing of it. */
export type Observer = {
  /** A part of the work that is worth a line of its own in a trace. */
  span<Result>(name: string, act: () => Promise<Result>): Promise<Result>;
  decided(decision: Decision): void;
  answered(command: Command["kind"], done: boolean): void;
};

export const unobserved: Observer = {
  span: (_, act) => act(),
  decided: () => undefined,
  answered: () => undefined,
};
