import type { Refusal, Target } from "../../core/ports.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import { refusalsOf } from "./iis-arr/can.ts";
import { allHosts, type IisArrConfig } from "./iis-arr/config.ts";
import type { Hosts } from "./iis-arr/host.ts";
import {
  applyInOrder,
  applyTogether,
  type IisArrPorts,
  observeHosts,
  type Reached,
} from "./iis-arr/hosts.ts";
import { observedOf } from "./iis-arr/shape.ts";
import { everywhere, inOrder, stepsFor, undoStages } from "./iis-arr/steps.ts";
import { foldersOf } from "./iis-arr/versions.ts";

/**
 * Sites of IIS, behind Application Request Routing or with bindings that swap. Machines are asked and changed by one
 * script, `integrations/iis/apply.ps1`; what it is to do is worked out here, from what the machines say.
 */
export function iisArr(config: IisArrConfig, ports: IisArrPorts): Target {
  const seen = (plan: RolloutPlan) => observeHosts(config, foldersOf(config, plan), ports);
  return {
    // The mark goes to every machine before anything else does, and none of them takes a lower number from then on.
    traits: { fenced: true, freezes: false },

    async can(plan): Promise<Refusal[]> {
      const refusals = refusalsOf(config, plan);
      if (refusals.length > 0) return refusals;
      const { settled, share } = observedOf(config, plan, all(await seen(plan)));
      if (settled || share !== null) return [];
      return [
        {
          code: "target-unclear",
          sentence:
            "The machines do not agree which version gets the traffic, or what they say fits no share. Bring them into line, then start anew.",
        },
      ];
    },

    async observe(plan) {
      return observedOf(config, plan, (await seen(plan)).hosts);
    },

    async apply(plan, effect, mark) {
      const { rollout, number, fencing } = mark;
      // Forwards nothing moves without all machines; a way back takes those that answer.
      const reach = async () => {
        const reached = await seen(plan);
        return effect.kind === "restore" ? reached.hosts : all(reached);
      };
      const first = await reach();
      const answering = [...first.keys()];
      // What cannot be done is refused before anything is written.
      stepsFor(config, plan, effect, first);
      await applyTogether(everywhere(config, { operation: "mark", mark }, fencing, answering), ports);
      // Behind the mark nobody with a lower number writes any more: only now is what the machines say certain.
      const hosts = await reach();
      const steps = stepsFor(config, plan, effect, hosts).filter(({ host }) => hosts.has(host));
      await applyTogether(undoStages(config, steps, mark, hosts), ports);
      await applyInOrder(inOrder(config, steps, mark), ports);
      // With a machine missing this fails, and the mark stays one of an effect that is not whole.
      all(await seen(plan));
      await applyTogether(
        everywhere(config, { operation: "finish", rollout, number }, fencing, answering),
        ports,
      );
    },

    async keepOff(_plan, handsOff) {
      const operation = { operation: "hands-off" as const, hands_off: handsOff };
      await applyTogether(everywhere(config, operation, null, allHosts(config)), ports);
    },
  };
}

function all({ hosts, missing }: Reached): Hosts {
  for (const error of missing.values()) throw error;
  return hosts;
}
