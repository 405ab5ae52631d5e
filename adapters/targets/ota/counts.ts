import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { Hawkbit } from "./hawkbit.ts";
import type { ServerRollout } from "./server-rollouts.ts";
import { type Tag, withTag } from "./tags.ts";
import { hasOther, hasSet } from "./versions.ts";

/**
 * What a fleet looks like, counted by hawkBit: a dozen requests, however many devices there are. A device is judged by
 * the set that it says is installed; its actions call a failure finished.
 */
export type Counts = {
  fleet: number;
  /** Devices that have the candidate installed, the stable version installed, and neither of them told to have. */
  onCandidate: number;
  onStable: number;
  others: number;
  toldCandidate: number;
  /** Of the devices that were offered the candidate in this rollout. */
  offered: number;
  failed: number;
  /** Still at it, within their time and beyond it. */
  underWay: number;
  stuck: number;
  /** Were told something else by somebody. */
  diverted: number;
  /** Of the devices that were offered the stable version again: those at it that may have something to undo. */
  returning: number;
  /** Of the same: beyond their time, and with the candidate still on them when they were last heard of. */
  gone: number;
  /** Whether an offer is about to begin that no device shows yet. */
  starting: boolean;
};

export type Seen = { tags: readonly Tag[]; rollouts: readonly ServerRollout[] };
export type Time = { nowMs: number; stuckAfterMs: number };

export async function countsOf(
  hawkbit: Hawkbit,
  fleet: string,
  plan: RolloutPlan,
  seen: Seen,
  time: Time,
): Promise<Counts> {
  const [whole, offered] = await Promise.all([
    wholeFleet(hawkbit, fleet, plan),
    offeredDevices(hawkbit, fleet, plan, seen, time),
  ]);
  return { ...whole, ...offered, starting: seen.rollouts.some(({ status }) => status === "starting") };
}

/** Devices with what is taken back: the candidate, or on the way back of a whole fleet whatever else there is. */
function hasTaken(
  what: "installedds" | "assignedds",
  { candidate, stable, whole_fleet }: RolloutPlan,
): string {
  return whole_fleet && stable !== null ? hasOther(what, stable.id) : hasSet(what, candidate.id);
}

async function wholeFleet(hawkbit: Hawkbit, fleet: string, plan: RolloutPlan) {
  const { candidate, stable } = plan;
  const count = (...conditions: string[]) => hawkbit.count([`(${fleet})`, ...conditions].join(";"));
  const ours = stable === null ? [candidate] : [candidate, stable];
  const [all, onCandidate, onStable, others, toldCandidate] = await Promise.all([
    count(),
    count(hasTaken("installedds", plan)),
    stable === null ? 0 : count(hasSet("installedds", stable.id)),
    plan.whole_fleet ? 0 : count(...ours.map(({ id }) => hasOther("assignedds", id))),
    count(hasTaken("assignedds", plan)),
  ]);
  return { fleet: all, onCandidate, onStable, others, toldCandidate };
}

const notBegun = new Set(["creating", "ready", "starting"]);
const pending = "updatestatus==pending";

async function offeredDevices(
  hawkbit: Hawkbit,
  fleet: string,
  plan: RolloutPlan,
  { tags, rollouts }: Seen,
  { nowMs, stuckAfterMs }: Time,
) {
  const isLate = ({ createdAtMs }: Tag): boolean => nowMs - createdAtMs > stuckAfterMs;
  const [offers, backs] = [tags.filter(({ back }) => !back), tags.filter(({ back }) => back)];
  // Until hawkBit has begun with an offer, its devices are as they were before.
  const begunNames = new Set(rollouts.filter(({ status }) => !notBegun.has(status)).map(({ name }) => name));
  const begun = offers.filter(({ name }) => begunNames.has(name));
  // Whoever has not asked since before the first offer knows of no candidate, and has nothing to undo.
  const firstOffer = Math.min(...offers.map(({ createdAtMs }) => createdAtMs));
  const aware = offers.length === 0 ? [] : [`lastcontrollerrequestat=ge=${firstOffer}`];
  const among = (some: readonly Tag[], ...conditions: string[]) =>
    some.length === 0 ? 0 : hawkbit.count([`(${fleet})`, withTag(some), ...conditions].join(";"));
  const within = (some: readonly Tag[]) => some.filter((tag) => !isLate(tag));
  const candidate = plan.candidate.id;
  const told = hasSet("assignedds", candidate);
  const [offered, failed, underWay, stuck, diverted, returning, gone] = await Promise.all([
    among(offers),
    among(begun, "updatestatus==error"),
    among(within(offers), pending, told),
    among(offers.filter(isLate), pending, told),
    among(begun, hasOther("assignedds", candidate)),
    among(within(backs), pending, ...aware),
    among(backs.filter(isLate), pending, hasTaken("installedds", plan)),
  ]);
  return { offered, failed, underWay, stuck, diverted, returning, gone };
}
