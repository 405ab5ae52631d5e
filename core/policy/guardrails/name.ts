import type { ChangeFacts } from "../../change/facts.ts";
import type { Value } from "./tree.ts";

/** What the decision at hand knows beside the facts. */
export type Decided = {
  risk_score: number;
  band_score: number;
  worst_score: number;
  rank?: number | undefined;
  probability?: number | undefined;
  strategy: string;
  mode: string;
  environment: string;
  service?: string | undefined;
};

export type Unit =
  | "score"
  | "count"
  | "share"
  | "percent"
  | "milliseconds"
  | "duration"
  | "days"
  | "per second"
  | "times";

type Meaning = {
  type: "number" | "text" | "boolean" | "list";
  unit?: Unit;
  least?: number;
  most?: number;
  values?: readonly string[];
  meaning: string;
  /** A second spelling, written the same way in the tree. */
  alias?: string;
};
type Read = (facts: ChangeFacts, decided: Decided) => Value | null | undefined;

/** Names of the decision carry how to read them, so that none can be listed and not known. */
export type NameSpec = Meaning &
  ({ phase: "decision" | "both"; read: Read } | { phase: "rollout"; read?: undefined });

export function decision(meaning: Meaning, read: Read): NameSpec {
  return { ...meaning, phase: "decision", read };
}
export function either(meaning: Meaning, read: Read): NameSpec {
  return { ...meaning, phase: "both", read };
}
export function rollout(meaning: Meaning): NameSpec {
  return { ...meaning, phase: "rollout" };
}
export function score(meaning: string): Meaning {
  return { type: "number", unit: "score", least: 0, most: 100, meaning };
}
export function count(meaning: string): Meaning {
  return { type: "number", unit: "count", least: 0, meaning };
}
export function share(meaning: string): Meaning {
  return { type: "number", unit: "share", least: 0, most: 1, meaning };
}
export function percent(meaning: string, bounds: { least?: number; most?: number } = {}): Meaning {
  return { type: "number", unit: "percent", ...bounds, meaning };
}
export function days(meaning: string): Meaning {
  return { type: "number", unit: "days", least: 0, meaning };
}
export function milliseconds(meaning: string): Meaning {
  return { type: "number", unit: "milliseconds", least: 0, meaning };
}
export function text(meaning: string, values?: readonly string[]): Meaning {
  return values === undefined ? { type: "text", meaning } : { type: "text", values, meaning };
}
export function yesNo(meaning: string): Meaning {
  return { type: "boolean", meaning };
}
export function list(meaning: string, values?: readonly string[]): Meaning {
  return values === undefined ? { type: "list", meaning } : { type: "list", values, meaning };
}
