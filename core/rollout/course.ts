import type { AnalysisPolicy } from "../analysis/metric-policy.ts";
import { startOf, type WindowPlan } from "../analysis/plan-windows.ts";
import type { GoesOnBy, StepAsks } from "../analysis/step-asks.ts";
import { mostWindows } from "../policy/analysis-defaults.ts";
import type { PlanStep, RolloutPlan } from "./plan.ts";
import type { RolloutState } from "./state.ts";

/**
 * One comparison goes on over all steps of a rollout. Everything here follows from the plan, the times in the ledger
 * and the policy, so that whoever adopts the rollout measures the same windows and asks the same of them.
 */

type Steps = Pick<RolloutPlan, "steps">;
type Reached = RolloutState["reachedAt"][number];

/** Windows of all steps have one length: that of the policy, or of the plan's shortest step. */
export function windowSecondsOf({ steps }: Steps, { windowSeconds }: AnalysisPolicy): number {
  return Math.min(windowSeconds, ...steps.map(({ window_seconds }) => window_seconds));
}

/** How long a step has to be healthy, in windows of the comparison. */
export function neededWindows(step: PlanStep, windowSeconds: number): number {
  return Math.ceil((step.window_seconds * step.healthy_windows) / windowSeconds);
}

/** How many windows a step may take: policy's `longest`, and never less than twice what it needs. */
export function longestOfStep(step: PlanStep, longest: number, windowSeconds: number): number {
  return Math.max(longest, 2 * neededWindows(step, windowSeconds));
}

/**
 * The step that all of the evidence is asked at: the last one at which the stable version has traffic beside the
 * candidate, since later ones have nothing to be compared with at the same time. Where there is none, the first whole one.
 */
export function decidingStep({ steps }: Steps): number {
  const beside = steps.findLastIndex(({ share }) => share > 0 && share < 100);
  return beside >= 0 ? beside : steps.findIndex(({ share }) => share === 100);
}

/**
 * Windows that a rollout takes at the most where nothing is in its way, with the deciding step's longest; boundaries are
 * held over so many looks. Where others take longer than twice their time, they are held over as many as there are.
 */
export function windowsOfPlan(plan: Steps & { bake_seconds: number }, policy: AnalysisPolicy): number {
  const windowSeconds = windowSecondsOf(plan, policy);
  const deciding = decidingStep(plan);
  const most = plan.steps.map((step, index) => {
    const longest = index === deciding ? policy.longestWindows : 0;
    return longestOfStep(step, longest, windowSeconds) + 1;
  });
  const baking = Math.ceil(plan.bake_seconds / windowSeconds);
  return Math.min(
    mostWindows,
    most.reduce((sum, windows) => sum + windows, baking),
  );
}

/** Steps of the comparison at hand: all, unless people held the rollout up for so long that it has to begin anew. */
export function comparedSteps(reachedAt: readonly Reached[], windowSeconds: number): Reached[] {
  const last = reachedAt.at(-1);
  if (last === undefined) return [];
  const within = (mostWindows / 2) * windowSeconds * 1000;
  return reachedAt.filter(({ at }) => Date.parse(last.at) - Date.parse(at) <= within);
}

export type CourseQuestion = {
  plan: RolloutPlan;
  reached: readonly Reached[];
  step: number;
  /** From when on the step is watched, ISO. */
  since: string;
  baking: boolean;
  policy: AnalysisPolicy;
  windows: WindowPlan;
  /** Whether there is a baseline where the candidate has everything. */
  baselineOfWhole: boolean;
  /** Policy lets time pass where nothing can be measured or shown. */
  bakes: boolean;
};

export type Course = {
  /** Windows in which the share changed, and their times in seconds of Unix time. */
  steps: number[];
  stepSeconds: number[];
  asks: StepAsks;
  /** Percent of the candidate; null where it changed within the window. */
  weights(windows: number): (number | null)[];
};

export function courseOf(question: CourseQuestion): Course {
  const { plan, reached, step, since, baking, policy, windows } = question;
  const { windowSeconds } = windows;
  const begins = Date.parse(startOf(windows)) / 1000;
  const after = (at: string): number => (Date.parse(at) / 1000 - begins) / windowSeconds;
  const from = Math.max(0, Math.ceil(after(since)));
  const wanted = plan.steps[step];
  const own = wanted === undefined ? 1 : neededWindows(wanted, windowSeconds);
  const on = baking ? "nothing" : goesOnBy(question);
  const healthyWindows = on === "evidence" ? Math.max(own, policy.healthyWindows) : own;
  const longest = wanted === undefined ? 1 : longestOfStep(wanted, policy.longestWindows, windowSeconds);
  const decided = step > decidingStep(plan);
  const changes = reached.filter(({ share }, index) => index === 0 || reached[index - 1]?.share !== share);
  return {
    steps: changes.flatMap(({ at }) => touched(after(at), policy.warmUpSeconds / windowSeconds)),
    stepSeconds: changes.map(({ at }) => Date.parse(at) / 1000),
    asks: { from, until: baking ? Number.MAX_SAFE_INTEGER : from + longest, healthyWindows, on, decided },
    weights: (count) => Array.from({ length: count }, (_, window) => weightIn(window, changes, after)),
  };
}

/**
 * The window of a change and the first whole one after it: what comes with the change shows in both. A time after the
 * change that is left out ends with the window that it reaches into.
 */
function touched(at: number, warmUpWindows: number): number[] {
  const window = Math.max(0, Math.floor(at));
  if (at <= window) return [window];
  const more = Math.ceil(at - window + warmUpWindows) > Math.ceil(warmUpWindows);
  return warmUpWindows === 0 || more ? [window, window + 1] : [window];
}

function weightIn(window: number, changes: readonly Reached[], after: (at: string) => number): number | null {
  const within = changes.slice(1).some(({ at }) => after(at) > window && after(at) < window + 1);
  if (within) return null;
  return (changes.findLast(({ at }) => after(at) <= window) ?? changes[0])?.share ?? null;
}

function goesOnBy({ plan, step, bakes, baselineOfWhole }: CourseQuestion): GoesOnBy {
  const share = plan.steps[step]?.share ?? 0;
  if (share === 0 || bakes) return "time";
  if (step === decidingStep(plan)) return "evidence";
  return share < 100 || baselineOfWhole ? "health" : "rules";
}
