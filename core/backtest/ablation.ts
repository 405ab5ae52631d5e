import { learn } from "../model/learn.ts";
import type { Model } from "../model/model.ts";
import { aucByCounts } from "../stats/auc.ts";
import { blockResamples } from "../stats/block-resamples.ts";
import type { Cases } from "./cases.ts";
import { type Group, groupsOf } from "./groups.ts";
import { type Figure, figureOf } from "./intervals.ts";
import { knownThen } from "./known-then.ts";
import type { Schedule } from "./moments.ts";
import { answersOf } from "./replay.ts";

/** How much area is lost without a group of columns: above 0 it helps. */
export type Ablated = Group & { lost: Figure };

/** Each group is left out once, of what is learnt first; the whole newest part is then asked about. */
export function* ablated(
  cases: Cases,
  { rows, parts }: Schedule,
  whole: Model,
  draws: number,
): Generator<string, Ablated[]> {
  const moment = parts[0]?.moment ?? 0;
  const labels = Uint8Array.from(rows, (row) => cases.labels[row] ?? 0);
  const areaOf = (model: Model) => aucByCounts(answersOf(cases, rows, model).logOdds, labels);
  const full = areaOf(whole);
  const found: Ablated[] = [];
  const groups = groupsOf(whole.features);
  if (groups.length < 2) return [];
  for (const group of groups) {
    yield `learning without ${group.name}`;
    const names = whole.features.filter((name) => !group.columns.includes(name));
    const without = areaOf(learn(knownThen(cases, moment, names).history));
    const differences = Array.from(
      blockResamples(rows.length, draws, 1),
      (counts) => full(counts) - without(counts),
    );
    const lost = figureOf(full() - without(), differences);
    if (lost) found.push({ ...group, lost });
  }
  return found;
}
