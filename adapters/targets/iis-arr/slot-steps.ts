import type { TargetEffect } from "../../../core/rollout/effect.ts";
import type { RolloutPlan, Version } from "../../../core/rollout/plan.ts";
import { refused, unavailable } from "../faults.ts";
import type { Step } from "./change-set.ts";
import { otherSlot, type SlotConfig, type SlotName, slotHosts, slotNames } from "./config.ts";
import type { Hosts } from "./host.ts";
import { placed, started } from "./place.ts";
import { emptied, retired, routed } from "./route.ts";
import { candidateSlot, shareOf } from "./shape.ts";
import { type SlotsSeen, slotsSeen } from "./slots.ts";

/** What an effect asks of two slots, as they are now: nothing where it holds already. */

export function slotSteps(
  config: SlotConfig,
  plan: RolloutPlan,
  effect: TargetEffect,
  hosts: Hosts,
  seen: SlotsSeen = slotsSeen(config, plan, hosts),
): Step[] {
  switch (effect.kind) {
    case "deploy":
      return deploy(config, plan, seen);
    case "share":
      return share(config, plan, seen, effect.share);
    case "promote": {
      const slot = standing(seen, plan);
      return [
        ...held(config, plan, seen, slot, plan.candidate),
        ...routed(config, slot, 100, "Drain"),
        ...retired(config, otherSlot(slot), "fail"),
      ];
    }
    case "restore":
      return restore(config, plan, seen, hosts);
    case "pause":
    case "resume":
      throw refused("IIS moves nothing by itself, so there is nothing to pause.");
  }
}

/** The same for people who only look: what follows on the deploy is worked out as if the candidate stood already. */
export function slotStepsForeseen(
  config: SlotConfig,
  plan: RolloutPlan,
  effect: TargetEffect,
  hosts: Hosts,
): Step[] {
  const seen = slotsSeen(config, plan, hosts);
  const slot = candidateSlot(seen, plan) ?? idleSlot(seen, plan);
  const standing = { ...seen, [slot]: { ...seen[slot], version: plan.candidate.id, warm: true } };
  return slotSteps(config, plan, effect, hosts, effect.kind === "deploy" ? seen : standing);
}

function deploy(config: SlotConfig, plan: RolloutPlan, seen: SlotsSeen): Step[] {
  const slot = candidateSlot(seen, plan) ?? idleSlot(seen, plan);
  const other = otherSlot(slot);
  if (seen[other].warm === false || (shareOf(seen, slot) ?? 0) === 100)
    throw refused(
      `${plan.candidate.id} would take the place of what gets all traffic (${slot}). Deploy another version, or restore.`,
    );
  return [...routed(config, slot, 0, "GracefulStop"), ...held(config, plan, seen, slot, plan.candidate)];
}

function share(config: SlotConfig, plan: RolloutPlan, seen: SlotsSeen, wanted: number): Step[] {
  const slot = standing(seen, plan);
  const other = otherSlot(slot);
  if (wanted < 100 && plan.stable !== null && seen[other].version !== plan.stable.id)
    throw refused(
      `The slot ${other} holds ${seen[other].version ?? "different versions"}, and not ${plan.stable.id}: the traffic cannot be shared with it.`,
    );
  return [
    ...held(config, plan, seen, slot, plan.candidate),
    ...(wanted < 100 && plan.stable !== null ? held(config, plan, seen, other, plan.stable) : []),
    ...routed(config, slot, wanted, wanted === 0 ? "GracefulStop" : "Drain"),
  ];
}

/** Traffic first; what is left of the candidate is waited for no longer than the way back may take. */
function restore(config: SlotConfig, plan: RolloutPlan, seen: SlotsSeen, hosts: Hosts): Step[] {
  const { stable } = plan;
  if (stable === null) throw refused("The plan knows no version to go back to.");
  const holding = slotNames.filter((slot) => seen[slot].version === stable.id);
  const warm = holding.filter((slot) => seen[slot].warm === true);
  const live = warm.find((slot) => (shareOf(seen, slot) ?? 0) > 0);
  const candidate = candidateSlot(seen, plan);
  const slot =
    live ?? warm[0] ?? holding[0] ?? (candidate === null ? idleSlot(seen, plan) : otherSlot(candidate));
  const unheard = config.layout === "weights" && config.controllers.some((host) => !hosts.has(host));
  const silent = slotHosts(config, slot).find((host) => !hosts.has(host));
  if (!holding.includes(slot) && silent !== undefined)
    throw unavailable(`${silent} does not answer, and no other machine is known to have ${stable.id}.`);
  return [
    ...held(config, plan, seen, slot, stable),
    ...routed(config, slot, 100, "GracefulStop"),
    // A controller that does not answer may go on sending requests to the candidate: it is left running then.
    ...(unheard ? [] : retired(config, otherSlot(slot), "go-on")),
  ];
}

/** The slot holds the version and runs. One that held another is emptied first. */
function held(
  config: SlotConfig,
  plan: RolloutPlan,
  seen: SlotsSeen,
  slot: SlotName,
  version: Version,
): Step[] {
  const { warm, version: current } = seen[slot];
  const hosts = slotHosts(config, slot);
  if (current === version.id)
    return warm === true ? [] : hosts.flatMap((host) => started(config, host, config.slots[slot]));
  return [
    ...emptied(config, slot, "fail"),
    ...hosts.flatMap((host) => placed(config, plan, version, host, config.slots[slot])),
  ];
}

function standing(seen: SlotsSeen, plan: RolloutPlan): SlotName {
  const slot = candidateSlot(seen, plan);
  if (slot !== null) return slot;
  throw refused(`No slot holds ${plan.candidate.id}: it has to be deployed first.`);
}

/** The slot that gets nothing; where that is unclear, the one that does not hold the stable version. */
function idleSlot(seen: SlotsSeen, plan: RolloutPlan): SlotName {
  if (seen.blueShare === 100) return "green";
  if (seen.blueShare === 0) return "blue";
  const stable = slotNames.filter((slot) => plan.stable !== null && seen[slot].version === plan.stable.id);
  const [only] = stable;
  if (only !== undefined && stable.length === 1) return otherSlot(only);
  throw refused(
    "Both slots get traffic, or the machines do not agree which one does. Send all traffic to one slot first.",
  );
}
