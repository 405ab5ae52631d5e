import * as z from "zod";
import { renderSummary } from "../../core/render/summary.ts";
import { decisionNow } from "../commands/decision-now.ts";
import { placeOf } from "../commands/place.ts";
import { lookAgain } from "../look-again.ts";
import { openPullsOf } from "../new-facts.ts";
import type { Work } from "../ports.ts";

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

/** GitHub sends an App the buttons of its own checks only. A button carries no reason, so Approve says what to write. */
export async function onCheckRun(payload: unknown, work: Work): Promise<void> {
  const { data } = event.safeParse(payload);
  if (!data) return;
  const wanted = data.action === "rerequested" ? "rescore" : data.requested_action?.identifier;
  if (wanted !== "rescore" && wanted !== "explain" && wanted !== "approve") return;
  const { check_run: check } = data;
  const { full_name: repository } = data.repository;
  // A check names no pull request that comes from a fork, and may name those of other repositories.
  const named = (check.pull_requests ?? []).map(({ number }) => number);
  for (const number of await openPullsOf(repository, check.head_sha, work, named)) {
    if (wanted === "approve") await sayHowToApprove(data, number, work);
    else if (wanted === "explain") await explain(data, number, work);
    else await lookAgain({ repository, number, why: `re-score ${check.head_sha}` }, work.now, work);
  }
}

/** GitHub takes 65,536 characters a comment; the hidden mark needs some of them. */
const longestExplanation = 65_000;

/** Every point of the pull request's decision as it is now, once for each decision. */
async function explain(about: Event, number: number, work: Work): Promise<void> {
  const { full_name: repository } = about.repository;
  const [owner = "", name = ""] = repository.split("/");
  const place = await placeOf({ repository, owner, name, number }, work);
  if (!place) return;
  const { decision } = await decisionNow(place, work);
  const body = renderSummary(decision, {}, longestExplanation);
  await sayOnce(about, number, work, { what: "explanation", of: decision.decision_id, body });
}

async function sayHowToApprove(about: Event, number: number, work: Work): Promise<void> {
  const { head_sha: head } = about.check_run;
  const body = `An approval says why. Write it as a comment of your own, with your reason at the end:\n\n\`\`\`\n/approve-risk ${head} <reason>\n\`\`\`\n`;
  await sayOnce(about, number, work, { what: "how-to-approve", of: head, body });
}

/** Whoever presses the button again finds the comment there. */
async function sayOnce(
  { repository, check_run: check }: Event,
  number: number,
  work: Work,
  said: { what: string; of: string; body: string },
): Promise<void> {
  const [owner = "", repo = ""] = repository.full_name.split("/");
  const mark = `<!-- adaptive-deploy:${said.what}:${said.of} -->`;
  const body = `${mark}\n${said.body}`;
  const place = { owner, repo, issue_number: number };
  await work.once({
    key: `${said.what} ${repository.full_name}#${number} ${said.of}`,
    act: async () => {
      await work.client.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
        ...place,
        body,
      });
      return true;
    },
    find: async () => {
      const { data } = await work.client.request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
        ...place,
        since: check.completed_at ?? undefined,
        per_page: 100,
      });
      const comments = z.array(z.object({ body: z.string().nullish() })).parse(data);
      return comments.some((comment) => comment.body?.startsWith(mark)) ? true : undefined;
    },
  });
}
