import type { UserError } from "../../core/errors.ts";
import type { Refusal, Target } from "../../core/ports.ts";
import type { TargetEffect } from "../../core/rollout/effect.ts";
import type { Mark } from "../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import { refusalsOf } from "./iis-arr/can.ts";
import type { Operation } from "./iis-arr/change-set.ts";
import { allHosts, type IisArrConfig } from "./iis-arr/config.ts";
import type { Hosts } from "./iis-arr/host.ts";
import {
  applyInOrder,
  applyTogether,
  type IisArrPorts,
  missingOf,
  observeHosts,
  type Reached,
  Silent,
} from "./iis-arr/hosts.ts";
import { finishMark, keepHandsOff, keepMark } from "./iis-arr/kept.ts";
import { observedOf } from "./iis-arr/shape.ts";
import { everywhere, inOrder, requestsFor, stepsFor, undoStages } from "./iis-arr/steps.ts";
import { foldersOf } from "./iis-arr/versions.ts";

/**
 * Sites of IIS, behind Application Request Routing or with bindings that swap. Machines are asked and changed by one
 * script, `integrations/iis/apply.ps1`; what it is to do is worked out here, from what the machines say.
 */
export function iisArr(config: IisArrConfig, ports: IisArrPorts): Target {
  const seen = (plan: RolloutPlan, silent?: Missing) =>
    observeHosts(config, foldersOf(config, plan), ports, silent);

  const applyOnce = async (plan: RolloutPlan, effect: TargetEffect, mark: Mark, silent: Missing) => {
    // Forwards nothing moves without all machines; a way back takes those that answer.
    const reach = async () => {
      const reached = await seen(plan, silent);
      return effect.kind === "restore" ? reached.hosts : all(reached);
    };
    const first = await reach();
    const answering = [...first.keys()];
    const together = (operation: Operation) =>
      applyTogether(everywhere(config, operation, mark.fencing, answering), ports);
    // What cannot be done is refused before anything is written.
    stepsFor(config, plan, effect, first);
    await together(keepMark(mark));
    // Behind the mark nobody with a lower number writes any more: only now is what the machines say certain.
    const hosts = await reach();
    const steps = stepsFor(config, plan, effect, hosts).filter(({ host }) => hosts.has(host));
    await applyTogether(undoStages(config, steps, mark, hosts), ports);
    await applyInOrder(inOrder(config, steps, mark), ports);
    // With a machine missing this fails, and the mark stays one of an effect that is not whole.
    all(await seen(plan, silent), effect.kind === "restore" ? "The way back is not whole. " : "");
    await together(finishMark(mark));
  };

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
      const { hosts, missing } = await seen(plan);
      return {
        ...observedOf(config, plan, hosts),
        silent: [...missing.values()].map(({ message }) => message),
      };
    },

    async apply(plan, effect, mark) {
      const silent = new Map<string, UserError>();
      while (true) {
        try {
          return await applyOnce(plan, effect, mark, silent);
        } catch (error) {
          // A way back that loses a machine in the middle begins anew with the others: what they need is another then.
          if (effect.kind !== "restore" || !(error instanceof Silent) || silent.has(error.host)) throw error;
          silent.set(error.host, error);
        }
      }
    },

    async requests(plan, effect) {
      return requestsFor(config, plan, effect, all(await seen(plan)));
    },

    async keepOff(_plan, handsOff) {
      await applyTogether(everywhere(config, keepHandsOff(handsOff), null, allHosts(config)), ports);
    },
  };
}

type Missing = ReadonlyMap<string, UserError>;

function all({ hosts, missing }: Reached, before = ""): Hosts {
  if (missing.size > 0) throw missingOf(missing, before);
  return hosts;
}
