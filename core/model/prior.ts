/**
 * What a project's own history does not tell yet: what changes of other projects told. A line through the rank of each column
 * among the project's own changes before, so that what counts as large follows the project. `bench:learn` fits it
 * and says what it is worth on projects that it was not fitted to; docs/decisions/model.md has the figures.
 */
export type Prior = {
  /** Of changes in the middle of all ranks, the share that fails where nobody knows. */
  share: number;
  /** Log-odds from the least to the greatest rank. Nothing of an author is among them. */
  slopes: Readonly<Record<string, number>>;
};

export const shippedPrior: Prior = {
  share: 0.25,
  slopes: {
    ...{ la: 1.6, ld: 0.8, nf: 1.05, nd: 0.25, ns: -0.2, entropy: -0.4, lt: 0.5, ndev: 0.65, age: -0.7 },
    ...{ nuc: -0.2, fix: 1.2, churn: -0.3, la_rel: 1, ld_rel: -0.3, la_per_file: 0.05 },
  },
};

/** The slope of each column, 0 of one that the prior does not know; null where it knows none. */
export function slopesFor({ slopes }: Prior, columns: readonly string[]): number[] | null {
  return columns.some((name) => Object.hasOwn(slopes, name))
    ? columns.map((name) => (Object.hasOwn(slopes, name) ? (slopes[name] ?? 0) : 0))
    : null;
}
