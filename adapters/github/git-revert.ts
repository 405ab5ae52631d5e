import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { GitFile } from "../../core/policy/schema/targets/argo-rollouts.ts";
import { plain } from "../../core/render/escape.ts";
import { renderRevert } from "../../core/render/rollout/revert.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import { asksFor, putBack } from "../../core/rollout/put-back.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { GitRevert } from "../targets/argo-rollouts/git-revert.ts";
import { commitFiles, createBranch } from "./branch.ts";
import { ask, type GitHubClient, githubError } from "./client.ts";
import { ownerAndRepo } from "./full-name.ts";
import { lookForRevert, type RevertLook } from "./revert-look.ts";

export type RevertOptions = {
  client: GitHubClient;
  /** "owner/name" of the repository that holds the file. */
  repository: string;
  file: GitFile;
  /** What the ledger holds of the rollout; undefined where it cannot be read just now. */
  told(plan: RolloutPlan): Promise<RolloutState | undefined>;
  now(): string;
};

const pulls = z.array(
  z.looseObject({
    html_url: z.string(),
    state: z.enum(["open", "closed"]),
    merged_at: z.string().nullish(),
    base: z.looseObject({ ref: z.string() }),
  }),
);
type Pull = z.infer<typeof pulls>[number];
const opened = z.looseObject({ html_url: z.string() });

/**
 * The revert of a file as one pull request, which a person merges. Its branch bears the rollout's name: made before
 * anything stands on it, and looked for before it is made, so that a lost answer or another run opens nothing twice.
 */
export function githubRevert({ client, repository, file, told, now }: RevertOptions): GitRevert {
  const place = ownerAndRepo(repository);
  const { path } = file;

  return {
    async propose(plan) {
      const branch = `adaptive-deploy/revert-${plan.rollout}`;
      const known = await pullOf(branch);
      if (known !== undefined) return saidOf(known);
      const look = await lookForRevert(client, { repository, ...file, own: branch });
      const base = requireBase(look);
      const stable = plan.stable?.id ?? "";
      if (!asksFor(base.text, plan.candidate.id, stable)) return notThere(base.text, plan);
      const came = cameWith(look, plan);
      const own = look.own ?? base;
      if (asksFor(own.text ?? "", plan.candidate.id, stable)) {
        const text = reverted(own.text ?? "", came, plan);
        if (look.own === undefined) await createBranch({ client, repository, branch }, base.commit);
        await commitFiles(
          { client, repository, branch },
          {
            head: own.commit,
            headline: plain(`Revert to ${stable || "nothing"}`, 200),
            body: plain(`Takes back ${plan.candidate.id}.`, 1000),
            files: { [path]: text },
          },
        );
      } else if (!asksFor(own.text ?? "", stable, plan.candidate.id))
        throw held(
          "revert-conflict",
          `The branch ${branch} of ${repository} is there, and ${path} on it does not ask for ${stable}. Delete it.`,
        );
      return saidOf(await open(branch, base.name, came.url, plan));
    },
  };

  async function pullOf(branch: string): Promise<Pull | undefined> {
    return ask(`the pull requests of ${repository} (pull-requests: read)`, async () => {
      const about = { head: `${place.owner}:${branch}`, state: "all", per_page: 10 };
      const { data } = await client.request("GET /repos/{owner}/{repo}/pulls", { ...place, ...about });
      return pulls.parse(data)[0];
    });
  }

  function requireBase({ base }: RevertLook): { name: string; commit: string; text: string } {
    if (base === undefined)
      throw held(
        "revert-not-found",
        `${repository} has no branch ${file.branch ?? ""}. Correct git.branch in services.yaml.`,
      );
    const { text } = base;
    if (text === null)
      throw held(
        "revert-not-found",
        `${path} is not a text file on ${base.name} of ${repository}. Correct git.path in services.yaml.`,
      );
    return { ...base, text };
  }

  /** Reverted already, or nothing that is known of. */
  function notThere(text: string, { candidate, stable }: RolloutPlan): string {
    if (stable !== null && asksFor(text, stable.id, candidate.id))
      return `${path} says ${stable.id} already; the controller that reads Git has not brought it yet.`;
    throw held(
      "revert-not-found",
      `No line of ${path} in ${repository} asks for ${candidate.id}. Correct git.path in services.yaml, or revert by hand.`,
    );
  }

  function cameWith(
    { history }: RevertLook,
    { candidate, stable }: RolloutPlan,
  ): RevertLook["history"][number] {
    const asks = (text: string | null) => text !== null && asksFor(text, candidate.id, stable?.id ?? "");
    const found = history.find(({ text, before }) => asks(text) && !asks(before));
    if (found !== undefined) return found;
    throw held(
      "revert-not-found",
      `None of the last ${history.length} commits of ${path} brought ${candidate.id}. Revert by hand.`,
    );
  }

  function reverted(now: string, { text, before }: RevertLook["history"][number], plan: RolloutPlan): string {
    const answer = putBack(now, text ?? "", before, plan);
    if ("text" in answer) return answer.text;
    throw held(answer.refused.code, `${path} in ${repository}: ${answer.refused.sentence} Revert by hand.`);
  }

  async function open(head: string, base: string, commitUrl: string, plan: RolloutPlan): Promise<Pull> {
    const text = renderRevert(plan, { path, commitUrl }, await told(plan), now());
    try {
      const { data } = await client.request("POST /repos/{owner}/{repo}/pulls", {
        ...place,
        ...text,
        head,
        base,
      });
      return { ...opened.parse(data), state: "open", base: { ref: base } };
    } catch (error) {
      // Another run may have been first.
      const known = await pullOf(head);
      if (known !== undefined) return known;
      throw githubError(error, `a new pull request in ${repository} (pull-requests: write)`);
    }
  }
}

function saidOf({ html_url: url, state, merged_at: merged }: Pull): string {
  if (merged) return `${url} is merged; the controller that reads Git has not brought it yet.`;
  if (state === "open") return `${url} proposes it.`;
  throw held("revert-closed", `${url} proposed it and was closed. Open it again, or revert by hand.`);
}

function held(code: string, sentence: string): UserError {
  return new UserError(code, sentence, exitCodes.unavailable);
}
