import * as z from "zod";
import { jsonText } from "../../../core/json-text.ts";
import { plain } from "../../../core/render/escape.ts";
import { refused } from "../faults.ts";
import type { Stopped, TargetSurroundings } from "../index.ts";
import type { OtaConfig } from "../ota.ts";
import { type Hawkbit, hawkbit as hawkbitAt, parsed, tokenVariable } from "./hawkbit.ts";
import { cancelUpdates } from "./quit.ts";
import { endAll, type ServerRollout } from "./server-rollouts.ts";
import { type DistributionSet, hasSet, setsOfDigest } from "./versions.ts";

const filter = z.looseObject({ id: z.int(), name: z.string(), autoAssignDistributionSet: z.int().nullish() });
const rollout = z.looseObject({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  deleted: z.boolean().default(false),
  distributionSetId: z.int(),
});

/**
 * Nobody is offered this image any more: not by us, which its metadata says, and not by filters, rollouts or open
 * actions of the server. Devices that have it keep it: to take them back is a rollback. The set itself stays, so that
 * it can be seen what they run. Gives the sets that were stopped.
 */
export async function quarantineImage(
  config: OtaConfig,
  surroundings: TargetSurroundings,
  digest: string,
  stopped: Stopped,
): Promise<string[]> {
  const { hawkbit, sets } = await imagesOf(config, surroundings, digest);
  const filters = await hawkbit.list("/targetfilters", "", filter);
  const rollouts = await hawkbit.list("/rollouts", "", rollout);
  for (const one of sets) {
    await mark(hawkbit, one, stopped);
    for (const { id, autoAssignDistributionSet } of filters)
      if (autoAssignDistributionSet === one.id)
        await hawkbit.ask("DELETE", `/targetfilters/${id}/autoAssignDS`);
    await endAll(
      hawkbit,
      rollouts.filter((entry) => offers(entry, one)),
    );
    await recall(hawkbit, one);
  }
  return sets.map(idOf);
}

/** It may be offered again, by a rollout: what was ended stays so. */
export async function freeImage(
  config: OtaConfig,
  surroundings: TargetSurroundings,
  digest: string,
): Promise<string[]> {
  const { hawkbit, sets } = await imagesOf(config, surroundings, digest);
  for (const one of sets)
    if ((await hawkbit.find(placeOf(one))) !== undefined) await hawkbit.ask("DELETE", placeOf(one));
  return sets.map(idOf);
}

export async function requireOffered(hawkbit: Hawkbit, one: DistributionSet): Promise<void> {
  const found = await markOn(hawkbit, one);
  if (found === undefined || endOf(found) <= Date.now()) return;
  const id = idOf(one);
  throw refused(
    `${id} is quarantined on hawkBit${found.until === undefined ? "" : ` until ${found.until}`}: ${found.reason}. \`adaptive-deploy quarantine ${id} --lift\` frees it.`,
  );
}

async function imagesOf(config: OtaConfig, { environment }: TargetSurroundings, digest: string) {
  const hawkbit = hawkbitAt(config.url, config["token-variable"] ?? tokenVariable, environment);
  const sets = await setsOfDigest(hawkbit, digest);
  if (sets.length > 0) return { hawkbit, sets };
  throw refused(`hawkBit has no image ${plain(digest, 100)}. Name it as name:version, or by its SHA-256.`);
}

const idOf = ({ name, version }: DistributionSet): string => `${name}:${version}`;

const key = "adaptive-deploy.quarantine";
const placeOf = ({ id }: DistributionSet): string => `/distributionsets/${id}/metadata/${key}`;
const metadata = z.looseObject({ value: z.string() });
const stoppedHere = z.strictObject({
  by: z.string(),
  reason: z.string(),
  until: z.iso.datetime({ offset: true }),
});
type Mark = Pick<Stopped, "reason"> & Partial<Stopped>;

/** What somebody wrote there by hand holds as well, until it is lifted. */
async function markOn(hawkbit: Hawkbit, one: DistributionSet): Promise<Mark | undefined> {
  const answer = await hawkbit.find(placeOf(one));
  if (answer === undefined) return undefined;
  const { value } = parsed(metadata, answer, "metadata");
  const found = jsonText.pipe(stoppedHere).safeParse(value);
  return found.success ? found.data : { reason: plain(value, 300) };
}

/** One that ends later stays as it is: nobody shortens it by saying another. */
async function mark(hawkbit: Hawkbit, one: DistributionSet, stopped: Stopped): Promise<void> {
  const before = await markOn(hawkbit, one);
  if (before !== undefined && endOf(before) >= endOf(stopped)) return;
  const value = JSON.stringify({ ...stopped, reason: plain(stopped.reason, 1000) });
  if (before === undefined)
    await hawkbit.ask("POST", `/distributionsets/${one.id}/metadata`, [{ key, value }]);
  else await hawkbit.ask("PUT", placeOf(one), { key, value });
}

function endOf({ until }: Mark): number {
  return until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
}

function offers(entry: ServerRollout & { distributionSetId: number }, { id }: DistributionSet): boolean {
  return entry.distributionSetId === id && !entry.deleted && entry.status !== "deleted";
}

/** Devices that were told of it and are not done are told to leave it. */
async function recall(hawkbit: Hawkbit, { name, version }: DistributionSet): Promise<void> {
  const told = hasSet("assignedds", `${name}:${version}`);
  const devices = await hawkbit.devices(`${told};updatestatus==pending`);
  await cancelUpdates(hawkbit, devices);
}
