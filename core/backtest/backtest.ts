import type { Dataset } from "../learning/sample.ts";
import type { Model } from "../model/model.ts";
import type { RiskWeights } from "../policy/schema.ts";
import { ablated } from "./ablation.ts";
import { comparisons, givenOf } from "./against.ts";
import type { Arm } from "./arms.ts";
import { type Cases, casesOf, rowsOf } from "./cases.ts";
import { examplesOf } from "./examples.ts";
import { drawnAll, figuresOf } from "./intervals.ts";
import { measureOf } from "./measure.ts";
import { type Schedule, scheduleOf, type Window } from "./moments.ts";
import { partReports } from "./over-time.ts";
import { type Answers, answersOf, learntAnew } from "./replay.ts";
import { armReport } from "./report-arm.ts";
import type { Rules } from "./rules.ts";
import type { Backtest } from "./shape.ts";
import { stabilityOf } from "./stability.ts";
import { type Burden, type Suggestion, scoredBy, suggestionsOf } from "./suggest.ts";
import { armsOf, testedOf } from "./tested-arms.ts";
import { criteriaOf, verdictOf } from "./verdict.ts";

/** A model of a file; `trainedTo` in seconds since 1970, null where its file does not say. */
export type ModelGiven = { model: Model; trainedTo: number | null };

export type Plan = {
  rules: Rules;
  weights: RiskWeights;
  /** Judged in place of what is learnt anew. */
  model?: ModelGiven | undefined;
  old?: ModelGiven | undefined;
  window: Window;
  quick: boolean;
  /** What share of changes may ask for care; given, thresholds are suggested. */
  burden?: Burden | undefined;
};

export type Backtested = { backtest: Backtest; suggestions: Suggestion[] };

/** Replays history in the order of time, each answer by what was known at its moment; tells on the way how far it is. */
export function* backtested(dataset: Dataset, plan: Plan): Generator<string, Backtested> {
  const effort = plan.quick ? { learnings: 2, draws: 100 } : { learnings: 5, draws: 500 };
  const cases = casesOf(dataset);
  const schedule = scheduleOf(cases, effort.learnings, plan.window);
  const { rows } = schedule;
  const given = plan.model;
  const answers = given
    ? answersOf(cases, rows, given.model)
    : yield* learntAnew(cases, schedule, dataset.columns);
  const old = plan.old && answersOf(cases, rows, plan.old.model);
  const tested = testedOf(cases, rows);
  const arms = armsOf(cases, rows, plan, answers, old);
  yield `counting ${rows.length} tested changes`;
  const drawn = yield* drawnAll(
    arms.map((arm) => measureOf(arm, tested)),
    rows.length,
    effort.draws,
  );
  const reports = arms.map((arm, index) => {
    const own = drawn[index];
    return armReport(arm, tested, own ? figuresOf(own) : {});
  });
  const against = yield* comparisons(cases, schedule, plan, { arms, tested, drawn, draws: effort.draws });
  const models = answers.learnings.map(({ model }) => model);
  const [first] = models;
  const labelled = cases.labels.filter((label) => !Number.isNaN(label));
  const backtest: Backtest = {
    ...{ schema_version: 1, kind: "adaptive-deploy/backtest" },
    data: {
      ...{ head: dataset.head, digest: dataset.digest, changes: cases.times.length },
      ...{ labelled: labelled.length, failures: sumOf(labelled), columns: dataset.columns },
      late_labels: cases.knownAt.some((known, row) => known > (cases.times[row] ?? 0)),
    },
    ...{ quick: plan.quick, draws: effort.draws },
    tested: {
      from: cases.times[rows[0] ?? 0] ?? 0,
      to: cases.times[rows.at(-1) ?? 0] ?? 0,
      ...{ changes: rows.length, failures: sumOf(tested.labels) },
      critical: tested.critical && sumOf(tested.critical),
    },
    learnings: answers.learnings.map(({ model: _, ...learning }) => learning),
    given: givenOf(cases, rows, plan),
    brier_of_base_rate: baseRateBrier(schedule, answers, tested.labels),
    arms: reports,
    against,
    over_time: partReports(cases, schedule, arms, tested, effort.draws),
    examples: arms[0] ? examplesOf(cases, rows, arms[0]) : { missed: [], alarms: [] },
    ablation: first && !plan.quick ? yield* ablated(cases, schedule, first, effort.draws) : [],
    stability: stabilityOf(models, rowsOf(cases.table, rows.slice(-mostExplained))),
    criteria: criteriaOf(labelled.length, reports, against, plan.rules),
    verdict: verdictOf(against),
  };
  return {
    backtest,
    suggestions: plan.burden ? suggestedBy(cases, rows, arms, answers, plan, plan.burden) : [],
  };
}

const mostExplained = 300;

function baseRateBrier({ parts }: Schedule, { learnings }: Answers, labels: Uint8Array): number | null {
  if (learnings.length === 0) return null;
  let sum = 0;
  for (const [index, { from, to }] of parts.entries()) {
    const { rows = 1, failures = 0 } = learnings[index] ?? {};
    for (let place = from; place < to; place += 1) sum += ((labels[place] ?? 0) - failures / rows) ** 2;
  }
  return sum / labels.length;
}

function suggestedBy(
  cases: Cases,
  rows: readonly number[],
  arms: readonly Arm[],
  { ranks }: Answers,
  { rules }: Plan,
  burden: Burden,
): Suggestion[] {
  const [model] = arms;
  if (model === undefined) return [];
  const heuristic = arms.find(({ name }) => name === "heuristic");
  const labels = Uint8Array.from(rows, (row) => cases.labels[row] ?? 0);
  const services = rows.map((row) => cases.samples[row]?.services ?? []);
  return suggestionsOf(
    scoredBy(model, ranks, heuristic),
    labels,
    services,
    burden,
    rules.model.leastProbability,
  );
}

function sumOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, one) => sum + one, 0);
}
