import type { TargetEffect } from "../../rollout/effect.ts";
import type { RolloutPlan, ShareKind } from "../../rollout/plan.ts";
import type { RolloutStatus } from "../../rollout/status.ts";
import { rounded } from "../numbers.ts";

/** The plain words for parts of a rollout, before they are escaped for any medium. */

const shared: Record<ShareKind, string> = {
  weight: "traffic",
  batch: "instances",
  cohort: "devices",
  "cut-over": "traffic",
};

/** "25 % of traffic", "all devices", "no traffic". */
export function shareWords(share: number, by: ShareKind): string {
  if (share === 100) return `all ${shared[by]}`;
  return share === 0 ? `no ${shared[by]}` : `${rounded(share)} % of ${shared[by]}`;
}

export const kindNames: Record<RolloutPlan["kind"], string> = {
  rolling: "rolling",
  canary: "canary",
  "blue-green": "blue-green",
  cohorts: "cohorts",
  back: "rollback",
};

/** What is asked of the target, as the heading of what it takes. */
export function effectWords(effect: TargetEffect): string {
  switch (effect.kind) {
    case "deploy":
      return "the candidate is put beside the stable version";
    case "share":
      return `the candidate gets ${shareWords(effect.share, effect.by)}`;
    case "pause":
      return "the target is paused";
    case "resume":
      return "the target goes on";
    case "promote":
      return "the candidate becomes the stable version";
    case "restore":
      return "the stable version gets everything back";
  }
}

export const doingNames: Record<RolloutStatus["doing"], string> = {
  moving: "moving",
  watching: "watching",
  approval: "waits for an approval",
  baking: "complete",
  concluding: "about to end",
  completed: "promoted",
  "rolled-back": "rolled back",
  overruled: "overruled",
};

/** Red and green are for what is over; what goes on is neither. */
export function markOf({ doing, stop, turned }: RolloutStatus): string {
  if (doing === "completed") return "🟢";
  if (doing === "rolled-back" || doing === "overruled" || turned !== null) return "🔴";
  return stop !== null || doing === "approval" ? "🟡" : "🔵";
}

/** "14:02:10 UTC", with its day where that is another one than now's. */
export function clockWords(instant: string, now: string): string {
  const [day = "", rest = ""] = instant.split("T");
  const clock = rest.slice(0, 8);
  // The ledger of others may hold anything there.
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d:\d\d$/.test(clock)) return "an unknown time";
  return day === now.slice(0, 10) ? `${clock} UTC` : `${day} ${clock} UTC`;
}

export type StepState = "done" | "now" | "failed" | "later" | "not reached";

/** How far it came with each step. */
export function stepStatesOf(status: RolloutStatus): StepState[] {
  const { steps, step, doing, effect, turned, last_step: last } = status;
  const isBack = turned !== null || doing === "rolled-back" || doing === "overruled";
  const isWhole = doing === "completed" || doing === "baking" || effect?.kind === "promote";
  return steps.map((_, index): StepState => {
    const number = index + 1;
    if (isBack && (last === null || number > last)) return "not reached";
    if (isBack) return number === last ? "failed" : "done";
    if (isWhole || doing === "concluding" || (step !== null && number < step)) return "done";
    return number === step ? "now" : "later";
  });
}
