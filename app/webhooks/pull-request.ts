import * as z from "zod";
import { subjectOfEvent } from "../../adapters/github/event.ts";
import { decideChange } from "../decide-change.ts";
import type { Tell, Work } from "../ports.ts";
import { isQuiet, quietLabel } from "../quiet.ts";
import { redecide } from "../redecide.ts";

const answered = ["opened", "synchronize", "reopened", "edited", "ready_for_review", "labeled", "unlabeled"];
const labelled = z.object({ name: z.string() });
const event = z.object({
  action: z.string(),
  changes: z.object({ base: z.unknown().optional(), title: z.unknown().optional() }).nullish(),
  label: labelled.nullish(),
  pull_request: z.object({ labels: z.array(labelled).nullish(), updated_at: z.string().nullish() }).nullish(),
});

/** A pull request was opened, moved, or is to be treated otherwise: it is decided on anew. */
export async function onPullRequest(payload: unknown, work: Work, tell: Tell): Promise<void> {
  const { action, changes, label, pull_request } = event.parse(payload);
  if (!answered.includes(action)) return;
  if (action === "edited" && !changes?.base && !changes?.title) return;
  if (label && label.name !== quietLabel) return;
  const subject = subjectOfEvent("pull_request", payload);
  // A repeated or late delivery tells of a head that has moved since; the one that counts is GitHub's, once it is known.
  const decided = await decideChange(subject, work, { quiet: isQuiet(pull_request?.labels) });
  if (decided?.gathered.moved && subject.pullRequest) {
    const { owner, name, head, baseBranch: base } = subject;
    const at = pull_request?.updated_at;
    const heard = at ? { head, base, at } : undefined;
    await redecide(`${owner}/${name}`, subject.pullRequest.number, work, heard);
  } else if (decided) tell(decided.decision);
}
