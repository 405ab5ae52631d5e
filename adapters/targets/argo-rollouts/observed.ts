import type { Observed, TargetFault } from "../../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { Kubernetes } from "../../kubernetes/client.ts";
import { podFaults, statusFaults } from "./faults.ts";
import { wantsBack } from "./left-behind.ts";
import { type AskedSource, type Source, sourceOf } from "./owner.ts";
import type { ReplicaSet } from "./resource.ts";
import { imageOf, type Place, podsOf, type Scene } from "./scene.ts";
import { blueGreenSeen, canarySeen, type Seen } from "./shape.ts";
import { isFullyPromoted, isUpToDate } from "./status.ts";

export function seenOf(scene: Scene, place: Place, plan: RolloutPlan): Seen {
  const { canary } = scene.rollout.spec.strategy;
  return canary ? canarySeen(scene, place, plan) : blueGreenSeen(scene, place, plan);
}

/** What keeps the candidate from going on; its pods are asked for where not all of them are available. */
export async function faultsOf(
  client: Kubernetes,
  place: Place,
  { rollout, current, left }: Scene,
  plan: RolloutPlan,
): Promise<TargetFault[]> {
  const found = statusFaults(rollout, wantsBack(left.mark, plan));
  if (isFullyPromoted(rollout) || readyOf(current) !== false || !isUpToDate(rollout)) return found;
  return [...found, ...podFaults(await podsOf(client, place, rollout.status.currentPodHash))];
}

export async function observedOf(
  client: Kubernetes,
  place: Place,
  scene: Scene,
  plan: RolloutPlan,
  { source, proposal }: { source: AskedSource; proposal: string },
): Promise<Observed> {
  const { rollout, current, left } = scene;
  const { settled, ...shape } = seenOf(scene, place, plan);
  const faults = await faultsOf(client, place, scene, plan);
  const held = gitHold(scene, place, plan, sourceOf(source, rollout));
  return {
    ...shape,
    // What cannot start is not on its way either: whoever asks for more is refused, and told why.
    settled: settled || (faults.length > 0 && isUpToDate(rollout)),
    ready: shape.candidate === null ? null : readyOf(current),
    paused: rollout.spec.paused,
    mark: left.mark,
    handsOff: left.handsOff,
    faults:
      held === null ? faults : [...faults, { ...held, sentence: `${held.sentence} ${proposal}`.trim() }],
  };
}

/** Null where none of its pods is asked for. */
function readyOf(set: ReplicaSet | undefined): boolean | null {
  if (set === undefined || set.spec.replicas === 0) return null;
  return set.status.availableReplicas >= set.spec.replicas;
}

/** Taken back under Git: the resource itself is the revert's, and until then Git may bring the candidate again. */
export function gitHold(
  { rollout, left: { mark } }: Scene,
  place: Place,
  plan: RolloutPlan,
  source: Source,
): TargetFault | null {
  if (source !== "git" || plan.stable === null || !wantsBack(mark, plan)) return null;
  if (imageOf(rollout.spec.template, place) === plan.stable.id) return null;
  const { name } = rollout.metadata;
  const now = rollout.status.abort
    ? `Users get ${plan.stable.id} again`
    : `The Rollout ${name} is past the point where an abort takes it back`;
  return {
    code: "git-asks-for-candidate",
    sentence: `${now}, but Git still asks for another version of ${name}. Merge a revert to ${plan.stable.id}: until then any change of the resource brings ${plan.candidate.id} again.`,
  };
}
