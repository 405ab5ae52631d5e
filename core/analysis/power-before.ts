import { firstWindow } from "./first-window.ts";
import type { Learnt } from "./learnt.ts";
import type { Measurements } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import { powerOfStep } from "./power.ts";
import { type Motion, motionOf } from "./step-power.ts";
import { type Traffic, trafficOf } from "./step-traffic.ts";
import type { BaselineKind, StepPower } from "./verdict.ts";

export type Power = {
  step?: StepPower;
  /** Of a plan with several: those that can be stated, that one among them. */
  steps?: StepPower[];
  motion: Motion;
  warnings: string[];
  /** What the first window will be like, where that is known: its boundaries can be worked out before it is over. */
  expected?: Measurements["metrics"];
};

export type BeforeMotion = {
  policy: AnalysisPolicy;
  learnt: Learnt;
  /** The stable version in the windows before the first one. */
  before: Measurements["metrics"];
  baseline: BaselineKind;
  /** Percent of the traffic that the candidate gets, where it is known. */
  weight: number | undefined;
  windows: number;
  longest: number;
};

/** True where power can be stated once the traffic is known: it is that of our own boundaries, and Kayenta's judge has none. */
export function hasPower(policy: AnalysisPolicy, weight: number | undefined): weight is number {
  return policy.kayenta === undefined && weight !== undefined && weight !== 0;
}

/** Before anything is compared: what the step would take back of harm, from stable's traffic of the last windows. */
export function powerBefore(given: BeforeMotion): Power {
  const { policy, learnt, before, baseline, weight, windows, longest } = given;
  const motion = { goes: true, windows, sentences: [] };
  if (policy.kayenta !== undefined) return { motion, warnings: [] };
  if (!hasPower(policy, weight))
    return {
      motion,
      warnings: [
        "No power was stated, because the weight is not known: say in `weight` what the candidate has.",
      ],
    };
  const traffic = trafficOf({ metrics: before });
  const known = traffic.filter((one: Traffic) => one.kind !== "ratio" || one.events !== undefined);
  if (known.length === 0)
    return { motion, warnings: ["No power was stated: stable's traffic was not measured."] };
  const step = powerOfStep({ policy, learnt, traffic, baseline, weight, windows, longest });
  const moving = motionOf(step, traffic, policy, longest);
  const expected = firstWindow(before, traffic, weight, baseline);
  return { step: { ...step, windows: moving.windows }, motion: moving, warnings: [], expected };
}
