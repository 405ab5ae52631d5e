import * as z from "zod";
import { type Hawkbit, parsed } from "./hawkbit.ts";

const actions = z.looseObject({
  content: z.array(z.looseObject({ id: z.int(), type: z.string(), status: z.string() })),
});
const together = 4;

/** Tells devices not to install what they were told to. A device that never asks again keeps it open, and gets no image. */
export function cancelUpdates(hawkbit: Hawkbit, devices: readonly string[]): Promise<void> {
  return onActions(hawkbit, devices, "update", (action) => hawkbit.ask("DELETE", action));
}

/** Ends what was cancelled, where the device will not say so: what it was told since then is its turn now. */
export function quitCancelled(hawkbit: Hawkbit, devices: readonly string[]): Promise<void> {
  return onActions(hawkbit, devices, "cancel", (action) => hawkbit.ask("DELETE", `${action}?force=true`));
}

async function onActions(
  hawkbit: Hawkbit,
  devices: readonly string[],
  wanted: "cancel" | "update",
  work: (action: string) => Promise<unknown>,
): Promise<void> {
  const waiting = [...devices];
  const lane = async (): Promise<void> => {
    for (let device = waiting.shift(); device !== undefined; device = waiting.shift()) {
      const home = `/targets/${encodeURIComponent(device)}/actions`;
      const answer = await hawkbit.find(`${home}?limit=50&sort=ID:DESC`);
      if (answer === undefined) continue;
      for (const { id, type, status } of parsed(actions, answer, home).content)
        if (status === "pending" && type === wanted) await work(`${home}/${id}`);
    }
  };
  await Promise.all(Array.from({ length: together }, lane));
}
