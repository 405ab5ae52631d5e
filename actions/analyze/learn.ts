import { measure } from "../../adapters/telemetry/measure.ts";
import { columnsOf, seriesOf } from "../../core/analysis/columns.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { startOf, type WindowPlan } from "../../core/analysis/plan-windows.ts";
import {
  pastStretches,
  rolloutsIn,
  type Stretch,
  splitInstances,
  withHalves,
} from "../../core/analysis/pseudo-arms.ts";
import { partsOf, sameOfBoth } from "../../core/analysis/questions.ts";
import { selectorIn } from "../../core/analysis/selector.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import type { Telemetry } from "../../core/ports.ts";
import { counted, rounded } from "../../core/render/numbers.ts";
import { historyToAddTo } from "./history.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { type Judging, judgingOf } from "./judging.ts";
import { environmentOf, serviceOf } from "./occasion.ts";
import type { AnalyzePorts } from "./run.ts";
import { metricsToAsk } from "./service-telemetry.ts";

export type Learned = {
  /** Past rollouts that were added, and those that the file holds now. */
  added: number;
  rollouts: number;
  history: string;
  warnings: string[];
};

/** Rollouts of this length are learnt from where nothing says how long one takes. */
const usualWindows = 30;

/**
 * Learns the noise before there is any rollout: splits the stable version's instances of past days into arms that differ
 * in nothing, and adds what they measured to the history file.
 */
export async function learnFromPast(inputs: AnalyzeInputs, ports: AnalyzePorts): Promise<Learned> {
  const path = inputs.history ?? "history.jsonl";
  const past = await historyToAddTo(ports, path);
  const environment = environmentOf(inputs, ports.resolved);
  const service = serviceOf(inputs, ports.resolved);
  const metrics = metricsToAsk({ ...inputs, baseline: "same-time" }, ports.resolved);
  const judging = judgingOf(
    ports.resolved.policy,
    environment,
    { ...inputs, ...optional("service", service) },
    metrics,
    [],
  );
  const rolloutWindows = inputs.windows ?? Math.min(usualWindows, judging.longest);
  const { windowSeconds } = judging.policy;
  const end = ports.now() / 1000 - inputs.settleSeconds;
  const stretches = pastStretches(end, inputs.days, windowSeconds, rolloutWindows);
  const telemetry = ports.telemetry(stretches.length * (metrics.length * 4 + 2) + 100);
  const about = [service, environment].filter(Boolean).join(" ");
  const warnings = new Set<string>();
  const found: Measurements[] = [];
  let most = 0;
  for (const stretch of stretches) {
    const split = { inputs, metrics, telemetry, judging, stretch, about };
    const { instances, measured, said } = await measuredStretch(split);
    for (const warning of said) warnings.add(warning);
    most = Math.max(most, instances);
    const rollouts = measured === undefined ? [] : rolloutsIn(measured, rolloutWindows);
    found.push(...rollouts);
    const day = new Date(stretch.startSeconds * 1000).toISOString().slice(0, 16);
    ports.progress(`${day}: ${counted(instances, "instance")}, ${counted(rollouts.length, "rollout")}`);
  }
  if (found.length === 0) throw nothingLearnt(inputs, most);
  const weight = inputs.weight ?? 50;
  if (100 / most > 2 * Math.min(weight, 100 - weight))
    warnings.add(
      `Of ${counted(most, "instance")} one is ${rounded(100 / most)} %, so arms as uneven as ${rounded(weight)} % were not seen.`,
    );
  for (const warning of past.warnings) warnings.add(warning);
  const known = new Set(past.rollouts.map(({ id }) => id));
  const added = found.filter(({ id }) => !known.has(id));
  const history = await ports.addLines(
    path,
    added.map((one) => JSON.stringify(one)),
  );
  const rollouts = past.rollouts.length + added.length;
  return { added: added.length, rollouts, history, warnings: [...warnings] };
}

export function learnedSentence({ added, rollouts, history }: Learned): string {
  return `Learnt from ${counted(added, "rollout")} of stable against itself; ${history} now holds ${rollouts}.`;
}

type Split = {
  inputs: AnalyzeInputs;
  metrics: readonly ServiceMetric[];
  telemetry: Telemetry;
  judging: Judging;
  stretch: Stretch;
  about: string;
};

/** One stretch of the past with its own split of the instances that there were. */
async function measuredStretch({ inputs, metrics, telemetry, judging, stretch, about }: Split): Promise<{
  instances: number;
  measured?: Measurements;
  said: string[];
}> {
  const { windowSeconds } = judging.policy;
  const { startSeconds, windows } = stretch;
  const weight = inputs.weight ?? 50;
  const label = inputs.instanceLabel;
  const plan: WindowPlan = {
    firstEnd: startSeconds + windowSeconds,
    windowSeconds,
    windows,
    settleSeconds: 0,
  };
  const instances = await telemetry.labelValues({
    label,
    selector: selectorOf(inputs, metrics, windowSeconds),
    fromSeconds: startSeconds,
    toSeconds: startSeconds + windows * windowSeconds,
  });
  const halves = splitInstances(instances, weight, String(startSeconds));
  if (halves === undefined) return { instances: instances.length, said: [] };
  const halved = withHalves(metrics, label, halves);
  const arm = { variables: inputs.stable, shiftSeconds: 0 };
  const parts = partsOf(
    halved,
    [
      { name: "baseline", ...arm },
      { name: "candidate", ...arm },
    ],
    windowSeconds,
  );
  const same = sameOfBoth(parts);
  if (same.length > 0)
    throw new UserError(
      "telemetry-misconfigured",
      `The queries of ${same.join(", ")} do not say $arm, so that their instances cannot be split. Put $arm among their labels.`,
    );
  const columns = columnsOf(parts);
  const said = await measure(telemetry, columns, plan, windows);
  const measured: Measurements = {
    schema_version: 1,
    id: `learnt ${about}`,
    window_seconds: windowSeconds,
    started_at: startOf(plan),
    weights: new Array<number>(windows).fill((100 * halves.candidate.length) / instances.length),
    outcome: "completed",
    metrics: seriesOf(halved, columns, windows),
  };
  return { instances: instances.length, measured, said };
}

/** Series of the stable version, whose instances are the ones to split. */
function selectorOf(inputs: AnalyzeInputs, metrics: readonly ServiceMetric[], windowSeconds: number): string {
  const stable = { name: "baseline", variables: inputs.stable, shiftSeconds: 0 } as const;
  for (const { query } of partsOf(metrics, [stable], windowSeconds)) {
    const selector = selectorIn(query);
    if (selector !== undefined) return selector;
  }
  throw new UserError(
    "telemetry-misconfigured",
    "No query has a selector with labels, so that nothing says which instances are stable's. Put $arm among the labels of one.",
  );
}

function nothingLearnt({ instanceLabel }: AnalyzeInputs, most: number): UserError {
  const why =
    most < 2
      ? `Stable had ${most === 0 ? "no instance" : "one instance"} by the label ${instanceLabel}, and two arms need two`
      : "Stable's instances have no data of these days";
  return new UserError(
    "nothing-to-learn",
    `${why}. Name another label in instance-label (pod, for example) or more days; or learn from rollouts of the version that already runs: roll it out against itself and give their measurements.json as history. Until then safe defaults hold.`,
    exitCodes.badInput,
  );
}
