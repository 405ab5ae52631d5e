import { leastBefore } from "../model/columns/ranked.ts";
import { trailingRanks } from "../model/columns/trailing-ranks.ts";
import { learn } from "../model/learn.ts";
import type { Model } from "../model/model.ts";
import { margins } from "../model/predict.ts";
import { percentBelow } from "../model/speak.ts";
import { type Cases, rowsOf } from "./cases.ts";
import { knownThen } from "./known-then.ts";
import type { Schedule } from "./moments.ts";

/** What a way of learning, or a model as it stands, would have said of each tested change. */
export type Answers = {
  logOdds: Float64Array;
  /** Percent of the changes before that were given less. */
  ranks: Float64Array;
  learnings: Learning[];
};

/** What was learnt at a moment, and from how much. */
export type Learning = { at: number; rows: number; failures: number; too_new: number; model: Model };

/** Learns at the beginning of each part, and asks about that part alone. */
export function* learntAnew(
  cases: Cases,
  { rows, parts }: Schedule,
  names: readonly string[],
): Generator<string, Answers> {
  const answers = emptyAnswers(rows.length);
  for (const [index, { moment, from, to }] of parts.entries()) {
    yield `learning ${index + 1} of ${parts.length}, of what was known on ${dayOf(moment)}`;
    const { history, tooNew, ...known } = knownThen(cases, moment, names);
    const model = learn(history);
    answers.learnings.push({ at: moment, ...known, too_new: tooNew, model });
    const own = rows.slice(from, to);
    const said = margins(model, rowsOf(cases.table, own));
    answers.logOdds.set(said, from);
    answers.ranks.set(ranksOf(model, said), from);
  }
  return answers;
}

/** A model as it stands, asked about every tested change. */
export function answersOf(cases: Cases, rows: readonly number[], model: Model): Answers {
  const logOdds = margins(model, rowsOf(cases.table, rows));
  return { logOdds, ranks: ranksOf(model, logOdds), learnings: [] };
}

function emptyAnswers(length: number): Answers {
  return { logOdds: new Float64Array(length), ranks: new Float64Array(length), learnings: [] };
}

/** A model that does not tell what recent changes were given is taken at its own answers of late. */
function ranksOf({ standing }: Model, logOdds: Float64Array): Float64Array {
  if (standing !== undefined) return logOdds.map((one) => percentBelow(standing, one));
  const late = trailingRanks(500, leastBefore);
  return logOdds.map((one) => 100 * late.next(one)).map((rank) => (Number.isNaN(rank) ? 0 : rank));
}

export const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
