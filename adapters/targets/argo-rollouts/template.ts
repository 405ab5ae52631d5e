import * as z from "zod";
import { jsonText } from "../../../core/json-text.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { hashLabel, type ReplicaSet, type Template } from "./resource.ts";
import { imageOf, type Place, type Scene } from "./scene.ts";

/** What the controller put into a set's pods that is not of the template: by role, and taken away with it. */
const ephemeralKey = "rollout.argoproj.io/ephemeral-metadata";
const ephemeral = z.looseObject({
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});

/**
 * The set that ran the plan's stable version: what the controller falls back on where that is it, and the newest such
 * set where it is not. The default undo of its plugin takes the second newest, whatever that ran.
 */
export function stableSet({ stable, sets }: Scene, place: Place, plan: RolloutPlan): ReplicaSet | undefined {
  const runs = (set: ReplicaSet) => imageOf(set.spec.template, place) === plan.stable?.id;
  return stable !== undefined && runs(stable) ? stable : sets.find(runs);
}

/** The whole template as it was, not its image alone: what else a candidate changed goes back with it. */
export function templateOfSet({ metadata, spec }: ReplicaSet): Template {
  const added = jsonText.pipe(ephemeral).safeParse(metadata.annotations[ephemeralKey] ?? "{}");
  const { labels = {}, annotations = {} } = added.data ?? {};
  return {
    ...spec.template,
    metadata: {
      ...spec.template.metadata,
      labels: without(spec.template.metadata?.labels, [hashLabel, ...Object.keys(labels)]),
      annotations: without(spec.template.metadata?.annotations, Object.keys(annotations)),
    },
  };
}

function without(
  entries: Record<string, string> | null | undefined,
  keys: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([key]) => !keys.includes(key)));
}
