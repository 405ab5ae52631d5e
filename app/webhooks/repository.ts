import * as z from "zod";
import { wakeGates } from "../gates/wake.ts";
import type { Work } from "../ports.ts";

const event = z.object({
  action: z.string(),
  repository: z.object({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }),
});

/**
 * A repository has another name. What is kept of it went there when this delivery was recognised; timers were set
 * under the former name, and find nothing there.
 */
export async function onRepository(payload: unknown, work: Work): Promise<void> {
  const { action, repository } = event.parse(payload);
  if (action === "renamed" || action === "transferred") await wakeGates(repository.full_name, work);
}
