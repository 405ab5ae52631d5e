import * as z from "zod";
import { subjectOfEvent } from "../../adapters/github/event.ts";
import { decideChange } from "../decide-change.ts";
import type { Tell, Work } from "../ports.ts";

const event = z.object({ action: z.string() });

/** The merge queue asks for the check on its own commit, under the name that it has on the pull request. */
export async function onMergeGroup(payload: unknown, work: Work, tell: Tell): Promise<void> {
  if (event.parse(payload).action !== "checks_requested") return;
  const decided = await decideChange(subjectOfEvent("merge_group", payload), work);
  if (decided) tell(decided.decision);
}
