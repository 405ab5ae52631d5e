import { createHash } from "node:crypto";
import * as z from "zod";
import { plain } from "../../../core/render/escape.ts";
import { noVersion } from "../../../core/rollout/plan.ts";
import { refused } from "../faults.ts";
import { type Hawkbit, parsed } from "./hawkbit.ts";

/** Versions as hawkBit calls them: distribution sets, whose modules hold the artifacts that devices download. */

const set = z.looseObject({
  id: z.int(),
  name: z.string(),
  version: z.string(),
  type: z.string(),
  complete: z.boolean().default(true),
  deleted: z.boolean().default(false),
  modules: z.array(z.looseObject({ id: z.int(), deleted: z.boolean().default(false) })).default([]),
});
export type DistributionSet = z.infer<typeof set>;

const artifact = z.looseObject({
  id: z.int(),
  providedFilename: z.string(),
  hashes: z.looseObject({ sha256: z.string() }),
});
export type Artifact = { name: string; sha256: string; path: string };

/** `name:version`; neither part may hold what a filter of hawkBit takes for a pattern. */
export function nameOf(id: string): { name: string; version: string } {
  if (id === noVersion.id) return { name: id, version: id };
  const found = /^([^*'"\\]{1,128}):([^*'"\\:]{1,64})$/.exec(id);
  const [, name, version] = found ?? [];
  if (name === undefined || version === undefined)
    throw refused(
      `${plain(id, 100)} names no distribution set. A version of a fleet is written as name:version.`,
    );
  return { name, version };
}

/** A condition of a filter: the set that a device has (`installedds`) or was told to have (`assignedds`). */
export function hasSet(what: "installedds" | "assignedds", id: string): string {
  const { name, version } = nameOf(id);
  return `(${what}.name=='${name}';${what}.version=='${version}')`;
}

/** The opposite, of devices that were told to have one at all. */
export function hasOther(what: "installedds" | "assignedds", id: string): string {
  const { name, version } = nameOf(id);
  return `(${what}.name!='${name}',${what}.version!='${version}')`;
}

export async function setOf(hawkbit: Hawkbit, id: string): Promise<DistributionSet | undefined> {
  const { name, version } = nameOf(id);
  const sets = await hawkbit.list("/distributionsets", `name=='${name}';version=='${version}'`, set);
  return sets.find(({ deleted }) => !deleted);
}

export async function knownSet(hawkbit: Hawkbit, id: string): Promise<DistributionSet> {
  const found = await setOf(hawkbit, id);
  if (found === undefined)
    throw refused(`hawkBit has no distribution set ${plain(id, 100)}. Publish it there first.`);
  return found;
}

/** What holds for any set, where none is meant. */
export async function anySet(hawkbit: Hawkbit): Promise<DistributionSet> {
  const [one] = await hawkbit.list("/distributionsets", "", set);
  if (one === undefined) throw refused("hawkBit has no distribution set. Publish an image there first.");
  return one;
}

export async function artifactsOf(hawkbit: Hawkbit, { modules }: DistributionSet): Promise<Artifact[]> {
  const found = modules.map(async ({ id }): Promise<Artifact[]> => {
    const home = `/softwaremodules/${id}/artifacts`;
    const answer = parsed(z.array(artifact), await hawkbit.ask("GET", home), "artifacts");
    return answer.map(({ id: one, providedFilename, hashes }) => ({
      name: providedFilename,
      sha256: hashes.sha256,
      path: `${home}/${one}/download`,
    }));
  });
  return (await Promise.all(found)).flat();
}

/** What the artifacts are, in one word: another one is another image under the same name. */
export function imageDigest(artifacts: readonly Artifact[]): string {
  const lines = artifacts.map(({ name, sha256 }) => `${sha256} ${name}`).sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

/** By `name:version`, or by the SHA-256 of an artifact, with or without `sha256:` before it. */
export async function setsOfDigest(hawkbit: Hawkbit, digest: string): Promise<DistributionSet[]> {
  const [, sha256] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(digest) ?? [];
  if (sha256 === undefined) {
    const found = await setOf(hawkbit, digest);
    return found === undefined ? [] : [found];
  }
  const matching = [];
  for (const one of await hawkbit.list("/distributionsets", "", set)) {
    const artifacts = await artifactsOf(hawkbit, one);
    if (artifacts.some((artifact) => artifact.sha256 === sha256)) matching.push(one);
  }
  return matching;
}
