import * as z from "zod";
import { ask } from "../adapters/github/client.ts";
import { ownerAndRepo } from "../adapters/github/full-name.ts";
import type { AppIdentity, Work } from "./ports.ts";

export type CommentOnce = {
  repository: string;
  number: number;
  /** The same for every attempt. */
  key: string;
  /** Hidden in the comment; what it begins with. */
  marker: string;
  markdown: string;
  /** No comment of ours can be older. */
  since?: string | undefined;
};

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

/** One comment for each key, whatever dies in between. */
export async function commentOnce(about: CommentOnce, work: Work, identity: AppIdentity): Promise<void> {
  const { repository, number, key, marker, markdown } = about;
  const what = `the answer on ${repository}#${number} (pull-requests: write)`;
  await work.once({
    key,
    act: async () => {
      const { data } = await ask(what, () =>
        work.client.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
          ...ownerAndRepo(repository),
          issue_number: number,
          body: `${marker}\n${markdown}`,
        }),
      );
      return made.parse(data).id;
    },
    find: () => ask(what, () => findOurs(about, work, identity)),
  });
}

/** Somebody else may write our marker, but not under our name. */
async function findOurs(
  { repository, number, marker, since }: CommentOnce,
  work: Work,
  { slug }: AppIdentity,
): Promise<number | undefined> {
  for (let page = 1; page <= mostPages; page += 1) {
    const { data } = await work.client.request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...ownerAndRepo(repository),
      ...{ issue_number: number, since, per_page: commentsAPage, page },
    });
    const comments = listed.parse(data);
    const ours = comments.find(
      ({ body, user }) => body?.startsWith(marker) && user?.type === "Bot" && user.login === `${slug}[bot]`,
    );
    if (ours) return ours.id;
    if (comments.length < commentsAPage) return undefined;
  }
  return undefined;
}
