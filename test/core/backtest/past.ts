import { sealed } from "../../../core/learning/dataset.ts";
import type { Dataset, Label, Sample } from "../../../core/learning/sample.ts";
import { seeded } from "../../../core/stats/random.ts";

export const day = 86_400;
export const start = 1_600_000_000;

export function sample(
  at: number,
  facts: Record<string, number>,
  label: Label,
  more: Partial<Sample> = {},
): Sample {
  const { la = 0, ld = 0 } = facts;
  return {
    commit: `c${at}`,
    at,
    title: `Change ${at}`,
    facts,
    effort: la + ld,
    services: [],
    critical: null,
    label,
    ...more,
  };
}

export const failed = (knownAt: number): Label => ({ went: "failed", because: "fixed", by: "f", knownAt });
export const well = (knownAt: number): Label => ({ went: "well", because: "quiet", knownAt });

export function datasetOfSamples(samples: readonly Sample[]): Dataset {
  const columns = [...new Set(samples.flatMap(({ facts }) => Object.keys(facts)))];
  return sealed(samples, columns, "head");
}

/** A past in which larger changes, and those of an old file, fail more often; what became of one is known after 20 days. */
export function past(
  count: number,
  seed = 1,
  more: (index: number) => Partial<Sample> = () => ({}),
): Dataset {
  const random = seeded(seed);
  const samples = Array.from({ length: count }, (_, index) => {
    const la = Math.round(Math.exp(5 * random.uniform()));
    const age = 100 * random.uniform();
    const at = start + index * 3600 * 6;
    const isFailure = random.uniform() < 0.05 + 0.3 * (la > 40 ? 1 : 0) + 0.3 * (age > 70 ? 1 : 0);
    const ld = Math.round(la * random.uniform());
    const facts = { la, ld, nf: 1 + (la % 5), age };
    return sample(at, facts, (isFailure ? failed : well)(at + 20 * day), more(index));
  });
  return datasetOfSamples(samples);
}
