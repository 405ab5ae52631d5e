import type * as z from "zod";
import type { argoRollouts as argoRolloutsSchema } from "../../core/policy/schema/targets/argo-rollouts.ts";
import type { Target } from "../../core/ports.ts";
import type { TargetEffect } from "../../core/rollout/effect.ts";
import { abortedCode } from "../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import type { Kubernetes } from "../kubernetes/client.ts";
import { changesOf } from "./argo-rollouts/changes.ts";
import { type GitRevert, proposing } from "./argo-rollouts/git-revert.ts";
import { handsOffKey } from "./argo-rollouts/left-behind.ts";
import { faultsOf, gitHold, observedOf } from "./argo-rollouts/observed.ts";
import { sourceOf } from "./argo-rollouts/owner.ts";
import { refusalsOf } from "./argo-rollouts/refusals.ts";
import { requestsOf } from "./argo-rollouts/requests.ts";
import { look, type Place, pathOf, type Scene } from "./argo-rollouts/scene.ts";
import { writeFenced } from "./argo-rollouts/write.ts";
import { refused, unavailable } from "./faults.ts";

export type ArgoRolloutsConfig = z.infer<typeof argoRolloutsSchema>;
export type { GitRevert } from "./argo-rollouts/git-revert.ts";

/**
 * A Rollout of Argo Rollouts, which keeps its own steps: they are jumped to, never rewritten, because other steps would
 * start anew. Its annotations hold our mark, and the cluster refuses a write that does not know the newest one.
 */
export function argoRollouts(
  config: ArgoRolloutsConfig,
  client: Kubernetes,
  ports: { gitRevert?: GitRevert } = {},
): Target {
  const { namespace, name, container, source } = config;
  const place: Place = { namespace, name, container };
  const revert = proposing(ports.gitRevert ?? noRevert(config));
  return {
    // Every step ends in a pause without an end: nothing goes on by itself.
    traits: { fenced: true, freezes: false },

    can: (plan) => refusalsOf(client, place, plan, source),

    async observe(plan) {
      const scene = await look(client, place);
      return observedOf(client, place, scene, plan, { source, proposal: revert.said(plan) });
    },

    async apply(plan, effect, mark) {
      // A way back looks at nothing beforehand: it is not held up.
      if (effect.kind === "deploy" || effect.kind === "share" || effect.kind === "promote")
        await canGoOn(await look(client, place), plan, effect);
      const seen = await writeFenced(client, place, mark, (scene) =>
        changesOf(scene, place, plan, effect, sourceOf(source, scene.rollout)),
      );
      if (effect.kind === "restore" && sourceOf(source, seen.rollout) === "git") await holdForGit(plan);
    },

    async requests(plan, effect) {
      const scene = await look(client, place);
      return requestsOf(scene, place, plan, effect, sourceOf(source, scene.rollout));
    },

    async keepOff(_plan, handsOff) {
      const text = handsOff === null ? null : JSON.stringify(handsOff);
      await client.annotate(pathOf(place), { [handsOffKey]: text }, `change the Rollout ${name}`);
    },
  };

  /** More is not given to a candidate that cannot start: asking again would not help it. */
  async function canGoOn(scene: Scene, plan: RolloutPlan, { kind }: TargetEffect): Promise<void> {
    const candidateStands = scene.current !== undefined && scene.rollout.status.stableRS !== "";
    if (!candidateStands) return;
    const faults = await faultsOf(client, place, scene, plan);
    const [fault] = faults.filter(({ code }) => kind !== "deploy" || code !== abortedCode);
    if (fault !== undefined) throw refused(fault.sentence);
  }

  /** Traffic is back, and the resource is not: said at every look, until Git no longer asks for the candidate. */
  async function holdForGit(plan: RolloutPlan): Promise<void> {
    const held = gitHold(await look(client, place), place, plan, "git");
    if (held !== null) throw unavailable(`${held.sentence} ${await revert.ask(plan)}`);
  }
}

function noRevert({ git }: ArgoRolloutsConfig): string {
  return git === undefined
    ? "Nothing proposes it: name the file in `git: { path: … }` of the target in services.yaml."
    : `Nothing here may propose it: revert ${git.path} by hand.`;
}
