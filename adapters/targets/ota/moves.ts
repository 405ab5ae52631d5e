import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { refused } from "../faults.ts";
import { nextOf } from "./cohorts.ts";
import type { Hawkbit } from "./hawkbit.ts";
import { quitCancelled } from "./quit.ts";
import { endAll, rolloutsOf, startFor, tellAll } from "./server-rollouts.ts";
import { fleetPrefix, isBack, prefixOf, type Tag, tagged, tagName, tagsOf, untag, withTag } from "./tags.ts";
import { hasSet, knownSet } from "./versions.ts";

/** What is done to devices. Each is found out from what hawkBit knows now, so that asking again finishes what is not. */

export type Moving = {
  hawkbit: Hawkbit;
  fleet: string;
  plan: RolloutPlan;
  /** Of the effect: it names the tag, so that two of the same share are told apart. */
  number: number;
};

/** Who is offered the candidate next: of the fleet as it is now, without those that were offered it already. */
export async function cohortOf(
  { hawkbit, fleet, plan }: Moving,
  tags: readonly Tag[],
  share: number,
  pinned: readonly string[],
): Promise<string[]> {
  const offers = tags.filter(({ back }) => !back);
  const [ids, offered] = await Promise.all([
    hawkbit.devices(fleet),
    offers.length === 0 ? [] : hawkbit.devices(`(${fleet});${withTag(offers)}`),
  ]);
  return nextOf({ ids, offered: new Set(offered), pinned, salt: plan.service }, share);
}

export async function offer(moving: Moving, share: number, pinned: readonly string[]): Promise<void> {
  const { hawkbit, fleet, plan, number } = moving;
  const { id } = await knownSet(hawkbit, plan.candidate.id);
  const prefix = prefixOf(fleet, plan);
  let tags = await tagsOf(hawkbit, prefix);
  // A way back ended what was offered before it: whoever goes forward again begins with nobody.
  if (tags.some(({ back }) => back)) {
    await endAll(hawkbit, await rolloutsOf(hawkbit, prefix));
    await forget(moving);
    tags = [];
  }
  const name = tagName(prefix, share, number);
  const begun = (await rolloutsOf(hawkbit, name)).some((one) => one.name === name);
  const devices = begun ? [] : await cohortOf(moving, tags, share, pinned);
  if (devices.length > 0) await tagged(hawkbit, name, devices);
  for (const tag of await tagsOf(hawkbit, prefix)) await startFor(hawkbit, tag, id);
}

/** Takes our tags off the devices, those of earlier rollouts as well, once nothing goes by them any more. */
export async function forget({ hawkbit, fleet }: Pick<Moving, "hawkbit" | "fleet">): Promise<void> {
  await untag(hawkbit, await tagsOf(hawkbit, fleetPrefix(fleet)));
}

/**
 * The stable version for every device that was touched, whether it failed, is at it or has it. hawkBit cancels what is
 * open on a device as soon as it is told something else; `whole_fleet`: for every other device that has another version, too.
 */
export async function takeBack(moving: Moving, stuckAfterMs: number): Promise<void> {
  const { hawkbit, fleet, plan, number } = moving;
  if (plan.stable === null) throw refused("The plan names no version to go back to.");
  const { id } = await knownSet(hawkbit, plan.stable.id);
  const prefix = prefixOf(fleet, plan);
  const rollouts = await rolloutsOf(hawkbit, prefix);
  await endAll(
    hawkbit,
    rollouts.filter(({ name }) => !isBack(prefix, name)),
  );
  const tags = await tagsOf(hawkbit, prefix);
  const devices = await toTakeBack(moving, plan.stable.id, tags);
  const back = await tagged(hawkbit, tagName(prefix, "back", number), devices);
  if (devices.length > toldAtOnce) await tellAll(hawkbit, back, id);
  else if (devices.length > 0) {
    const body = devices.map((device) => ({ id: device, type: "forced" }));
    await hawkbit.ask("POST", `/distributionsets/${id}/assignedTargets`, body);
  }
  const offers = tags.filter((tag) => !tag.back);
  await quitStuck(moving, offers, back, stuckAfterMs);
}

/**
 * So many hear of it in one request, without waiting for hawkBit's scheduler. For more a rollout of the server's takes a
 * fifth of the time: of devices that are named it counts the actions of each, twice.
 */
const toldAtOnce = 100;

/** The devices that run the candidate come first. */
export async function toTakeBack(
  { hawkbit, fleet, plan }: Pick<Moving, "hawkbit" | "fleet" | "plan">,
  stable: string,
  tags: readonly Tag[],
): Promise<string[]> {
  const [offers, backs] = [tags.filter(({ back }) => !back), tags.filter(({ back }) => back)];
  const among = (condition: string) => hawkbit.devices(`(${fleet});${condition}`);
  const [having, told, offered, all, right, toldBack] = await Promise.all([
    among(hasSet("installedds", plan.candidate.id)),
    among(hasSet("assignedds", plan.candidate.id)),
    offers.length === 0 ? [] : among(withTag(offers)),
    plan.whole_fleet ? hawkbit.devices(fleet) : [],
    plan.whole_fleet ? among(`${hasSet("installedds", stable)};updatestatus==in_sync`) : [],
    backs.length === 0 ? [] : among(`${withTag(backs)};${hasSet("assignedds", stable)}`),
  ]);
  const done = new Set([...right, ...toldBack]);
  return [...new Set([...having, ...told, ...offered, ...all])].filter((device) => !done.has(device));
}

/**
 * A device that hangs in the update will not confirm that it lets go: the server lets go for it, and waits with the
 * stable version. One that is only silent confirms that when it asks again, and then hears of the stable version.
 */
async function quitStuck(
  { hawkbit, fleet }: Moving,
  offers: readonly Tag[],
  back: Tag,
  stuckAfterMs: number,
): Promise<void> {
  const late = offers.filter(({ createdAtMs }) => Date.now() - createdAtMs > stuckAfterMs);
  if (late.length === 0) return;
  // Two tags of one device fit no filter of hawkBit.
  const pending = (tags: readonly Tag[]) =>
    hawkbit.devices(`(${fleet});${withTag(tags)};updatestatus==pending`);
  const [waiting, slow] = await Promise.all([pending([back]), pending(late)]);
  const stuck = new Set(slow);
  await quitCancelled(
    hawkbit,
    waiting.filter((device) => stuck.has(device)),
  );
}
