import * as z from "zod";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { type Hawkbit, parsed } from "./hawkbit.ts";
import { hasOther } from "./versions.ts";

const targets = z.looseObject({ content: z.array(z.looseObject({ controllerId: z.string() })) });
const set = z.looseObject({ name: z.string(), version: z.string() });

/** A version that devices were told to have and that is none of this rollout's, if there is one. */
export async function somebodysSet(
  hawkbit: Hawkbit,
  fleet: string,
  { candidate, stable }: RolloutPlan,
): Promise<string | null> {
  const ours = [candidate, ...(stable === null ? [] : [stable])].map(({ id }) => hasOther("assignedds", id));
  // The device that was changed last shows what was changed now.
  const filter = encodeURIComponent([`(${fleet})`, ...ours].join(";"));
  const answer = await hawkbit.ask("GET", `/targets?limit=1&sort=LASTMODIFIEDAT:DESC&q=${filter}`);
  const [device] = parsed(targets, answer, "/targets").content;
  if (device === undefined) return null;
  const path = `/targets/${encodeURIComponent(device.controllerId)}/assignedDS`;
  const found = set.safeParse(await hawkbit.find(path));
  return found.success ? `${found.data.name}:${found.data.version}` : null;
}
