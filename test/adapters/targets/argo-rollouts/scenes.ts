import * as z from "zod";
import { replicaSet, rolloutResource } from "../../../../adapters/targets/argo-rollouts/resource.ts";
import { type Scene, sceneOf } from "../../../../adapters/targets/argo-rollouts/scene.ts";
import recorded from "./recorded.json" with { type: "json" };

/** What a real API server with the real controller answered, step by step; test/real lays out the same shop. */

const answers = z.looseObject({
  rollout: z.unknown(),
  sets: z.array(z.unknown()).default(recorded.at10.sets),
});
export type Moment = Exclude<keyof typeof recorded, "$schema">;
type Change = (rollout: z.infer<typeof rolloutResource>) => void;

export function sceneAt(moment: Moment, change: Change = () => {}): Scene {
  const { rollout, sets } = answers.parse(recorded[moment]);
  // A copy, so that a change is of this scene alone.
  const resource = rolloutResource.parse(structuredClone(rollout));
  change(resource);
  return sceneOf(
    resource,
    sets.map((set) => replicaSet.parse(structuredClone(set))),
  );
}

export const place = { namespace: "shop", name: "shop" };
export const badPods = { items: recorded.bad.pods };
