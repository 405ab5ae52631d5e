import * as z from "zod";
import { ask, type GitHubClient } from "./client.ts";
import { ownerAndRepo } from "./full-name.ts";

/** Issues and comments that are found again by the hidden line which they begin with. */

const trusted = ["OWNER", "MEMBER", "COLLABORATOR"];
const written = {
  body: z.string().nullish(),
  html_url: z.string(),
  user: z.looseObject({ type: z.string().optional() }).nullish(),
  author_association: z.string().optional(),
};
const issue = z.looseObject({ ...written, number: z.int(), pull_request: z.looseObject({}).nullish() });
const comment = z.looseObject({ ...written, id: z.int() });
type Written = z.infer<z.ZodObject<typeof written>>;
export type OwnIssue = { number: number; body: string; url: string };

const onePage = 100;
const mostPages = 10;
/** Clocks of runners and GitHub's own may differ by so much. */
const slackMs = 3_600_000;

export function ownIssues(client: GitHubClient, repository: string) {
  const place = ownerAndRepo(repository);

  /** Newest first; `since` keeps the list short in a busy repository. */
  async function listed<Shape extends z.ZodType>(
    route: string,
    about: Record<string, unknown>,
    since: string,
    shape: Shape,
  ): Promise<z.infer<Shape>[]> {
    const found: z.infer<Shape>[] = [];
    const from = new Date(Date.parse(since) - slackMs).toISOString();
    for (let page = 1; page <= mostPages; page += 1) {
      const { data } = await client.request(route, {
        ...place,
        ...{ ...about, since: from, per_page: onePage, page },
      });
      const items = z.array(shape).parse(data);
      found.push(...items);
      if (items.length < onePage) break;
    }
    return found;
  }

  return {
    /**
     * Those that begin so, the oldest first. Where nothing is said of labels none is asked for: people may take them
     * off. One that stands for years is only found by its label.
     */
    find: (isOwn: (body: string) => boolean, since: string, labels?: string): Promise<OwnIssue[]> =>
      ask(`the issues of ${repository} (issues: read)`, async () => {
        const order = { state: "all", sort: "created", direction: "desc", ...(labels ? { labels } : {}) };
        const all = await listed("GET /repos/{owner}/{repo}/issues", order, since, issue);
        return all
          .flatMap((one): OwnIssue[] => {
            const body = one.pull_request ? undefined : bodyOf(one);
            return body !== undefined && isOwn(body) ? [{ number: one.number, body, url: one.html_url }] : [];
          })
          .reverse();
      }),

    open: (title: string, body: string, labels: readonly string[]): Promise<OwnIssue> =>
      ask(`a new issue in ${repository} (issues: write)`, async () => {
        const { data } = await client.request("POST /repos/{owner}/{repo}/issues", {
          ...place,
          ...{ title, body, labels },
        });
        const made = issue.parse(data);
        return { number: made.number, body, url: made.html_url };
      }),

    rewrite: (number: number, body: string): Promise<unknown> =>
      ask(`the issue ${repository}#${number} (issues: write)`, () =>
        client.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
          ...place,
          ...{ issue_number: number, body },
        }),
      ),

    label: (number: number, labels: readonly string[]): Promise<unknown> =>
      ask(`the labels of ${repository}#${number} (issues: write)`, () =>
        client.request("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", {
          ...place,
          ...{ issue_number: number, labels },
        }),
      ),

    /** One comment for each marker, also where the answer to the first attempt was lost. */
    commentOnce: (number: number, marker: string, markdown: string, since: string): Promise<string> =>
      ask(`a comment on ${repository}#${number} (issues: write)`, async () => {
        const route = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
        const before = await listed(`GET ${route}`, { issue_number: number }, since, comment);
        const own = before.find((one) => bodyOf(one)?.startsWith(marker));
        if (own !== undefined) return own.html_url;
        const body = `${marker}\n${markdown}`;
        const { data } = await client.request(`POST ${route}`, { ...place, issue_number: number, body });
        return comment.parse(data).html_url;
      }),
  };
}

/** Anybody may write our marker, but nobody is told less for what a stranger wrote. */
function bodyOf({ body, user, author_association: association }: Written): string | undefined {
  const isOurs = user?.type === "Bot" || trusted.includes(association ?? "");
  return isOurs ? (body ?? undefined) : undefined;
}
