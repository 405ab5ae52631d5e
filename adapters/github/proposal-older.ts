import * as z from "zod";
import { UserError } from "../../core/errors.ts";
import { deleteBranch } from "./branch.ts";
import { ask, type GitHubClient } from "./client.ts";
import { ownerAndRepo } from "./full-name.ts";

const refs = z.array(z.looseObject({ ref: z.string(), object: z.looseObject({ sha: z.string() }) }));
export const proposalPulls = z.array(
  z.looseObject({
    number: z.int(),
    html_url: z.string(),
    state: z.enum(["open", "closed"]),
    merged_at: z.string().nullish(),
    body: z.string().nullish(),
    base: z.looseObject({ ref: z.string() }),
    head: z.looseObject({ repo: z.looseObject({ full_name: z.string() }).nullish() }),
  }),
);
export type ProposalPull = z.infer<typeof proposalPulls>[number];

/** Of a branch all pull requests, the newest first; not those of a fork that has the same owner. */
export async function pullsOf(
  client: GitHubClient,
  repository: string,
  branch: string,
): Promise<ProposalPull[]> {
  const place = ownerAndRepo(repository);
  return ask(`the pull requests of ${repository} (pull-requests: read)`, async () => {
    const about = { head: `${place.owner}:${branch}`, state: "all", per_page: 10 };
    const { data } = await client.request("GET /repos/{owner}/{repo}/pulls", { ...place, ...about });
    const isOwn = ({ head: { repo } }: ProposalPull) =>
      repo?.full_name.toLowerCase() === repository.toLowerCase();
    return proposalPulls.parse(data).filter(isOwn);
  });
}

/** Hidden in the text of a pull request: the one commit that we made. */
export const proposalMark = (commit: string): string => `<!-- adaptive-deploy:proposal:${commit} -->`;
const mark = /<!-- adaptive-deploy:proposal:([0-9a-f]{40,64}) -->/u;
/** GitHub takes so many characters of a pull request's text. */
export const longestBody = 65_536;

type By = { client: GitHubClient; repository: string; repositoryId: string; kind: string };

/**
 * Closes the open proposals of one kind that `number` replaces, and deletes their branches. One that ends in anything
 * but our own commit is somebody's work by now: it stays as it is. Closing and saying why is one request.
 */
export async function replaceOlder(by: By, own: string, number: number): Promise<number[]> {
  const { client, repository, repositoryId, kind } = by;
  const place = ownerAndRepo(repository);
  const listed = await ask(`the branches of ${repository} (contents: read)`, async () => {
    const ref = `heads/adaptive-deploy/${kind}-`;
    const { data } = await client.request("GET /repos/{owner}/{repo}/git/matching-refs/{ref}", {
      ...place,
      ref,
    });
    return refs.parse(data);
  });
  const isOfKind = new RegExp(`^adaptive-deploy/${kind}-[0-9a-f]{12}$`, "u");
  const replaced: number[] = [];
  for (const { ref, object } of listed) {
    const branch = ref.slice("refs/heads/".length);
    if (!isOfKind.test(branch) || branch === own) continue;
    const [pull] = await pullsOf(client, repository, branch);
    if (pull === undefined || mark.exec(pull.body ?? "")?.[1] !== object.sha) continue;
    if (pull.state === "open") {
      await close(pull);
      replaced.push(pull.number);
    }
    await deleteOwn(branch, object.sha);
  }
  return replaced;

  async function close({ number: older, body }: ProposalPull): Promise<void> {
    const text = `**Replaced by #${number}.**\n\n${body ?? ""}`;
    await ask(`#${older} of ${repository} (pull-requests: write)`, () =>
      client.request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", {
        ...place,
        ...{ pull_number: older, state: "closed", body: text.slice(0, longestBody).toWellFormed() },
      }),
    );
  }

  /** A branch that stays, because a rule of the repository keeps it or somebody was faster, hurts nobody. */
  async function deleteOwn(branch: string, head: string): Promise<void> {
    try {
      await deleteBranch({ client, repository, branch }, { head, repositoryId });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
}
