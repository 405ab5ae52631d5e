import * as z from "zod";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { type Hawkbit, parsed } from "./hawkbit.ts";
import { fleetKey } from "./left.ts";

/** Who was asked for what, kept as tags of devices: `ad-<fleet> <rollout> <share or back> #<number of the effect>`. */
export type Tag = {
  id: number;
  name: string;
  /** By hawkBit's clock. */
  createdAtMs: number;
  back: boolean;
};

const entry = z.looseObject({ id: z.int(), name: z.string(), createdAt: z.number() });
const together = 500;

export function fleetPrefix(fleet: string): string {
  return `ad-${fleetKey(fleet)} `;
}

export function prefixOf(fleet: string, { rollout }: Pick<RolloutPlan, "rollout">): string {
  return `${fleetPrefix(fleet)}${rollout} `;
}

export function tagName(prefix: string, what: number | "back", number: number): string {
  return `${prefix}${what} #${number}`;
}

/** Whether a tag, or the rollout of the same name, is of the way back. */
export function isBack(prefix: string, name: string): boolean {
  return name.slice(prefix.length).startsWith("back ");
}

export async function tagsOf(hawkbit: Hawkbit, prefix: string): Promise<Tag[]> {
  const found = await hawkbit.list("/targettags", `name=='${prefix}*'`, entry);
  return found
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ id, name, createdAt }) => ({
      id,
      name,
      createdAtMs: createdAt,
      back: isBack(prefix, name),
    }));
}

export async function tagged(hawkbit: Hawkbit, name: string, devices: readonly string[]): Promise<Tag> {
  const existing = (await tagsOf(hawkbit, name)).find((one) => one.name === name);
  const tag = existing ?? (await newTag(hawkbit, name));
  for (const part of parts(devices, together)) {
    const body = part.map((controllerId) => ({ controllerId }));
    await hawkbit.ask("POST", `/targettags/${tag.id}/assigned`, body);
  }
  return tag;
}

async function newTag(hawkbit: Hawkbit, name: string): Promise<Tag> {
  const answer = await hawkbit.ask("POST", "/targettags", [{ name }]);
  const [made] = parsed(z.array(entry).length(1), answer, "/targettags");
  if (made === undefined) throw new TypeError("One tag was asked for.");
  return { id: made.id, name, createdAtMs: made.createdAt, back: false };
}

export async function untag(hawkbit: Hawkbit, tags: readonly Tag[]): Promise<void> {
  for (const { id } of tags) await hawkbit.ask("DELETE", `/targettags/${id}`);
}

/** A condition of a filter: devices with one of the tags. */
export function withTag(tags: readonly Pick<Tag, "name">[]): string {
  return `tag=in=(${tags.map(({ name }) => `'${name}'`).join(",")})`;
}

/** So many devices at a time: hawkBit takes them in one transaction. */
function parts<Entry>(all: readonly Entry[], size: number): Entry[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}
