import { firstWindow } from "./first-window.ts";
import type { Learnt } from "./learnt.ts";
import type { Measurements } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import { powerOfStep } from "./power.ts";
import type { Power } from "./power-before.ts";
import { motionOf } from "./step-power.ts";
import { trafficOf } from "./step-traffic.ts";
import type { BaselineKind, StepPower } from "./verdict.ts";

export type PlanPowerQuestion = {
  policy: AnalysisPolicy;
  learnt: Learnt;
  /** The stable version in the windows before the first one. */
  before: Measurements["metrics"];
  baseline: BaselineKind;
  /** Percent of the candidate, and the windows that each step takes where all goes well. */
  steps: readonly { weight: number; windows: number }[];
  /** The step that all of the evidence is asked at, and the most windows that it may take. */
  deciding: number;
  longest: number;
};

/** `short`: the plan could not show enough, or nobody knows. */
export type PlanPower = Power & { short: boolean };

/**
 * Before anything moves: what each step would take back of harm that is there from the first step on. Policy's answer to
 * too little of it follows from the deciding step, in the windows that this one may take.
 */
export function powerOfPlan(question: PlanPowerQuestion): PlanPower {
  const { policy, learnt, before, baseline, steps, deciding, longest } = question;
  const motion = { goes: true, windows: longest, sentences: [] };
  const unknown = (why: string): PlanPower => ({ motion, short: true, warnings: [why] });
  if (policy.kayenta !== undefined) return { motion, short: false, warnings: [] };
  const traffic = trafficOf({ metrics: before }).filter(
    ({ kind, events }) => kind !== "ratio" || events !== undefined,
  );
  if (traffic.length === 0) return unknown("No power was stated: stable's traffic was not measured.");
  const stated: StepPower[] = [];
  let step: StepPower | undefined;
  const passed: { weight: number; windows: number }[] = [];
  for (const [index, { weight, windows }] of steps.entries()) {
    if (weight === 0 || (weight === 100 && baseline !== "same-time")) continue;
    const most = index === deciding ? Math.max(windows, longest) : windows;
    const about = { policy, learnt, traffic, baseline, before: [...passed] };
    const power = powerOfStep({ ...about, weight, windows: most, longest: most });
    stated.push(power);
    if (index === deciding) step = power;
    passed.push({ weight, windows });
  }
  if (step === undefined) return unknown("No power was stated: no step is compared with anything.");
  const enough = motionOf(step, traffic, { ...policy, lowTraffic: "hold" }, longest).goes;
  const expected = firstWindow(before, traffic, stated[0]?.weight ?? 100, baseline);
  return {
    step,
    steps: stated,
    motion: motionOf(step, traffic, policy, longest),
    short: !enough || step.metrics.every(({ chance }) => chance === null),
    warnings: [],
    expected,
  };
}
