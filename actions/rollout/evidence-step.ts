import { columnsOf } from "../../core/analysis/columns.ts";
import { fewestValues } from "../../core/analysis/kayenta/judge.ts";
import type { AnalysisPolicy } from "../../core/analysis/metric-policy.ts";
import type { PlanPower } from "../../core/analysis/power-of-plan.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { progressLine } from "../../core/render/verdict/progress.ts";
import type { Look } from "../../core/rollout/around.ts";
import { courseOf, windowsOfPlan } from "../../core/rollout/course.ts";
import { type Comparison, opened, withPower } from "../analyze/comparison.ts";
import { writeVerdict } from "../analyze/documents.ts";
import { type Held, noBaseline, noPower, notReady } from "../analyze/held.ts";
import { historyOf } from "../analyze/history.ts";
import { type Looking, looking } from "../analyze/looking.ts";
import { baselineFor, partsToAsk } from "../analyze/prepare.ts";
import type { AnalyzePorts } from "../analyze/run.ts";
import { heldVerdict } from "../analyze/verdict-so-far.ts";
import { type EvidenceInputs, inputsOfPlan } from "./evidence-inputs.ts";
import { powerOfComparison } from "./power.ts";
import { wordOf } from "./verdict-word.ts";
import type { Watched } from "./watched.ts";

/** A comparison that goes on over the steps of one rollout. */
export type Compared = {
  name: string;
  comparison: Comparison;
  looking: Looking;
  power: PlanPower;
  /** What was asked last, so that the same windows are judged once more where it is something else. */
  asked: string;
  sentence: string;
  ready: boolean;
};

export async function compare(
  name: string,
  { state, reached }: Watched,
  given: EvidenceInputs,
  ports: AnalyzePorts,
  policy: AnalysisPolicy,
): Promise<Compared> {
  const inputs = inputsOfPlan(state.plan, given, policy);
  const { rollouts, warnings } = await historyOf(inputs, ports);
  for (const warning of warnings) ports.progress(warning);
  const [first] = reached;
  const startedSeconds = first === undefined ? ports.now() / 1000 : Date.parse(first.at) / 1000;
  const begun = await opened(inputs, ports, { history: rollouts, startedSeconds });
  const power = await powerOfComparison(begun, state.plan);
  // However long people hold it up, windows are measured on.
  const plan = { ...begun.plan, windows: Number.MAX_SAFE_INTEGER };
  const comparison = { ...withPower(begun, power), plan };
  return { name, comparison, looking: looking(comparison), power, asked: "", sentence: "", ready: false };
}

/** Measures what is due, judges it by what the step asks for, and says when there is more to see. */
export async function lookAtStep(compared: Compared, watched: Watched): Promise<Look> {
  const { comparison, looking } = compared;
  const { state, step, since, baking, reached } = watched;
  const asked = `${step} ${since} ${baking}`;
  const anew = compared.asked !== asked;
  if (anew) {
    await findBaselineOfWhole(comparison, reached);
    setCourse(compared, watched);
    const held = await heldAtStep(compared, watched);
    if (held !== undefined) return concluded(comparison, heldVerdict(comparison, held), watched);
    compared.asked = asked;
  }
  const looked = await looking.look(anew);
  if (looked.code === "judged") {
    const { verdict } = looked;
    compared.sentence = progressLine(verdict, verdict.at_window, comparison.silence[0]);
    const until = comparison.course.context.step?.until ?? 0;
    const final = verdict.verdict === "promote" || verdict.verdict === "rollback";
    if (final || (!baking && looking.measured() >= until)) return concluded(comparison, verdict, watched);
  }
  if (anew || looked.code === "judged") looking.workAhead();
  const again = new Date(looking.again()).toISOString();
  const first = `The first window of step ${step + 1} of ${state.plan.steps.length} ends at ${again}.`;
  const sentence = compared.sentence || first;
  if (comparison.silence.length > 0) return { final: false, again, sentence, blind: true };
  return { final: false, again, sentence };
}

/** Where the candidate has everything: the same time of another week, if the store has it. */
async function findBaselineOfWhole(comparison: Comparison, reached: Watched["reached"]): Promise<void> {
  const { inputs, metrics, plan, telemetry, choice, warnings } = comparison;
  const whole = reached.some(({ share }) => share === 100);
  if (!whole || comparison.ofWhole !== undefined || choice.kind !== "concurrent") return;
  const asked = { ...inputs, weight: 100 };
  const parts = partsToAsk(asked, metrics, plan.windowSeconds);
  const other = await baselineFor(asked, parts, plan, telemetry);
  for (const warning of other.warnings) warnings.add(warning);
  warnings.add(`Where the candidate has everything: ${other.choice.document.sentence}`);
  const found = other.choice.kind === "same-time";
  comparison.ofWhole = columnsOf(found ? other.parts.filter(({ arm }) => arm === "baseline") : []);
}

function setCourse({ comparison, power }: Compared, { state: { plan }, ...watched }: Watched): void {
  const { choice, judging, ofWhole = [] } = comparison;
  const { policy } = judging;
  const blind = choice.kind === "none" || power.short;
  const { steps, stepSeconds, asks, weights } = courseOf({
    ...{ plan, policy, ...watched },
    windows: comparison.plan,
    baselineOfWhole: choice.kind !== "concurrent" || ofWhole.length > 0,
    bakes: blind && policy.lowTraffic === "bake",
  });
  // Kayenta's judge promotes after the last window alone, which is then that of the step.
  const last = asks.from + Math.max(asks.healthyWindows, policy.healthyWindows, fewestValues);
  const kayenta = policy.kayenta !== undefined && !watched.baking;
  const step = kayenta ? { ...asks, until: last } : asks;
  const windowsPlanned = kayenta ? last : windowsOfPlan(plan, policy);
  comparison.course = { context: { windowsPlanned, steps, step }, stepSeconds, weights, id: plan.rollout };
}

/** What stands in the way of a step before its first window. */
async function heldAtStep(compared: Compared, { state: { plan }, step }: Watched): Promise<Held | undefined> {
  const { comparison } = compared;
  const on = comparison.course.context.step?.on;
  const compares = on === "evidence" || on === "health";
  const first = step === plan.steps.findIndex(({ share }) => share > 0);
  const held = compares ? (noBaseline(comparison) ?? (first ? noPower(comparison) : undefined)) : undefined;
  if (held !== undefined || compared.ready) return held;
  const unready = await notReady(comparison);
  compared.ready = unready === undefined;
  return unready;
}

/** The documents of the step, and what the ledger keeps of them. */
async function concluded(
  { ports }: Comparison,
  verdict: Verdict,
  { step, baking }: Pick<Watched, "step" | "baking">,
): Promise<Look> {
  const folder = baking ? "bake" : `step-${step + 1}`;
  await writeVerdict(verdict, { ...ports, write: (name, text) => ports.write(`${folder}/${name}`, text) });
  return { final: true, verdict: wordOf(verdict) };
}
