import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { plain } from "../../../core/render/escape.ts";
import { refused, unavailable } from "../faults.ts";
import type { Hawkbit } from "./hawkbit.ts";
import { type Tag, withTag } from "./tags.ts";

/**
 * hawkBit's own rollouts: one for each tag of ours and of the same name, in a single group. More groups would go on by
 * themselves once the first has succeeded, past every gate of ours.
 */
const entry = z.looseObject({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  deleted: z.boolean().default(false),
});
export type ServerRollout = z.infer<typeof entry>;

/** hawkBit moves its rollouts on by a clock of its own, every few seconds. */
const patienceMs = 60_000;
const pauseMs = 250;

export async function rolloutsOf(hawkbit: Hawkbit, prefix: string): Promise<ServerRollout[]> {
  const found = await hawkbit.list("/rollouts", `name=='${prefix}*'`, entry);
  return found.filter(
    ({ name, status, deleted }) => name.startsWith(prefix) && !deleted && status !== "deleted",
  );
}

/** Creates and starts what is not yet; asked again after a crash, it goes on where that one was. */
export async function startFor(hawkbit: Hawkbit, tag: Tag, setId: number): Promise<void> {
  const [existing] = await rolloutsOf(hawkbit, tag.name);
  if (existing === undefined) {
    if ((await hawkbit.count(withTag([tag]))) === 0) return;
    await hawkbit.ask("POST", "/rollouts", {
      name: tag.name,
      distributionSetId: setId,
      targetFilterQuery: withTag([tag]),
      type: "forced",
      amountGroups: 1,
    });
  }
  const made = await until(hawkbit, tag.name, ({ status }) => status !== "creating");
  if (made === undefined) throw refused(`Somebody deleted the rollout ${tag.name} on hawkBit.`);
  if (made.status === "ready") await hawkbit.ask("POST", `/rollouts/${made.id}/start`);
}

/** As `startFor`, until every device of it was told. */
export async function tellAll(hawkbit: Hawkbit, tag: Tag, setId: number): Promise<void> {
  await startFor(hawkbit, tag, setId);
  await until(hawkbit, tag.name, ({ status }) => status !== "ready" && status !== "starting");
}

/** Devices that were offered the update already go on with it: nobody can call them back but by another offer. */
export async function pauseAll(hawkbit: Hawkbit, prefix: string): Promise<void> {
  for (const { name } of await rolloutsOf(hawkbit, prefix)) {
    const one = await until(hawkbit, name, ({ status }) => status !== "creating" && status !== "starting");
    if (one?.status === "running") await hawkbit.ask("POST", `/rollouts/${one.id}/pause`);
  }
}

export async function resumeAll(hawkbit: Hawkbit, prefix: string): Promise<void> {
  for (const { id, status } of await rolloutsOf(hawkbit, prefix))
    if (status === "paused") await hawkbit.ask("POST", `/rollouts/${id}/resume`);
}

/** From then on hawkBit offers nothing more of them. What it has offered stays, until each device is told otherwise. */
export async function endAll(hawkbit: Hawkbit, rollouts: readonly ServerRollout[]): Promise<void> {
  const open = rollouts.filter(({ status }) => status !== "finished");
  for (const { id, status } of open)
    if (status !== "deleting") await hawkbit.ask("DELETE", `/rollouts/${id}`);
  for (const { name, status } of open)
    if (status !== "running" && status !== "paused") await until(hawkbit, name, () => false);
}

/** The rollout once it is as wanted, or nothing once it is gone. */
async function until(
  hawkbit: Hawkbit,
  name: string,
  wanted: (rollout: ServerRollout) => boolean,
): Promise<ServerRollout | undefined> {
  const end = performance.now() + patienceMs;
  while (true) {
    const found = (await rolloutsOf(hawkbit, name)).find((one) => one.name === name);
    if (found === undefined || wanted(found)) return found;
    if (performance.now() > end)
      throw unavailable(
        `The rollout ${name} on hawkBit is still ${plain(found.status, 40)} after ${patienceMs / 1000} s. Look whether its scheduler runs.`,
      );
    await sleep(pauseMs);
  }
}
