import type { PaceStep } from "../decision/shape.ts";
import type { Override, Strategy, StrategyKind, StrategyMapping } from "../policy/schema.ts";
import { moreCareful } from "./care.ts";

/** A strategy of the policy, by its name there. */
export type PickedStrategy = { name: string; kind: StrategyKind; pace: PaceStep[] };

export function strategyNamed(mapping: StrategyMapping, name: string): PickedStrategy {
  const strategy = mapping.strategies[name];
  if (!strategy) throw new TypeError(`The policy was read without its strategy "${name}".`);
  return { name, kind: strategy.kind, pace: paceOf(strategy) };
}

/** Bands are looked up with the shown band score; the last band takes the rest. */
export function strategyForBand(
  mapping: StrategyMapping,
  bands: StrategyMapping["bands"],
  bandScore: number,
): PickedStrategy {
  const band = bands.find((candidate) => bandScore <= candidate["up-to"]) ?? bands[bands.length - 1];
  if (!band) throw new TypeError("The policy was read without a band.");
  return strategyNamed(mapping, band.strategy);
}

/**
 * An override never picks a less careful strategy than the band's unless it says `exactly`. Where several match, the
 * most careful wins, the last of equals; an `exactly` wins over all, the last of several.
 */
export function applyOverrides(
  mapping: StrategyMapping,
  picked: PickedStrategy,
  matching: Override[],
): PickedStrategy {
  let result = picked;
  let exact: PickedStrategy | undefined;
  for (const override of matching) {
    if (!override.strategy) continue;
    const candidate = strategyNamed(mapping, override.strategy);
    if (override.choose === "exactly") exact = candidate;
    else if (!moreCareful(result.kind, candidate.kind)) result = candidate;
  }
  return exact ?? result;
}

function paceOf(strategy: Strategy): PaceStep[] {
  return strategy.steps.map(({ "healthy-windows": healthyWindows = 1, ...step }) => ({
    ...step,
    healthy_windows: healthyWindows,
  }));
}
