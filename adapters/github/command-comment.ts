import * as z from "zod";
import type { Asked } from "../../core/approval/asked.ts";
import { type Hands, isPermitted, mayApprove } from "../../core/approval/may-approve.ts";
import { commandsIn } from "../../core/commands/parse.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { rolloutNamedIn } from "../../core/render/rollout/marker.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import { askPerson } from "./approval-person.ts";
import type { GitHubClient } from "./client.ts";
import { ownerAndName, ownerAndRepo } from "./full-name.ts";
import { mayPass } from "./transient.ts";

/** A word about a rollout, and the comment that it is said to stand in. */
export type SaidInComment = {
  command: string;
  by: string;
  source?: string | undefined;
  /** A comment of before is about another rollout. */
  since: string;
  plan: Pick<RolloutPlan, "rollout" | "service" | "environment">;
  /** Where the authors of the change may not say so: who they are. */
  hands?: () => Promise<Hands>;
};

const comment = z.looseObject({
  id: z.int(),
  user: z.looseObject({ login: z.string(), type: z.string() }).nullish(),
  body: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  issue_url: z.string().optional(),
});
const issue = z.looseObject({
  body: z.string().nullish(),
  user: z.looseObject({ type: z.string().optional() }).nullish(),
  author_association: z.string().optional(),
});

/**
 * Whether a comment says so of this rollout: written by whom the ledger names, unedited, in so many words, and by
 * somebody whom policy accepts now. What GitHub cannot say just now is asked again; everything else that is not found out is a no.
 */
export async function saidInComment(
  client: GitHubClient,
  repository: string,
  { command, by, source, since, plan, hands }: SaidInComment,
  asked: readonly Asked[],
): Promise<boolean> {
  const id = commentId(source, repository);
  if (id === undefined) return false;
  const { owner, name } = ownerAndName(repository);
  try {
    const [answer, person] = await Promise.all([
      client.request("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...{ owner, repo: name, comment_id: id },
      }),
      askPerson(client, { owner, name }, by, asked),
    ]);
    const found = comment.parse(answer.data);
    const isTheirs = found.user?.type === "User" && found.user.login.toLowerCase() === by.toLowerCase();
    const isUnedited = found.id === id && found.updated_at === found.created_at;
    const isLater = Date.parse(found.created_at) >= wholeSecond(since);
    if (!isTheirs || !isUnedited || !isLater) return false;
    const may = hands === undefined ? isPermitted(person, asked) : mayApprove(person, await hands(), asked);
    return may.may && (await says(client, repository, found, command, plan));
  } catch (error) {
    if (!mayPass(error)) return false;
    const said = error instanceof Error ? error.message : String(error);
    // Without it nobody knows where the rollout stands: whoever drives waits as for the ledger itself.
    throw new UserError(
      "ledger-unavailable",
      `The ledger holds \`${command}\` of ${by}, and GitHub does not answer whether that was said: ${said}.`,
      exitCodes.unavailable,
    );
  }
}

/** GitHub's times have no fractions. */
function wholeSecond(at: string): number {
  return Math.floor(Date.parse(at) / 1000) * 1000;
}

/** As our own records name a comment, or by its address. */
function commentId(source: string | undefined, repository: string): number | undefined {
  const [, id, where] =
    /^comment (\d{1,18}) in (\S+)$/.exec(source ?? "") ??
    /^https:\/\/[^/\s]+\/(?:[^/\s]+\/[^/\s]+)\/(?:issues|pull)\/\d+#issuecomment-(\d{1,18})$/.exec(
      source ?? "",
    ) ??
    [];
  if (id === undefined || (where !== undefined && where.toLowerCase() !== repository.toLowerCase()))
    return undefined;
  return Number(id);
}

/** Which rollout is meant: the place that the comment names, or the incident that it stands under. */
async function says(
  client: GitHubClient,
  repository: string,
  { body, issue_url }: z.infer<typeof comment>,
  wanted: string,
  plan: SaidInComment["plan"],
): Promise<boolean> {
  const said = commandsIn(body).flatMap((one) =>
    one.kind === "rollout" && one.word === wanted ? [one] : [],
  );
  const fits = said.filter(
    ({ service = plan.service, environment = plan.environment }) =>
      service === plan.service && environment === plan.environment,
  );
  if (fits.some(({ service, environment }) => service !== undefined && environment !== undefined))
    return true;
  const number = /\/issues\/(\d{1,18})$/.exec(issue_url ?? "")?.[1];
  if (fits.length === 0 || number === undefined) return false;
  const { data } = await client.request("GET /repos/{owner}/{repo}/issues/{issue_number}", {
    ...ownerAndRepo(repository),
    issue_number: Number(number),
  });
  const { body: text, user, author_association: association } = issue.parse(data);
  // Anybody may open an issue that begins like an incident.
  const isOurs = user?.type === "Bot" || ["OWNER", "MEMBER", "COLLABORATOR"].includes(association ?? "");
  return isOurs && rolloutNamedIn(text ?? "") === plan.rollout;
}
