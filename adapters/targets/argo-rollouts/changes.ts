import type { TargetEffect } from "../../../core/rollout/effect.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { PatchOperation } from "../../kubernetes/client.ts";
import { refused, unavailable } from "../faults.ts";
import type { Source } from "./owner.ts";
import { hashLabel } from "./resource.ts";
import { containerIndex, imageOf, type Place, type Scene, templateOf } from "./scene.ts";
import { isFullyPromoted, isUpToDate } from "./status.ts";
import { leadsTo, nextRest, type Rest, restsOf } from "./steps.ts";
import { stableSet, templateOfSet } from "./template.ts";

/** What one effect changes: of the resource, and of its status, which is written apart. Nothing where it holds. */
export type Changes = { spec: PatchOperation[]; status: PatchOperation[] };

const nothing: Changes = { spec: [], status: [] };

export function changesOf(
  scene: Scene,
  place: Place,
  plan: RolloutPlan,
  effect: TargetEffect,
  source: Source,
): Changes {
  switch (effect.kind) {
    case "deploy":
      return deploy(scene, place, plan, source);
    case "share":
      return share(scene, place, plan, effect.share);
    case "promote":
      return promote(scene, place, plan);
    case "restore":
      return source === "git" ? abort(scene) : restore(scene, place, plan);
    case "pause":
    case "resume": {
      const paused = effect.kind === "pause";
      if (scene.rollout.spec.paused === paused) return nothing;
      return { spec: [{ op: "add", path: "/spec/paused", value: paused }], status: [] };
    }
  }
}

function deploy(scene: Scene, place: Place, plan: RolloutPlan, source: Source): Changes {
  const { rollout } = scene;
  const template = templateOf(scene, place);
  if (imageOf(template, place) !== plan.candidate.id) {
    // Git brings it; whoever waits sees it come.
    if (source === "git") return nothing;
    const index = containerIndex(template, place.container);
    const path = `/spec/template/spec/containers/${index}`;
    return {
      spec: [
        { op: "test", path: `${path}/name`, value: template.spec.containers[index]?.name },
        { op: "replace", path: `${path}/image`, value: plan.candidate.id },
      ],
      status: [],
    };
  }
  // Aborted before and wanted again: it starts from its first step.
  if (rollout.status.abort) return { spec: [], status: [{ op: "add", path: "/status/abort", value: false }] };
  if (rollout.spec.strategy.canary && !isFullyPromoted(rollout)) return share(scene, place, plan, 0);
  return nothing;
}

function share(scene: Scene, place: Place, plan: RolloutPlan, wanted: number): Changes {
  const { rollout } = scene;
  const { status, spec } = rollout;
  runsCandidate(scene, place, plan);
  if (spec.paused)
    throw unavailable(
      `Somebody paused the Rollout ${place.namespace}/${place.name} (spec.paused). Resume it.`,
    );
  if (!spec.strategy.canary) return cutOver(scene, place, plan, wanted);
  if (isFullyPromoted(rollout) || !isUpToDate(rollout)) return nothing;
  const index = status.currentStepIndex ?? 0;
  const rest = nextRest(restsOf(spec.strategy.canary.steps), wanted, index);
  if (rest === undefined)
    throw refused(`The Rollout ${place.namespace}/${place.name} has no steps that rest at ${wanted} %.`);
  return leadsTo(rest, index) ? nothing : { spec: [], status: jump(rest) };
}

/** From a pause on, as the controller is told by its own plugin. */
export const goOn: PatchOperation[] = [{ op: "add", path: "/status/pauseConditions", value: null }];
/** Past all steps that are left. */
export const passAll: PatchOperation[] = [{ op: "add", path: "/status/promoteFull", value: true }];

/** Without `controllerPause`, a pause that is jumped upon would count as done. */
export function jump({ begin }: Rest): PatchOperation[] {
  return [
    ...goOn,
    { op: "add", path: "/status/controllerPause", value: false },
    { op: "add", path: "/status/currentStepIndex", value: begin },
  ];
}

function cutOver({ rollout, current }: Scene, place: Place, plan: RolloutPlan, wanted: number): Changes {
  const { status } = rollout;
  const active = status.blueGreen?.activeSelector;
  const there =
    imageOf(current?.spec.template, place) === plan.candidate.id && active === status.currentPodHash;
  if (there || !isUpToDate(rollout)) return nothing;
  if (wanted !== 100) return nothing;
  const paused = (status.pauseConditions ?? []).length > 0;
  return paused ? { spec: [], status: goOn } : nothing;
}

/** What is the stable version already is left alone. */
function promote(scene: Scene, place: Place, plan: RolloutPlan): Changes {
  runsCandidate(scene, place, plan);
  const { rollout } = scene;
  if (isFullyPromoted(rollout) || rollout.status.promoteFull) return nothing;
  return { spec: [], status: passAll };
}

function runsCandidate(scene: Scene, place: Place, plan: RolloutPlan): void {
  const image = imageOf(templateOf(scene, place), place);
  if (image !== plan.candidate.id)
    throw refused(
      `The Rollout ${place.namespace}/${place.name} asks for ${image}, not for ${plan.candidate.id}: somebody changed it.`,
    );
  if (scene.rollout.status.abort && !isFullyPromoted(scene.rollout))
    throw refused(
      `The Rollout ${place.namespace}/${place.name} was aborted; a new start begins at its first step.`,
    );
}

/**
 * One write takes everything back: a template that is the stable one's ends the canary, all its weights and its pods,
 * and an abort on the way with them. Where the version is no longer what the controller falls back on, it passes all
 * steps once it stands.
 */
function restore(scene: Scene, place: Place, plan: RolloutPlan): Changes {
  const { rollout } = scene;
  const { spec, status } = rollout;
  if (plan.stable === null) throw refused("The plan names no version to go back to.");
  const resumed: PatchOperation[] = spec.paused ? [{ op: "add", path: "/spec/paused", value: false }] : [];
  const wanted = stableSet(scene, place, plan);
  const hash = wanted?.metadata.labels[hashLabel];
  const there =
    wanted === undefined
      ? imageOf(spec.template, place) === plan.stable.id
      : status.currentPodHash === hash && isUpToDate(rollout);
  if (!there && wanted !== undefined)
    return {
      spec: [...resumed, { op: "replace", path: "/spec/template", value: templateOfSet(wanted) }],
      status: [],
    };
  if (!there) return { spec: [...resumed, ...imageAlone(scene, place, plan.stable.id)], status: [] };
  if (isFullyPromoted(rollout) || status.promoteFull) return { spec: resumed, status: [] };
  return { spec: resumed, status: passAll };
}

/** No set is left that ran it. */
function imageAlone(scene: Scene, place: Place, image: string): PatchOperation[] {
  const template = templateOf(scene, place);
  const index = containerIndex(template, place.container);
  return [{ op: "replace", path: `/spec/template/spec/containers/${index}/image`, value: image }];
}

/** Under Git the resource is not ours to change: the traffic goes back, and the rest is the revert's. */
function abort({ rollout }: Scene): Changes {
  if (rollout.status.abort || isFullyPromoted(rollout)) return nothing;
  return { spec: [], status: [{ op: "add", path: "/status/abort", value: true }] };
}
