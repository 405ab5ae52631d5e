import type { Shape } from "../../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { type LeftBehind, wantsBack } from "./left-behind.ts";
import { hashLabel } from "./resource.ts";
import { imageOf, type Place, type Scene } from "./scene.ts";
import { isFullyPromoted, isUpToDate } from "./status.ts";
import { restAt, restsOf } from "./steps.ts";

/** Which versions a Rollout runs, and whether it has come to rest. Weights are believed, phases only beside them. */

export type Seen = Shape & { settled: boolean };

export function canarySeen({ rollout, current, stable, left }: Scene, place: Place, plan: RolloutPlan): Seen {
  const { status, spec } = rollout;
  const weights = status.canary?.weights?.canary;
  const share = weights?.weight ?? null;
  const stableImage = imageOf(stable?.spec.template, place);
  const upToDate = isUpToDate(rollout);
  if (isFullyPromoted(rollout)) {
    // "Healthy" is written before the weights have followed.
    const settled = upToDate && share === 0 && restsHealthy(rollout.status.phase);
    return { stable: stableImage, candidate: null, share, settled };
  }
  const candidate = imageOf(current?.spec.template, place) ?? imageOf(spec.template, place);
  const rest = restAt(restsOf(spec.strategy.canary?.steps ?? []), status.currentStepIndex);
  const paused = status.phase === "Paused" && (status.controllerPause || spec.paused);
  const resting = status.abort ? share === 0 : paused && (rest === undefined || rest.share === share);
  const settled = upToDate && resting;
  if (isWayBack(candidate, left, plan)) return { stable: stableImage, candidate: null, share: 0, settled };
  return { stable: stableImage, candidate, share, settled };
}

/** A version that is brought back from before is nobody's candidate, though it goes the same way. */
function isWayBack(candidate: string | null, { mark }: LeftBehind, plan: RolloutPlan): boolean {
  return candidate === (plan.stable?.id ?? null) && wantsBack(mark, plan);
}

function restsHealthy(phase: string): boolean {
  return phase === "Healthy" || phase === "Degraded";
}

/**
 * After a cut-over the controller calls the candidate stable at once. For a rollout it becomes so with its promotion,
 * and until then the mark says that the old version is what one goes back to.
 */
export function blueGreenSeen(
  { rollout, current, sets, left }: Scene,
  place: Place,
  plan: RolloutPlan,
): Seen {
  const { status, spec } = rollout;
  const active = sets.find(({ metadata }) => metadata.labels[hashLabel] === status.blueGreen?.activeSelector);
  const [activeImage, currentImage] = [
    imageOf(active?.spec.template, place),
    imageOf(current?.spec.template, place) ?? imageOf(spec.template, place),
  ];
  const resting =
    isFullyPromoted(rollout) && active === current
      ? restsHealthy(status.phase)
      : status.abort || (status.phase === "Paused" && (status.controllerPause || spec.paused));
  const settled = isUpToDate(rollout) && resting;
  const { mark } = left;
  const baking =
    plan.kind === "blue-green" &&
    activeImage === plan.candidate.id &&
    (currentImage === plan.candidate.id || currentImage === plan.stable?.id) &&
    mark?.rollout === plan.rollout &&
    mark.to.stable !== plan.candidate.id;
  if (baking) return { stable: plan.stable?.id ?? null, candidate: plan.candidate.id, share: 100, settled };
  const candidate = active === current || isWayBack(currentImage, left, plan) ? null : currentImage;
  return { stable: activeImage, candidate, share: activeImage === null ? null : 0, settled };
}
