import * as z from "zod";
import { lookAgain } from "../look-again.ts";
import { decidedPullsOf } from "../new-facts.ts";
import type { Work } from "../ports.ts";

const event = z.object({
  action: z.literal("completed"),
  repository: z.object({ full_name: z.string() }),
  workflow_run: z.object({ head_sha: z.string() }),
});

/**
 * A run has ended: facts that were waited for may be there now. The event names no pull request that comes from a fork,
 * and may name another repository's; what waits for this commit was decided on it before. Each in its own lane.
 */
export async function onWorkflowRun(payload: unknown, work: Work): Promise<void> {
  const { data } = event.safeParse(payload);
  if (!data) return;
  const { repository, workflow_run: run } = data;
  for (const number of await decidedPullsOf(repository.full_name, run.head_sha, work))
    await lookAgain(
      { repository: repository.full_name, number, why: `run of ${run.head_sha}` },
      work.now,
      work,
    );
}
