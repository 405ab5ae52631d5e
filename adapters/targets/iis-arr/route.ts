import type { Edit, Operation, ServerState, Step } from "./change-set.ts";
import {
  commitHosts,
  otherSlot,
  type SlotConfig,
  type SlotName,
  type SwapConfig,
  slotHosts,
  slotNames,
  type WeightsConfig,
} from "./config.ts";
import { poolIdle, poolTo, serverIdle, serverTo } from "./operations.ts";
import { on } from "./place.ts";
import { bindingsOf } from "./slots.ts";

/** Steps that move traffic between two slots. */

/** How a slot is left that gets nothing: drained keeps clients with affinity, stopped gracefully takes nobody. */
export type Leaving = Extract<ServerState, "Drain" | "GracefulStop">;

export function routed(config: SlotConfig, slot: SlotName, share: number, leaving: Leaving): Step[] {
  return config.layout === "swap" ? swapped(config, slot, share) : weighted(config, slot, share, leaving);
}

/** Both sites in one commit: at no moment has none of them the binding, or both. */
function swapped(config: SwapConfig, slot: SlotName, share: number): Step[] {
  const live = share === 100 ? slot : otherSlot(slot);
  const edits = slotNames.map(
    (name): Edit => ({
      edit: "bindings",
      site: config.slots[name].site,
      bindings: bindingsOf(config, name === live ? "live" : "idle"),
    }),
  );
  return config.hosts.flatMap((host) => on(host, [{ operation: "commit", edits }]));
}

function weighted(config: WeightsConfig, slot: SlotName, share: number, leaving: Leaving): Step[] {
  const other = otherSlot(slot);
  // ARR may forget who is drained when it starts anew; a slot that is to get nothing then gets a hundredth.
  const weights = weightEdits(config, slot, share === 0 ? 1 : share === 100 ? 99 : share);
  const state = (which: SlotName, to: ServerState): Operation[] =>
    config.slots[which].servers.map(({ address }) => serverTo(config.farm, address, to));
  // Somebody takes the traffic before somebody else stops taking it. Behind a commit the states are said anew.
  const states =
    share === 0
      ? [...state(other, "Start"), ...state(slot, leaving)]
      : share === 100
        ? [...state(slot, "Start"), ...state(other, leaving)]
        : [...state(slot, "Start"), ...state(other, "Start")];
  const committing = new Set(commitHosts(config));
  return config.controllers.flatMap((host) => [
    ...(weights.length > 0 && committing.has(host)
      ? on(host, [{ operation: "commit", edits: weights }])
      : []),
    ...on(host, states),
  ]);
}

/** Whole weights from 1 whose sums have the ratio of the shares exactly, up to two decimals of a percent. */
function weightEdits({ slots, farm }: WeightsConfig, slot: SlotName, share: number): Edit[] {
  const other = otherSlot(slot);
  const [own, others] = [slots[slot].servers, slots[other].servers];
  const hundredths = Math.round(share * 100);
  const [high, low] = [hundredths * others.length, (10_000 - hundredths) * own.length];
  const divisor = greatestCommonDivisor(high, low);
  const edits = (servers: typeof own, weight: number): Edit[] =>
    servers.map(({ address }) => ({ edit: "weight", farm, server: address, weight }));
  return [...edits(own, high / divisor), ...edits(others, low / divisor)];
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/** Nobody is sent to the slot, and whom it was serving has left. */
export function emptied(config: SlotConfig, slot: SlotName, late: "fail" | "go-on"): Step[] {
  const seconds = config["drain-seconds"];
  if (config.layout === "swap")
    return slotHosts(config, slot).flatMap((host) =>
      on(host, [poolIdle(config.slots[slot].pool, seconds, late)]),
    );
  const of = (operation: (server: string) => Operation): Step[] =>
    config.controllers.flatMap((host) =>
      on(
        host,
        config.slots[slot].servers.map(({ address }) => operation(address)),
      ),
    );
  const { farm } = config;
  return [
    ...of((server) => serverTo(farm, server, "GracefulStop")),
    ...of((server) => serverIdle(farm, server, seconds, late)),
  ];
}

/** Its capacity goes; its folder stays, so that it can be had back. */
export function retired(config: SlotConfig, slot: SlotName, late: "fail" | "go-on"): Step[] {
  const { pool } = config.slots[slot];
  return [
    ...emptied(config, slot, late),
    ...slotHosts(config, slot).flatMap((host) => on(host, [poolTo(pool, "stopped")])),
  ];
}
