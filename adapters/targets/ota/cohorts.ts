import { createHash } from "node:crypto";

/** Which devices come when. It follows from their ids alone, so that every runner finds the same. */

export type Fleet = {
  ids: readonly string[];
  /** Whoever was offered the candidate already: they count, and are not asked for again. */
  offered: ReadonlySet<string>;
  /** Test devices: before all others, whatever their hash is. */
  pinned: readonly string[];
  /** Of the service: other services try their candidates on other devices. */
  salt: string;
};

/** Test devices as they were named, then everybody by hash. Devices that join or leave do not move the others. */
export function inOrder({ ids, pinned, salt }: Omit<Fleet, "offered">): string[] {
  const known = new Set(ids);
  const first = [...new Set(pinned)].filter((id) => known.has(id));
  const others = new Set(ids);
  for (const id of first) others.delete(id);
  const hashed = [...others].map((id) => ({ id, hash: hashOf(id, salt) }));
  hashed.sort((left, right) => (left.hash < right.hash ? -1 : 1));
  return [...first, ...hashed.map(({ id }) => id)];
}

/** Never more than the share, but for one device, and the test devices all together. */
export function sizeOf({ ids, pinned }: Pick<Fleet, "ids" | "pinned">, percent: number): number {
  if (percent <= 0) return 0;
  const known = new Set(ids);
  const first = new Set(pinned.filter((id) => known.has(id))).size;
  // A share of 29 % of 100 is 29 devices, and 28.999999999999996 in floating point.
  const part = Math.floor((known.size * percent) / 100 + 1e-9);
  return Math.min(known.size, Math.max(1, first, part));
}

/** Who is offered the candidate next, so that the cohort reaches its share of the fleet as it is now. */
export function nextOf(fleet: Fleet, percent: number): string[] {
  const ordered = inOrder(fleet);
  const waiting = ordered.filter((id) => !fleet.offered.has(id));
  const missing = sizeOf(fleet, percent) - (ordered.length - waiting.length);
  return waiting.slice(0, Math.max(0, missing));
}

function hashOf(id: string, salt: string): string {
  return createHash("sha256").update(`${salt}\n${id}`).digest("hex");
}
