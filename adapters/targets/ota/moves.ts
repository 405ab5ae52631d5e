import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { refused } from "../faults.ts";
import { nextOf } from "./cohorts.ts";
import type { Hawkbit } from "./hawkbit.ts";
import { quitCancelled } from "./quit.ts";
import { endAll, rolloutsOf, startFor } from "./server-rollouts.ts";
import { fleetPrefix, parts, prefixOf, type Tag, tagged, tagName, tagsOf, untag, withTag } from "./tags.ts";
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
 * open on a device as soon as it is told something else; `whole`: for every other device that has another version, too.
 */
export async function takeBack(moving: Moving, stuckAfterMs: number, whole: boolean): Promise<void> {
  const { hawkbit, fleet, plan, number } = moving;
  if (plan.stable === null) throw refused("The plan names no version to go back to.");
  const { id } = await knownSet(hawkbit, plan.stable.id);
  const prefix = prefixOf(fleet, plan);
  await endAll(hawkbit, await rolloutsOf(hawkbit, prefix));
  const tags = await tagsOf(hawkbit, prefix);
  const devices = await toTakeBack(moving, plan.stable.id, tags, whole);
  const back = await tagged(hawkbit, tagName(prefix, "back", number), devices);
  for (const part of parts(devices, takenBackTogether)) {
    const body = part.map((device) => ({ id: device, type: "forced" }));
    await hawkbit.ask("POST", `/distributionsets/${id}/assignedTargets`, body);
  }
  const offers = tags.filter((tag) => !tag.back);
  await quitSilent(moving, offers, back, stuckAfterMs);
}

/** To cancel what is open costs hawkBit more than a new offer does. */
const takenBackTogether = 100;

/** The devices that run the candidate come first. */
async function toTakeBack(
  { hawkbit, fleet, plan }: Moving,
  stable: string,
  tags: readonly Tag[],
  whole: boolean,
): Promise<string[]> {
  const [offers, backs] = [tags.filter(({ back }) => !back), tags.filter(({ back }) => back)];
  const among = (condition: string) => hawkbit.devices(`(${fleet});${condition}`);
  const [having, told, offered, all, right, toldBack] = await Promise.all([
    among(hasSet("installedds", plan.candidate.id)),
    among(hasSet("assignedds", plan.candidate.id)),
    offers.length === 0 ? [] : among(withTag(offers)),
    whole ? hawkbit.devices(fleet) : [],
    whole ? among(`${hasSet("installedds", stable)};updatestatus==in_sync`) : [],
    backs.length === 0 ? [] : among(`${withTag(backs)};${hasSet("assignedds", stable)}`),
  ]);
  const done = new Set([...right, ...toldBack]);
  return [...new Set([...having, ...told, ...offered, ...all])].filter((device) => !done.has(device));
}

/** Devices that are silent or stuck will not confirm that they let go: the server lets go for them, and waits with the rest. */
async function quitSilent(
  { hawkbit, fleet }: Moving,
  offers: readonly Tag[],
  back: Tag,
  stuckAfterMs: number,
): Promise<void> {
  if (offers.length === 0) return;
  const waiting = `(${fleet});${withTag([back])};updatestatus==pending`;
  const first = Math.min(...offers.map(({ createdAtMs }) => createdAtMs));
  const late = offers.filter(({ createdAtMs }) => Date.now() - createdAtMs > stuckAfterMs);
  const [waits, aware, slow] = await Promise.all([
    hawkbit.devices(waiting),
    hawkbit.devices(`${waiting};lastcontrollerrequestat=ge=${first}`),
    // Two tags of one device fit no filter of hawkBit.
    late.length === 0 ? [] : hawkbit.devices(`(${fleet});${withTag(late)};updatestatus==pending`),
  ]);
  const [heard, stuck] = [new Set(aware), new Set(slow)];
  const silent = waits.filter((device) => !heard.has(device) || stuck.has(device));
  await quitCancelled(hawkbit, silent);
}
