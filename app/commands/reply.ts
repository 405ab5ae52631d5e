import * as z from "zod";
import { ask, githubError } from "../../adapters/github/client.ts";
import type { AppIdentity, Work } from "../ports.ts";
import type { Said } from "./event.ts";

const listed = z.array(
  z.looseObject({
    id: z.int(),
    body: z.string().nullish(),
    user: z.looseObject({ login: z.string(), type: z.string().optional() }).nullish(),
  }),
);
const made = z.looseObject({ id: z.int() });
const commentsAPage = 100;
const mostPages = 30;

/** One comment for each comment that asked something, whatever dies in between. */
export async function reply(
  { said, work, identity }: { said: Said; work: Work; identity: AppIdentity },
  markdown: string,
  about: "reply" | "void" = "reply",
): Promise<void> {
  const { owner, name: repo, number } = said;
  const of = said.kind === "comment" ? String(said.id) : `review-${said.id}`;
  const marker = `<!-- adaptive-deploy:${about}:${of} -->`;
  const what = `the answer on ${said.repository}#${number} (pull-requests: write)`;
  await work.once({
    key: `${about} ${said.repository} ${of}`,
    act: async () => {
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
      const body = `${marker}\n${markdown}`;
      const { data } = await ask(what, () =>
        work.client.request(route, { owner, repo, issue_number: number, body }),
      );
      return made.parse(data).id;
    },
    find: () => ask(what, () => findReply(work, said, marker, identity)),
  });
}

/** Somebody else may write our marker, but not under our name. */
async function findReply(
  work: Work,
  said: Said,
  marker: string,
  identity: AppIdentity,
): Promise<number | undefined> {
  const { owner, name: repo, number } = said;
  for (let page = 1; page <= mostPages; page += 1) {
    const { data } = await work.client.request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...{ owner, repo, issue_number: number, since: said.at.toISOString() },
      ...{ per_page: commentsAPage, page },
    });
    const comments = listed.parse(data);
    const ours = comments.find(
      ({ body, user }) =>
        body?.startsWith(marker) && user?.type === "Bot" && user.login === `${identity.slug}[bot]`,
    );
    if (ours) return ours.id;
    if (comments.length < commentsAPage) return undefined;
  }
  return undefined;
}

/** GitHub takes reactions on comments, and on no review. A reaction is a courtesy: where it fails, the command still counts. The same one twice is one on GitHub. */
export async function react(
  { said, work }: { said: Said; work: Work },
  content: "eyes" | "rocket" | "-1",
): Promise<void> {
  const { owner, name: repo, kind, id: comment } = said;
  if (kind === "review") return;
  const route = "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions";
  try {
    await work.client.request(route, { owner, repo, comment_id: comment, content });
  } catch (error) {
    work.signal.throwIfAborted();
    work.warn(githubError(error, `a reaction in ${said.repository}`).message);
  }
}
