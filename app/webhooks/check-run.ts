import * as z from "zod";
import type { Work } from "../ports.ts";
import { redecideAndTell } from "../redecide.ts";
import type { Tell } from "./index.ts";

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
export async function onCheckRun(payload: unknown, work: Work, tell: Tell): Promise<void> {
  const { data } = event.safeParse(payload);
  if (!data) return;
  const wanted = data.action === "rerequested" ? "rescore" : data.requested_action?.identifier;
  if (wanted !== "rescore" && wanted !== "explain" && wanted !== "approve") return;
  for (const number of await pullsOf(data, work)) {
    if (wanted === "approve") await sayHowToApprove(data, number, work);
    else {
      await redecideAndTell(data.repository.full_name, number, work, tell);
    }
  }
}

const listed = z.array(z.object({ number: z.int().positive(), state: z.string() }));

/** A check names no pull request that comes from a fork. */
async function pullsOf({ check_run: check, repository }: Event, work: Work): Promise<number[]> {
  const named = (check.pull_requests ?? []).map(({ number }) => number);
  if (named.length > 0) return named;
  const [owner = "", repo = ""] = repository.full_name.split("/");
  const route = "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls";
  const { data } = await work.client.request(route, { owner, repo, commit_sha: check.head_sha });
  return listed
    .parse(data)
    .filter(({ state }) => state === "open")
    .map(({ number }) => number);
}

/** Once for each head: whoever presses the button again finds the comment there. */
async function sayHowToApprove(
  { repository, check_run: check }: Event,
  number: number,
  work: Work,
): Promise<void> {
  const [owner = "", repo = ""] = repository.full_name.split("/");
  const mark = `<!-- adaptive-deploy:how-to-approve:${check.head_sha} -->`;
  const body = `${mark}\nAn approval says why. Write it as a comment of your own, with your reason at the end:\n\n\`\`\`\n/approve-risk ${check.head_sha} <reason>\n\`\`\`\n`;
  const place = { owner, repo, issue_number: number };
  await work.once({
    key: `how-to-approve ${repository.full_name}#${number} ${check.head_sha}`,
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
