import { withDerived } from "./columns/derived.ts";
import { leastBefore, unknownRank } from "./columns/ranked.ts";
import { rankAmong } from "./columns/trailing-ranks.ts";
import { countWhere } from "./count-where.ts";
import { calibrated } from "./fit/calibration.ts";
import type { Model, Part, Standing } from "./model.ts";
import { addTo, namesOf, probabilityOf, stretch } from "./predict.ts";
import { explainer } from "./trees/explain.ts";

/** What a model says of one change, and why. */
export type Spoken = {
  probability: number;
  /** The bias and what each contributor adds sum up to it exactly. */
  logOdds: number;
  bias: number;
  /** Every column that the model asks about, derived ones among them; a value that nobody knows is undefined. */
  contributors: { name: string; value: number | undefined; logOdds: number }[];
  /** Of recent changes the percent that were given less; null where the model does not tell what they were given. */
  rankPercent: number | null;
  /** Of the columns that a change has to bring, the share that nobody knows, from 0 to 1. */
  unknownShare: number;
};

export type KnownFacts = Readonly<Record<string, number | undefined>>;

export function speak(model: Model, facts: KnownFacts): Spoken {
  return speaker(model)(facts);
}

/** What can be worked out before there is a change is; each one then costs little. */
export function speaker(model: Model): (facts: KnownFacts) => Spoken {
  const names = namesOf(model);
  const sorted = sortedIn(model);
  const voices = model.parts.map((part) => ({
    weight: part.weight,
    to: part.columns.map((name) => names.indexOf(name)),
    ...(part.kind === "trees" ? explainer(part.trees) : ranksExplainer(sorted, part)),
  }));
  const rawBias = voices.reduce((sum, { weight, bias }) => sum + weight * bias, 0);
  const bias = calibrated(model.calibration, rawBias);
  return (facts) => {
    const given = model.features.map((name) => Float64Array.of(facts[name] ?? Number.NaN));
    const whole = withDerived({ names: model.features, columns: given, rows: 1 }, names);
    const values = whole.columns.map(([value = Number.NaN]) => value);
    const added = new Float64Array(names.length);
    for (const { weight, to, explain } of voices) {
      const own = new Float64Array(to.length);
      explain([Float64Array.from(to, (index) => values[index] ?? Number.NaN)], [own]);
      addTo(added, to, weight, own);
    }
    stretch(model.calibration, rawBias, added);
    const logOdds = added.reduce((sum, one) => sum + one, bias);
    return {
      probability: probabilityOf(logOdds),
      logOdds,
      bias,
      contributors: names.map((name, index) => {
        const value = values[index] ?? Number.NaN;
        return { name, value: Number.isNaN(value) ? undefined : value, logOdds: added[index] ?? 0 };
      }),
      rankPercent: model.standing === undefined ? null : percentBelow(model.standing, logOdds),
      unknownShare: given.filter(([value]) => Number.isNaN(value)).length / given.length,
    };
  };
}

type Ranks = Extract<Part, { kind: "ranks" }>;

/** What recent changes had in a column, in order: once a column, however many parts ask for it. */
function sortedIn({ window, features }: Model): (name: string) => Float64Array {
  const before = { names: features, columns: window.columns, rows: window.columns[0]?.length ?? 0 };
  const known = new Map<string, Float64Array>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const [column = new Float64Array()] = withDerived(before, [name]).columns;
    const sorted = column.filter((value) => !Number.isNaN(value)).sort();
    known.set(name, sorted);
    return sorted;
  };
}

/** On a line a column adds its slope times the way from the middle, which is where ranks are on average. */
function ranksExplainer(sortedOf: (name: string) => Float64Array, { columns, line }: Ranks) {
  const sorted = columns.map(sortedOf);
  return {
    bias: line.slopes.reduce((sum, slope) => sum + slope * unknownRank, line.intercept),
    explain(rows: readonly Float64Array[], into: readonly Float64Array[]) {
      for (const [row, values] of rows.entries())
        for (const [index, slope] of line.slopes.entries()) {
          const rank = rankAmong(sorted[index] ?? [], values[index] ?? Number.NaN, leastBefore);
          const added = into[row];
          if (added && !Number.isNaN(rank)) added[index] = slope * (rank - unknownRank);
        }
    },
  };
}

/** Six digits of a file, and sums in another order, tell nobody apart from those that were given the same. */
const nearness = 1e-5;

export function percentBelow({ quantiles }: Standing, logOdds: number): number {
  const least = logOdds - nearness * Math.max(1, Math.abs(logOdds));
  const next = countWhere(quantiles, (one) => one < least);
  if (next === 0 || next === quantiles.length) return next === 0 ? 0 : 100;
  const [low = 0, high = 0] = [quantiles[next - 1], quantiles[next]];
  return next - 1 + Math.min(1, (logOdds - low) / (high - low));
}
