import type { Observed, Shape, TargetFault } from "../../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { Counts } from "./counts.ts";
import type { LeftHere } from "./left.ts";

/** What counted devices mean to a rollout. */

export type Limits = { stuckPercent: number; failedPercent: number };
export type View = Pick<Observed, "stable" | "candidate" | "share" | "settled" | "faults">;
export type About = {
  plan: RolloutPlan;
  left: LeftHere;
  counts: Counts;
  limits: Limits;
  /** Whether the way back of this rollout was begun, that is, whether devices carry its tag. */
  goingBack: boolean;
  /** The version that somebody gave to devices, past this rollout. */
  somebodys: string | null;
};

export function viewOf(about: About): View {
  const { plan, left } = about;
  const ours = left.mark?.rollout === plan.rollout ? left.mark : null;
  if (ours === null) return alone(about);
  if (ours.to.candidate === plan.candidate.id) return offering(about);
  if (ours.to.stable === plan.candidate.id)
    return still({ stable: plan.candidate.id, candidate: null, share: 0 });
  return returning(about);
}

/** Nothing of this rollout is there: who has more devices is the stable version. */
function alone({ plan, counts }: About): View {
  const { onCandidate, onStable } = counts;
  if (onCandidate > onStable) return still({ stable: plan.candidate.id, candidate: null, share: 0 });
  const stable = onStable > 0 ? (plan.stable?.id ?? null) : null;
  if (onCandidate === 0) return still({ stable, candidate: null, share: 0 });
  return still({ stable, candidate: plan.candidate.id, share: partOf(counts) });
}

export function changedByOthers({ diverted, others }: Counts, left: LeftHere): boolean {
  return diverted > 0 || others > left.others;
}

function offering({ plan, left, counts, limits, somebodys }: About): View {
  const [stable, candidate] = [plan.stable?.id ?? null, plan.candidate.id];
  const { offered, failed, stuck, underWay, starting } = counts;
  if (changedByOthers(counts, left)) {
    const share = partOf(counts);
    if (somebodys !== null) return still({ stable, candidate: somebodys, share });
    // Some devices were taken back to the stable version. Where the part is still as asked, it will not stay so.
    return still({ stable, candidate, share: share === left.share ? null : share });
  }
  const faults: TargetFault[] = [
    ...faultOf("devices-failed", failed, offered, limits.failedPercent, `did not install ${candidate}`),
    ...faultOf(
      "devices-stuck",
      stuck,
      offered,
      limits.stuckPercent,
      `came to no end with ${candidate} in time`,
    ),
  ];
  // A cohort that has failed is waited for no longer: what is left of it is taken back with the rest.
  const settled = faults.length > 0 || (!starting && underWay === 0);
  return { stable, candidate, share: left.share, settled, faults };
}

/** Back: nobody has the candidate any more, or is told to have it, and nobody who may have it is still at it. */
function returning({ plan, left, counts, limits, goingBack }: About): View {
  const stable = plan.stable?.id ?? null;
  const { onCandidate, toldCandidate, fleet, offered, returning: atIt, gone } = counts;
  const atRest = goingBack && atIt === 0;
  const most = (((plan.whole_fleet ? 0 : offered) || fleet) * limits.stuckPercent) / 100;
  // Devices that are silent beyond their time are offered it still, for when they come back.
  if (atRest && toldCandidate === 0 && onCandidate <= gone && gone <= most)
    return still({ stable, candidate: null, share: 0 });
  const share = plan.whole_fleet ? ofBefore(partOf(counts), left) : partOf(counts);
  const seen = still({ stable, candidate: plan.candidate.id, share });
  return { ...seen, settled: !goingBack || atIt === 0 };
}

/** What the rest of a fleet has beside the rollout goes back with it, and is no change by somebody. */
function ofBefore(share: number | null, { mark }: LeftHere): number | null {
  const before = mark?.from.share ?? null;
  return share === null || before === null ? before : Math.min(share, before);
}

function still(shape: Shape): View {
  return { ...shape, settled: true, faults: [] };
}

/** Percent of the fleet that has the candidate, as it is and not as it was asked for. */
function partOf({ fleet, onCandidate }: Counts): number | null {
  return fleet === 0 ? null : Math.round((100_000 * onCandidate) / fleet) / 1000;
}

function faultOf(code: string, many: number, of: number, percent: number, what: string): TargetFault[] {
  if (many === 0 || 100 * many <= percent * of) return [];
  return [
    {
      code,
      sentence: `${many} of ${of} devices that were offered it ${what}; at most ${percent} % are left behind.`,
    },
  ];
}
