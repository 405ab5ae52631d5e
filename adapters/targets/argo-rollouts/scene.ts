import type { Kubernetes } from "../../kubernetes/client.ts";
import { refused } from "../faults.ts";
import { type LeftBehind, leftBehind } from "./left-behind.ts";
import {
  hashLabel,
  type Pods,
  pods,
  type ReplicaSet,
  type RolloutResource,
  replicaSets,
  rolloutResource,
} from "./resource.ts";

/** One look at a Rollout and at what belongs to it. */
export type Scene = {
  rollout: RolloutResource;
  /** Its own, the newest first. */
  sets: ReplicaSet[];
  /** The set of the template as it is, once the controller has seen that; and the set that it falls back on. */
  current: ReplicaSet | undefined;
  stable: ReplicaSet | undefined;
  left: LeftBehind;
};

export type Place = { namespace: string; name: string; container?: string | undefined };

export function pathOf({ namespace, name }: Place): string {
  return `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${name}`;
}

export async function look(client: Kubernetes, place: Place): Promise<Scene> {
  const { namespace, name } = place;
  const rollout = await client.read(pathOf(place), rolloutResource, `read the Rollout ${namespace}/${name}`);
  const labels = Object.entries(rollout.spec.selector?.matchLabels ?? {});
  const selector = labels.map(([key, value]) => `${key}=${value}`).join(",");
  const { items } = await client.read(
    `/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=${encodeURIComponent(selector)}`,
    replicaSets,
    `list the ReplicaSets of ${namespace}`,
  );
  return sceneOf(rollout, items);
}

export function sceneOf(rollout: RolloutResource, items: readonly ReplicaSet[]): Scene {
  const { uid } = rollout.metadata;
  const sets = items
    .filter(({ metadata }) => metadata.ownerReferences.some((owner) => owner.uid === uid))
    .sort((left, right) =>
      right.metadata.creationTimestamp.localeCompare(left.metadata.creationTimestamp, "en"),
    );
  const setOf = (hash: string) =>
    hash === "" ? undefined : sets.find(({ metadata }) => metadata.labels[hashLabel] === hash);
  const { currentPodHash, stableRS } = rollout.status;
  return {
    rollout,
    sets,
    current: setOf(currentPodHash),
    stable: setOf(stableRS),
    left: leftBehind(rollout),
  };
}

/** Pods of one set; a hundred of them say as much as all. */
export async function podsOf(client: Kubernetes, { namespace }: Place, hash: string): Promise<Pods> {
  const selector = encodeURIComponent(`${hashLabel}=${hash}`);
  return client.read(
    `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}&limit=100`,
    pods,
    `list the pods of ${namespace}`,
  );
}

type Containers = { spec: { containers: readonly { name: string; image: string }[] } };

export function containerIndex({ spec }: Containers, container: string | undefined): number {
  return container === undefined ? 0 : spec.containers.findIndex(({ name }) => name === container);
}

export function imageOf(template: Containers | null | undefined, { container }: Place): string | null {
  if (template === null || template === undefined) return null;
  return template.spec.containers[containerIndex(template, container)]?.image ?? null;
}

/** Null where it is elsewhere, which no plan gets past. */
export function templateOf({ rollout }: Scene, place: Place) {
  const { template } = rollout.spec;
  if (template === null || template === undefined || imageOf(template, place) === null)
    throw refused(
      `The Rollout ${place.namespace}/${place.name} has no container ${place.container ?? ""} in a template of its own.`,
    );
  return template;
}
