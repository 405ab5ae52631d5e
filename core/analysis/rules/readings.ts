import type { Reading } from "../../policy/guardrails/index.ts";
import { hasBaseline, nameSpec } from "../../policy/guardrails/names.ts";
import { rounded } from "../../render/numbers.ts";
import { wilsonInterval } from "../../stats/wilson-interval.ts";
import { badShare, type Counts } from "./counts.ts";

export type Readings = (name: string) => Reading | undefined;

/** The least bad and the worst that a true value may be. */
export type Bounds = { mildest: number; gravest: number };
/** What is sure of a value that rests on counted events; an arm is absent where it has none. */
export type Sure = { candidate?: Bounds | undefined; baseline?: Bounds | undefined };
/** What was measured of a name in a window. */
export type Measured = (name: string) => Reading | Sure | undefined;

/** Of the whole service: what a breach of these says of the baseline alone, nobody knows. */
const ofTheService: readonly string[] = ["burn_rate", "error_budget_left"];

const complements = new Map([
  ["canary.error_rate", "canary.success_rate"],
  ["canary.success_rate", "canary.error_rate"],
]);

/** Where only one of errors and successes was measured, the other follows from it. */
function withComplements(reading: Readings): Readings {
  return (name) => {
    const direct = reading(name);
    const complement = complements.get(name);
    if (direct !== undefined || complement === undefined) return direct;
    const other = reading(complement);
    if (typeof other === "number") return 1 - other;
    if (typeof other !== "object" || !("canary" in other)) return undefined;
    const { canary, baseline } = other;
    return { canary: 1 - canary, baseline: baseline === undefined ? undefined : 1 - baseline };
  };
}

/** True where the name or what it follows from is measured. */
export function isMeasured(name: string, measured: (name: string) => boolean): boolean {
  const complement = complements.get(name);
  return measured(name) || (complement !== undefined && measured(complement));
}

/**
 * What rules read in a window. Where a value rests on counted events they read what is sure of it: of the candidate the
 * mildest that the true value may be, of the baseline it is compared with the gravest, each wrong once in twenty. Else two
 * errors in fifty requests beside none are "above twice the baseline", and a rule that is asked in every window of a
 * rollout would sooner or later take back any candidate.
 */
export function ofCandidate(measured: Measured): Readings {
  return withComplements((name) => {
    const value = measured(name);
    if (!isSure(value)) return value;
    return value.candidate && { canary: value.candidate.mildest, baseline: value.baseline?.gravest };
  });
}

/**
 * The same with the baseline in the candidate's place, as a plain value: a comparison with the baseline is then unknown,
 * because nothing is above itself and `>= 1x_baseline` would always hold.
 */
export function ofBaseline(measured: Measured): Readings {
  return withComplements((name) => {
    if (ofTheService.includes(name)) return undefined;
    const value = measured(name);
    if (isSure(value)) return value.baseline?.mildest;
    if (!hasBaseline(name)) return value;
    return typeof value === "object" && "canary" in value ? value.baseline : undefined;
  });
}

export function isSure(value: ReturnType<Measured>): value is Sure {
  return typeof value === "object" && ("candidate" in value || "baseline" in value) && !("canary" in value);
}

/** Once in twenty the true value lies beyond a bound. */
export const boundDeviations = 1.645;

/** Bounds of a share of bad events; undefined without events, and where the counts cannot be. */
export function shareBounds(counts: Counts): Bounds | undefined {
  const { total, bad } = counts;
  if (badShare(counts) === undefined || total === null || bad === null) return undefined;
  const { lower, upper } = wilsonInterval(bad, total, boundDeviations);
  return { mildest: lower, gravest: upper };
}

/** "canary.error_rate is 4.2 % (baseline 1 %)", or "at least 4.2 % (baseline at most 1 %)" where that is what is sure. */
export function readingText(
  name: string,
  value: number,
  baseline: number | undefined,
  sure: boolean,
): string {
  const turned = name === "canary.success_rate";
  const [own, other] = sure ? (turned ? mostLeast : leastMost) : ["", ""];
  const both = baseline === undefined ? "" : ` (baseline ${other}${valueText(name, baseline)})`;
  return `${name} is ${own}${valueText(name, value)}${both}`;
}

const leastMost = ["at least ", "at most "];
const mostLeast = [...leastMost].reverse();

/** True where what the rules read of a name are bounds. */
export function readsBounds(name: string, measured: Measured): boolean {
  const complement = complements.get(name);
  return isSure(measured(name)) || (complement !== undefined && isSure(measured(complement)));
}

/** 0.042 of `canary.error_rate` is "4.2 %". */
function valueText(name: string, value: number): string {
  switch (nameSpec(name)?.unit) {
    case "share":
      return `${rounded(value * 100)} %`;
    case "percent":
      return `${rounded(value)} %`;
    case "milliseconds":
      return `${rounded(value)} ms`;
    case "duration":
      return `${rounded(value)} s`;
    default:
      return rounded(value);
  }
}
