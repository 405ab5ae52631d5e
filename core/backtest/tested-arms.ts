import { probabilityOf } from "../model/predict.ts";
import { linearQuantile } from "../stats/linear-quantile.ts";
import { type Arm, type ArmName, heuristicPoints, worthByLine } from "./arms.ts";
import type { Plan } from "./backtest.ts";
import { placed } from "./bands.ts";
import type { Cases } from "./cases.ts";
import type { Tested } from "./measure.ts";
import type { Answers } from "./replay.ts";

/** What came of the tested changes. */
export function testedOf(cases: Cases, rows: readonly number[]): Tested {
  const criticals = rows.map((row) => cases.samples[row]?.critical ?? null);
  return {
    labels: Uint8Array.from(rows, (row) => cases.labels[row] ?? 0),
    effort: Float64Array.from(rows, (row) => cases.effort[row] ?? 0),
    critical: criticals.every((one) => one === null) ? null : Uint8Array.from(criticals, Number),
  };
}

/** What each arm said of them: the new one first. */
export function armsOf(
  cases: Cases,
  rows: readonly number[],
  { rules, weights }: Plan,
  answers: Answers,
  old: Answers | undefined,
): Arm[] {
  const facts = rows.map((row) => cases.samples[row]?.facts ?? {});
  const effort = rows.map((row) => cases.effort[row] ?? 0);
  const ofModel = (name: ArmName, { logOdds, ranks }: Answers): Arm => {
    const probabilities = logOdds.map(probabilityOf);
    const scores = rules.model.scale === "rank" ? ranks : probabilities.map((one) => 100 * one);
    return {
      ...{ name, scores: logOdds, probabilities },
      placed: placed(scores, probabilities, rules.model),
      worth: worthByLine(probabilities, effort),
    };
  };
  const arms = [ofModel("new", answers)];
  if (old) arms.push(ofModel("old", old));
  const added = linesAdded(facts);
  if (added !== null) {
    const points = heuristicPoints(facts, weights);
    arms.push({
      ...{ name: "heuristic", scores: points, probabilities: null },
      placed: placed(points, null, rules.heuristic),
      worth: worthByLine(points, effort),
    });
    // Who goes by size and is short of time reads the short ones first.
    const short = Float64Array.from(effort, (lines) => -lines);
    arms.push({ name: "lines-added", scores: added, probabilities: null, placed: null, worth: short });
  }
  return arms;
}

/** One of which nobody knows stands in the middle; null where nobody knows of any. */
function linesAdded(facts: readonly Readonly<Record<string, number>>[]): Float64Array | null {
  const known = Float64Array.from(facts.flatMap(({ la }) => la ?? [])).sort();
  if (known.length === 0) return null;
  const middle = linearQuantile(known, 0.5);
  return Float64Array.from(facts, ({ la = middle }) => la);
}
