import { asked } from "./asked.ts";
import { badTable, labelsIn, type Records, timesIn } from "./columns/records.ts";
import type { Model } from "./model.ts";
import { margins } from "./predict.ts";
import type { Outcome } from "./recalibrated.ts";

/** Enough for a level and a slope, and few enough to be of today. */
const mostOutcomes = 1000;

/** What a model gives to the changes of a table that came after those it was taught with, and how they went: the newest ones. */
export function laterOutcomes(
  records: Records,
  model: Model & { trained: { to: string } },
  { time, label }: { time: string; label: string },
): Outcome[] {
  const times = timesIn(records, time);
  const last = Date.parse(model.trained.to) / 1000;
  const later = { ...records, rows: records.rows.filter((_, row) => (times[row] ?? 0) > last) };
  const labels = labelsIn(later, label);
  const { table, lineOf } = asked(later, { features: model.features, time });
  const odds = margins(model, table);
  const outcomes = lineOf
    .map((at, row) => ({ at, logOdds: odds[at] ?? Number.NaN, label: labels[row] ?? Number.NaN, weight: 1 }))
    .filter((one) => !Number.isNaN(one.label))
    .sort((one, two) => one.at - two.at)
    .slice(-mostOutcomes);
  if (outcomes.length === 0)
    throw badTable(
      records.where,
      `No change after ${model.trained.to}, up to which the model was taught, has a label.`,
    );
  return outcomes;
}
