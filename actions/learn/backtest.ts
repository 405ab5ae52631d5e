import { type Backtested, backtested, type ModelGiven } from "../../core/backtest/backtest.ts";
import { absentColumns, givenModel } from "../../core/backtest/given-model.ts";
import { rulesOf } from "../../core/backtest/rules.ts";
import { usualBurden } from "../../core/backtest/suggest.ts";
import { thresholdsText } from "../../core/backtest/thresholds-document.ts";
import { UserError } from "../../core/errors.ts";
import type { Dataset } from "../../core/learning/sample.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { ProposedBacktest } from "../../core/render/model/proposal.ts";

export type BacktestAsked = {
  dataset: Dataset;
  /** As it is merged, with its model where there is one. */
  policy: PolicyBundle;
  environment: string;
  note: (sentence: string) => void;
};

/**
 * A quick replay for the pull request: models learnt as this one was, from what was known by then, beside the merged one.
 * Undefined where there is too little to replay; the model's own proof has to do then.
 */
export function backtestFor({
  dataset,
  policy,
  environment,
  note,
}: BacktestAsked): ProposedBacktest | undefined {
  const rules = rulesOf(policy, environment);
  const steps = backtested(dataset, {
    ...{ rules, weights: policy.weights, window: {}, quick: true, burden: usualBurden },
    old: mergedModel(policy, dataset),
  });
  try {
    const found = drained(steps, note);
    const scale = rules.model.scale === "probability" ? "probability" : "rank";
    return { backtested: found, yaml: thresholdsText(found.suggestions, policy.mapping, scale) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(error.message);
    return undefined;
  }
}

function drained(steps: Generator<string, Backtested>, note: (sentence: string) => void): Backtested {
  let step = steps.next();
  for (; !step.done; step = steps.next()) note(`Backtest: ${step.value}`);
  return step.value;
}

/** One that asks for columns which are not there any more is not asked at all. */
function mergedModel({ model: held }: PolicyBundle, { columns }: Dataset): ModelGiven | undefined {
  if (held === undefined || held.broken !== undefined) return undefined;
  return absentColumns(held.model, columns).length > 0 ? undefined : givenModel(held.model);
}
