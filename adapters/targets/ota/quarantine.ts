import * as z from "zod";
import { refused } from "../faults.ts";
import type { TargetSurroundings } from "../index.ts";
import type { OtaConfig } from "../ota.ts";
import { type Hawkbit, hawkbit as hawkbitAt, tokenVariable } from "./hawkbit.ts";
import { cancelUpdates } from "./quit.ts";
import { endAll, type ServerRollout } from "./server-rollouts.ts";
import { type DistributionSet, hasSet, markQuarantined, setsOfDigest } from "./versions.ts";

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
  { environment }: TargetSurroundings,
  digest: string,
  reason: string,
): Promise<string[]> {
  const hawkbit = hawkbitAt(config.url, config["token-variable"] ?? tokenVariable, environment);
  const sets = await setsOfDigest(hawkbit, digest);
  if (sets.length === 0)
    throw refused(
      `hawkBit has no image ${digest.slice(0, 100)}. Name it as name:version, or by its SHA-256.`,
    );
  const filters = await hawkbit.list("/targetfilters", "", filter);
  const rollouts = await hawkbit.list("/rollouts", "", rollout);
  for (const one of sets) {
    await markQuarantined(hawkbit, one, reason);
    for (const { id, autoAssignDistributionSet } of filters)
      if (autoAssignDistributionSet === one.id)
        await hawkbit.ask("DELETE", `/targetfilters/${id}/autoAssignDS`);
    await endAll(
      hawkbit,
      rollouts.filter((entry) => offers(entry, one)),
    );
    await recall(hawkbit, one);
  }
  return sets.map(({ name, version }) => `${name}:${version}`);
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
