import * as z from "zod";
import type { Work } from "../ports.ts";
import { redecideAndTell } from "../redecide.ts";
import type { Tell } from "./index.ts";

const event = z.object({
  action: z.literal("completed"),
  repository: z.object({ full_name: z.string() }),
  workflow_run: z.object({
    head_sha: z.string(),
    pull_requests: z.array(z.object({ number: z.int().positive() })).nullable(),
  }),
});

/** A run has ended: facts that were waited for may be there now. */
export async function onWorkflowRun(payload: unknown, work: Work, tell: Tell): Promise<void> {
  const { data } = event.safeParse(payload);
  if (!data) return;
  for (const { number } of data.workflow_run.pull_requests ?? [])
    await redecideAndTell(data.repository.full_name, number, work, tell);
}
