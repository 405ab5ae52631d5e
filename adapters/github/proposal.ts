import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import { digest } from "../../core/evidence/canonical.ts";
import { plain } from "../../core/render/escape.ts";
import { commitFiles, createBranch } from "./branch.ts";
import { ask, type GitHubClient, githubError } from "./client.ts";
import { ownerAndRepo } from "./full-name.ts";
import { blobName, holds, lookForProposal, type ProposalLook, type Tip } from "./proposal-look.ts";
import { longestBody, type ProposalPull, proposalMark, pullsOf, replaceOlder } from "./proposal-older.ts";

export type Proposal = {
  /** Open proposals of one kind replace one another; the branch is named by it and by what is proposed. */
  kind: "model" | "policy" | "state";
  /** Whole texts by path. */
  files: Readonly<Record<string, string>>;
  /** The texts that were edited, by path: where the default branch has others by now, the edit would undo them. */
  edited?: Readonly<Record<string, string>>;
  title: string;
  /** Markdown, with everything from outside escaped. */
  body: string;
};

export type Proposed = {
  /** standing: it was open already. declined: somebody closed it, or took it back after it was merged. */
  outcome: "opened" | "standing" | "declined" | "nothing";
  /** For a person. */
  sentence: string;
  branch: string;
  number?: number;
  url?: string;
  /** Numbers of the open proposals that it closed. */
  replaced: number[];
};

const opened = z.looseObject({ number: z.int(), html_url: z.string() });
const compared = z.looseObject({
  ahead_by: z.int(),
  files: z.array(z.looseObject({ filename: z.string() })),
});
/** GitHub's API shows no file above 10 MB, and the App has to read it. */
const mostBytes = 8 * 1024 * 1024;
/** Room for the mark, and for the sentence of what replaces it. */
const longestText = longestBody - 200;

/** What a proposal's branch is called: the same files give the same one. */
export function proposalBranch({ kind, files }: Pick<Proposal, "kind" | "files">): string {
  return `adaptive-deploy/${kind}-${digest(files).slice(0, 12)}`;
}

/**
 * Files as one pull request to the default branch, which a person merges. What is there is looked for before anything
 * is made, so that a lost answer or a second run makes nothing twice; the default branch itself is never written to.
 */
export async function propose(
  client: GitHubClient,
  repository: string,
  proposal: Proposal,
): Promise<Proposed> {
  const place = ownerAndRepo(repository);
  const { kind, files, edited = {} } = proposal;
  requireSmall(files);
  const branch = proposalBranch(proposal);
  const on = { client, repository, branch };
  const [look, pulls] = await Promise.all([
    lookForProposal(client, repository, branch, Object.keys(files)),
    pullsOf(client, repository, branch),
  ]);
  const base = requireBase(look);
  const known = pulls.find(isToBase);
  const said = { branch, replaced: [] };
  if (holds(base, files))
    return { ...said, outcome: "nothing", sentence: `${base.name} holds exactly this already.` };
  if (known !== undefined && known.state === "closed")
    return { ...said, outcome: "declined", ...linked(known), sentence: declinedSentence(known) };
  if (known !== undefined && !(await isOurs()))
    return { ...said, outcome: "standing", ...linked(known), sentence: alteredSentence(known) };
  const pull = known ?? (await open(await committed()));
  const replaced = await replaceOlder(
    { client, repository, repositoryId: look.repositoryId, kind },
    branch,
    pull.number,
  );
  return {
    ...{ branch, replaced, ...linked(pull) },
    outcome: known === undefined ? "opened" : "standing",
    sentence: `${pull.html_url} proposes it.`,
  };

  function requireBase({ base: found }: ProposalLook): Tip & { name: string } {
    if (found === undefined)
      throw new UserError("no-default-branch", `${repository} has no commits yet. Push one, then run again.`);
    const other = Object.entries(edited).find(([path, text]) => found.blobs.get(path) !== blobName(text));
    if (other !== undefined)
      throw new UserError(
        "base-changed",
        `${other[0]} is another one on ${found.name} of ${repository} by now. Check out its newest commit and run again.`,
        exitCodes.unavailable,
      );
    return found;
  }

  /** The branch with its one commit: made, or found where an earlier run got so far. */
  async function committed(): Promise<string> {
    const { own } = look;
    if (own === undefined) await createBranch(on, base.commit);
    const ahead = own === undefined ? 0 : (await comparedTo(own.commit)).ahead_by;
    if (own !== undefined && ahead === 1 && (await isOurs())) return own.commit;
    if (ahead > 0)
      throw new UserError(
        "proposal-conflict",
        `The branch ${branch} of ${repository} holds something else. Delete it, then run again.`,
        exitCodes.unavailable,
      );
    const headline = plain(proposal.title, 200);
    return commitFiles(on, { head: own?.commit ?? base.commit, headline, files });
  }

  /** Anybody who may push can be first, or push behind us: what is proposed is looked at, whoever brought it. */
  async function isOurs(): Promise<boolean> {
    const { own } = look;
    if (own === undefined || !holds(own, files)) return false;
    const { files: changed } = await comparedTo(own.commit);
    return changed.every(({ filename }) => Object.hasOwn(files, filename));
  }

  async function comparedTo(commit: string): Promise<z.infer<typeof compared>> {
    return ask(`the branch ${branch} of ${repository} (contents: read)`, async () => {
      const basehead = `${base.commit}...${commit}`;
      const { data } = await client.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
        ...place,
        basehead,
      });
      return compared.parse(data);
    });
  }

  function isToBase({ base: { ref } }: ProposalPull): boolean {
    return ref === look.base?.name;
  }

  async function open(commit: string): Promise<Pick<ProposalPull, "number" | "html_url">> {
    const text = proposal.body.slice(0, longestText).toWellFormed();
    try {
      const { data } = await client.request("POST /repos/{owner}/{repo}/pulls", {
        ...place,
        title: plain(proposal.title, 200),
        ...{ body: `${proposalMark(commit)}\n${text}`, head: branch, base: base.name },
      });
      return opened.parse(data);
    } catch (error) {
      // Another run may have been first.
      const first = (await pullsOf(client, repository, branch)).find(isToBase);
      if (first !== undefined) return first;
      throw refused(githubError(error, `a new pull request in ${repository} (pull-requests: write)`));
    }
  }

  /** A setting of the repository's, which no permission of the job's lifts. */
  function refused(fault: UserError): UserError {
    if (!/not permitted to create/iu.test(fault.message)) return fault;
    return new UserError(
      "pull-requests-forbidden",
      `${repository} lets no workflow open pull requests. Allow it under Settings → Actions → General → "Allow GitHub Actions to create and approve pull requests" (of the organisation as well), or pass an App's token. The files stand on the branch ${branch}: a pull request from it can be opened by hand.`,
      exitCodes.unavailable,
    );
  }
}

function requireSmall(files: Proposal["files"]): void {
  for (const [path, text] of Object.entries(files)) {
    if (Buffer.byteLength(text) > mostBytes)
      throw new UserError(
        "file-too-large",
        `${path} is larger than 8 MiB, more than GitHub's API shows of a file. Learn with fewer or smaller trees.`,
      );
  }
}

const linked = ({ number, html_url: url }: Pick<ProposalPull, "number" | "html_url">) => ({ number, url });

function declinedSentence({ html_url: url, merged_at: merged }: ProposalPull): string {
  return merged
    ? `${url} was merged and has been taken back since. Restore it by hand, if that was not meant.`
    : `${url} proposed exactly this and was closed. Open it again, if that was not meant.`;
}

function alteredSentence({ html_url: url }: ProposalPull): string {
  return `${url} stands on the branch of this proposal, and holds something else: somebody has committed there. Look at it; close it and delete its branch to have this proposed.`;
}
