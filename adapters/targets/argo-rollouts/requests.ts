import type { TargetEffect } from "../../../core/rollout/effect.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { PatchOperation } from "../../kubernetes/client.ts";
import { type Changes, changesOf, goOn, jump, passAll } from "./changes.ts";
import { annotationPath, markKey } from "./left-behind.ts";
import type { Source } from "./owner.ts";
import { type Place, pathOf, type Scene } from "./scene.ts";
import { restsOf } from "./steps.ts";

/** What an effect would ask the API server for, for people who only look: a line for each request. */
export function requestsOf(
  scene: Scene,
  place: Place,
  plan: RolloutPlan,
  effect: TargetEffect,
  source: Source,
): string[] {
  const { spec, status } = foreseen(scene, place, plan, effect, source);
  const path = pathOf(place);
  const mark: PatchOperation = { op: "add", path: annotationPath(markKey), value: "…" };
  return [line(path, [mark, ...spec]), ...(status.length === 0 ? [] : [line(`${path}/status`, status)])];
}

/** Shares and the promotion come when the candidate stands, which it may not yet. */
function foreseen(
  scene: Scene,
  place: Place,
  plan: RolloutPlan,
  effect: TargetEffect,
  source: Source,
): Changes {
  if (effect.kind === "promote") return { spec: [], status: passAll };
  if (effect.kind !== "share") return changesOf(scene, place, plan, effect, source);
  const { canary } = scene.rollout.spec.strategy;
  if (!canary) return { spec: [], status: goOn };
  const rest = restsOf(canary.steps).find((one) => one.share === effect.share);
  return { spec: [], status: rest === undefined ? [] : jump(rest) };
}

/** A whole template would hide what is done with it. */
function line(path: string, operations: readonly PatchOperation[]): string {
  const short = operations.map((one) =>
    "value" in one && one.path === "/spec/template" ? { ...one, value: "the stable ReplicaSet's" } : one,
  );
  return `PATCH ${path} ${JSON.stringify(short)}`;
}
