import type { KayentaClassification } from "./classify.ts";

export type GroupScore = { name: string; score: number; noData: boolean };
type Judged = Pick<KayentaClassification, "classification"> & { groups: readonly string[] };

/** A group's score is the percentage of its metrics that pass; those without data are left out of it. */
export function groupScores(metrics: readonly Judged[]): GroupScore[] {
  const names = [...new Set(metrics.flatMap(({ groups }) => groups))];
  return names.map((name) => {
    const counted = metrics.filter(
      ({ groups, classification }) => groups.includes(name) && classification !== "Nodata",
    );
    const passed = counted.filter(({ classification }) => classification === "Pass");
    const noData = counted.length === 0;
    return { name, noData, score: noData ? 0 : (passed.length / counted.length) * 100 };
  });
}

/**
 * The sum of the groups' scores by their weights, in hundredths; groups without a weight share what is left of 100
 * evenly, and a group without data counts as passed. A weight of a group that no metric is in earns nothing.
 */
export function summaryScore(
  groups: readonly GroupScore[],
  weights: Readonly<Record<string, number>>,
): number {
  const given = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const unweighted = groups.filter(({ name }) => !Object.hasOwn(weights, name)).length;
  let sum = 0;
  for (const { name, score, noData } of groups) {
    const weight = Object.hasOwn(weights, name) ? (weights[name] ?? 0) : (100 - given) / unweighted;
    sum += (noData ? 100 : score) * (weight / 100);
  }
  // Half a hundredth goes up, as it is written and not as it is stored.
  return Math.round(Number((sum * 100).toPrecision(15))) / 100;
}
