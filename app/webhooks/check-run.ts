import * as z from "zod";
import { ownerAndName } from "../../adapters/github/full-name.ts";
import { renderSummary } from "../../core/render/summary.ts";
import { decisionNow } from "../commands/decision-now.ts";
import { placeOf } from "../commands/place.ts";
import { commentOnce } from "../comment-once.ts";
import { lookAgain } from "../look-again.ts";
import { openPullsOf } from "../new-facts.ts";
import type { AppIdentity, Work } from "../ports.ts";

const event = z.object({
  action: z.string(),
  requested_action: z.object({ identifier: z.string() }).nullish(),
  repository: z.object({ full_name: z.string() }),
  sender: z.object({ login: z.string() }).nullish(),
  check_run: z.object({
    id: z.int(),
    head_sha: z.string().regex(/^[0-9a-f]{40,64}$/),
    completed_at: z.string().nullish(),
    pull_requests: z.array(z.object({ number: z.int().positive() })).nullish(),
  }),
});
type Event = z.infer<typeof event>;
type Asking = { work: Work; identity: AppIdentity };

/** GitHub sends an App the buttons of its own checks only. A button carries no reason, so Approve says what to write. */
export async function onCheckRun(payload: unknown, work: Work, identity: AppIdentity): Promise<void> {
  const { data } = event.safeParse(payload);
  if (!data) return;
  const wanted = data.action === "rerequested" ? "rescore" : data.requested_action?.identifier;
  if (wanted !== "rescore" && wanted !== "explain" && wanted !== "approve") return;
  const { check_run: check } = data;
  const { full_name: repository } = data.repository;
  // A check names no pull request that comes from a fork, and may name those of other repositories.
  const named = (check.pull_requests ?? []).map(({ number }) => number);
  for (const number of await openPullsOf(repository, check.head_sha, work, named)) {
    if (wanted === "approve") await sayHowToApprove(data, number, { work, identity });
    else if (wanted === "explain") await explain(data, number, { work, identity });
    else await lookAgain({ repository, number, why: `re-score ${check.head_sha}` }, work.now, work);
  }
}

/** GitHub takes 65,536 characters a comment; the hidden mark needs some of them. */
const longestExplanation = 65_000;

/** Every point of the pull request's decision as it is now, once for each decision. */
async function explain(about: Event, number: number, asking: Asking): Promise<void> {
  const { work } = asking;
  const { full_name: repository } = about.repository;
  const { owner, name } = ownerAndName(repository);
  const place = await placeOf({ repository, owner, name, number }, work);
  if (!place) return;
  const { decision } = await decisionNow(place, work);
  const markdown = renderSummary(decision, {}, longestExplanation);
  await sayOnce(about, number, asking, { what: "explanation", of: decision.decision_id, markdown });
}

async function sayHowToApprove(about: Event, number: number, asking: Asking): Promise<void> {
  const { head_sha: head } = about.check_run;
  const markdown = `An approval says why. Write it as a comment of your own, with your reason at the end:\n\n\`\`\`\n/approve-risk ${head} <reason>\n\`\`\`\n`;
  await sayOnce(about, number, asking, { what: "how-to-approve", of: head, markdown });
}

/** Whoever presses the button again finds the comment there. */
function sayOnce(
  { repository: { full_name: repository }, check_run: check }: Event,
  number: number,
  { work, identity }: Asking,
  { what, of, markdown }: { what: string; of: string; markdown: string },
): Promise<void> {
  const marker = `<!-- adaptive-deploy:${what}:${of} -->`;
  const key = `${what} ${repository}#${number} ${of}`;
  const since = check.completed_at ?? undefined;
  return commentOnce({ repository, number, key, marker, markdown, since }, work, identity);
}
