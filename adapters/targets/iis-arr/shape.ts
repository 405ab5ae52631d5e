import type { Observed, Shape } from "../../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { candidatesOf, serversSeen } from "./batches.ts";
import type { BatchesConfig, IisArrConfig, SlotConfig, SlotName } from "./config.ts";
import { allHosts, markHosts, otherSlot } from "./config.ts";
import { candidateFaults } from "./faults.ts";
import type { Hosts } from "./host.ts";
import { healthOf, type SlotsSeen, slotsSeen } from "./slots.ts";

/** From what the machines say to what a rollout compares. */

type Seen = Shape & Pick<Observed, "settled" | "ready">;

export function observedOf(config: IisArrConfig, plan: RolloutPlan, hosts: Hosts): Observed {
  const reached = allHosts(config).filter((host) => hosts.has(host));
  const left = markHosts(config, reached).flatMap((host) => hosts.get(host) ?? []);
  const marks = left.flatMap((host) => host.mark ?? []);
  const last = [...marks].sort(
    (one, two) => one.mark.fencing - two.mark.fencing || one.mark.number - two.mark.number,
  );
  const mark = last.at(-1)?.mark ?? null;
  // A writer that died left a mark that is not done, or one that not every machine has.
  const whole =
    marks.length === 0 ||
    (marks.length === left.length &&
      marks.every((one) => one.state === "done" && JSON.stringify(one.mark) === JSON.stringify(mark)));
  const seen = config.layout === "batches" ? batches(config, plan, hosts, mark) : slots(config, plan, hosts);
  const complete = reached.length === allHosts(config).length;
  return {
    ...seen,
    settled: seen.settled && whole && complete,
    // Machines do what they are told while they are told it. One that is missing is waited for.
    unfinished: !whole && complete,
    paused: false,
    mark,
    // One machine on which a person keeps us off is enough.
    handsOff: latest(left.flatMap((host) => host.hands_off ?? [])),
    faults: seen.candidate === null ? [] : candidateFaults(config, plan, hosts),
  };
}

function latest(all: readonly NonNullable<Observed["handsOff"]>[]): Observed["handsOff"] {
  const [first, ...others] = all;
  if (first === undefined) return null;
  const end = (until: string | null): number =>
    until === null ? Number.POSITIVE_INFINITY : Date.parse(until);
  return others.reduce((one, two) => (end(two.until) > end(one.until) ? two : one), first);
}

/** The slot that holds the candidate, cold or warm. */
export function candidateSlot({ blue, green }: SlotsSeen, plan: RolloutPlan): SlotName | null {
  const id = plan.candidate.id;
  if (blue.version === id) return green.version === id && green.warm === true ? null : "blue";
  return green.version === id ? "green" : null;
}

export const shareOf = ({ blueShare }: SlotsSeen, slot: SlotName): number | null =>
  blueShare === null ? null : slot === "blue" ? blueShare : Math.round(10_000 - blueShare * 100) / 100;

function slots(config: SlotConfig, plan: RolloutPlan, hosts: Hosts): Seen {
  const seen = slotsSeen(config, plan, hosts);
  const settled =
    seen.blueShare !== null &&
    !seen.draining &&
    [seen.blue, seen.green].every(
      ({ version, warm }) => warm !== null && (version !== null || plan.stable === null),
    );
  const slot = candidateSlot(seen, plan);
  if (slot !== null && seen[slot].warm !== false) {
    const [own, other] = [seen[slot], seen[otherSlot(slot)]];
    const share = shareOf(seen, slot);
    // Where the other slot is cold, the candidate is all there is.
    if (share === 100 && other.warm === false)
      return { stable: plan.candidate.id, candidate: null, share: 0, settled, ready: readiness(own) };
    return { stable: other.version, candidate: plan.candidate.id, share, settled, ready: readiness(own) };
  }
  const live = seen.blueShare === 100 ? "blue" : seen.blueShare === 0 ? "green" : null;
  if (live === null) return { stable: null, candidate: null, share: null, settled, ready: null };
  const [own, other] = [seen[live], seen[otherSlot(live)]];
  const beside = other.warm === false ? null : other.version;
  return { stable: own.version, candidate: beside, share: 0, settled, ready: readiness(own) };
}

function readiness({ warm, healthy }: { warm: boolean | null; healthy: boolean | null }): boolean | null {
  if (warm === false || healthy === false) return false;
  return warm === true ? true : null;
}

function batches(config: BatchesConfig, plan: RolloutPlan, hosts: Hosts, mark: Observed["mark"]): Seen {
  const servers = serversSeen(config, plan, hosts);
  const settled = servers.every(
    ({ version, active, runs }) => version !== null && active === true && runs === true,
  );
  const own = servers.filter(({ version }) => version === plan.candidate.id);
  const others = servers.filter(({ version }) => version !== plan.candidate.id);
  const retired = mark?.to.candidate === null;
  const everywhere = config.servers.every((server) => candidatesOf(config, plan, hosts, server));
  const health = healthOf(own.flatMap(({ seen }) => seen));
  const ready =
    own.some(({ runs }) => runs === false) || health === false ? false : own.length > 0 ? true : null;
  if (others.length === 0 && (retired || mark === null))
    return { stable: plan.candidate.id, candidate: null, share: 0, settled, ready };
  const [first] = others;
  const stable =
    first === undefined
      ? (plan.stable?.id ?? null)
      : others.every(({ version }) => version === first.version)
        ? first.version
        : null;
  const candidate = own.length > 0 || (everywhere && !retired) ? plan.candidate.id : null;
  return { stable, candidate, share: batchShare(config, plan, own.length, mark), settled, ready };
}

/** How many servers are the candidate's at a share: rounded up, so that a step of 1 % is one server. */
export function serversAt(config: BatchesConfig, share: number): number {
  return Math.ceil((share * config.servers.length) / 100 - 1e-9);
}

/** Several shares can come to the same number of servers: the one that was asked for is meant. */
function batchShare(config: BatchesConfig, plan: RolloutPlan, count: number, mark: Observed["mark"]): number {
  const asked = [mark?.to.share, mark?.from.share, 0, ...plan.steps.map(({ share }) => share), 100];
  const same = asked.find(
    (share) => share !== undefined && share !== null && serversAt(config, share) === count,
  );
  return same ?? Math.round((10_000 * count) / config.servers.length) / 100;
}
