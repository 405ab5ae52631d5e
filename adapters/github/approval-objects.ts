import * as z from "zod";
import type { Asked } from "../../core/approval/asked.ts";
import { personRefusals } from "../../core/approval/may-approve.ts";
import { type ApprovalCommand, approvalsIn } from "../../core/commands/parse.ts";
import type { ApprovalPointer } from "../../core/evidence/approvals.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import { loginOf } from "./approval-people.ts";
import type { GitHubClient } from "./client.ts";
import type { TeamMembership } from "./team-membership.ts";

/** The objects that an approval may be: each is fetched, held against its pointer, and asked what it says. */

export const approvalRefusals = [
  "other-repository",
  "other-head",
  "other-environment",
  "other-pull-request",
  "not-found",
  "unavailable",
  "not-answered",
  "wrong-actor",
  "not-approved",
  "edited",
  "command-missing",
  "head-moved",
  "base-changed",
  "approval-expired",
  "time-unknown",
  ...personRefusals,
] as const;
export type ApprovalRefusal = (typeof approvalRefusals)[number];

/** What the approval is to be used for. */
export type ApprovalUse = {
  repository: string;
  headSha: string;
  environment: string;
  /** The pull request that is decided on: another one of the same commit has another base, and other authors. */
  pullRequest?: number;
  /** Where what is approved begins; absent: not known. */
  mergeBase?: string;
  /** Whom each service that the change touches accepts. */
  asked: readonly Asked[];
  now: Date;
  /** Asks who is in a team; absent where the token may not, and then being in one makes nobody an approver. */
  teams?: TeamMembership;
  /**
   * True only for a ledger that nobody but the App writes: what it recorded says which head a comment without a commit
   * id meant. An event that was pushed to a branch could say any.
   */
  trustedLedger?: boolean;
  /** Environment that an approval means where it names none. */
  defaultEnvironment?: string;
};

/** What an object approves: for which environments, why, and since when. */
export type Said = { environments: string[]; reason: string; at: string };
export type Refused = { reason: ApprovalRefusal; sentence: string };
export type Checked = Said | Refused;

export function refused(reason: ApprovalRefusal, sentence: string): Refused {
  return { reason, sentence };
}

const user = z.looseObject({ login: z.string(), type: z.string() });

function isActor(given: z.infer<typeof user> | null | undefined, actor: string): Refused | null {
  if (!given || given.login.toLowerCase() !== actor.toLowerCase()) {
    return refused("wrong-actor", `The approval is not ${actor}'s but ${given?.login ?? "nobody"}'s.`);
  }
  if (given.type !== "User")
    return refused("not-a-person", `${actor} is no person, and only people approve.`);
  return null;
}

type Reader = (
  client: GitHubClient,
  place: { owner: string; name: string },
  pointer: ApprovalPointer,
  use: ApprovalUse,
) => Promise<Checked>;

const review = z.looseObject({
  id: z.int(),
  user: user.nullish(),
  state: z.string(),
  commit_id: z.string().nullish(),
  body: z.string().nullish(),
  submitted_at: z.string(),
});

const readReview: Reader = async (client, { owner, name: repo }, pointer, use) => {
  const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}";
  const parameters = { owner, repo, pull_number: pointer.pull_request, review_id: pointer.id };
  const found = review.parse((await client.request(route, parameters)).data);
  const stranger = isActor(found.user, pointer.actor);
  if (stranger !== null) return stranger;
  if (found.id !== pointer.id) return refused("not-found", `GitHub gave another review than ${pointer.id}.`);
  if (found.state !== "APPROVED") {
    return refused(
      "not-approved",
      `The review ${pointer.id} approves nothing: its state is ${found.state.toLowerCase()}.`,
    );
  }
  if (found.commit_id !== pointer.head_sha) {
    return refused(
      "other-head",
      `The review ${pointer.id} is of ${found.commit_id ?? "no commit"}, not of ${pointer.head_sha}.`,
    );
  }
  const body = found.body ?? "";
  const commands = approvalsIn(body).filter(({ sha }) => sha === undefined || sha === pointer.head_sha);
  const reason = commands[0]?.reason ?? body.split("\n", 1)[0]?.trim() ?? "";
  return {
    environments: environmentsOf(commands, use),
    reason: reason || "approved in a review",
    at: found.submitted_at,
  };
};

const comment = z.looseObject({
  id: z.int(),
  user: user.nullish(),
  body: z.string(),
  issue_url: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});

const readComment: Reader = async (client, { owner, name: repo }, pointer, use) => {
  const route = "GET /repos/{owner}/{repo}/issues/comments/{comment_id}";
  const found = comment.parse((await client.request(route, { owner, repo, comment_id: pointer.id })).data);
  const stranger = isActor(found.user, pointer.actor);
  if (stranger !== null) return stranger;
  if (found.id !== pointer.id) return refused("not-found", `GitHub gave another comment than ${pointer.id}.`);
  if (!found.issue_url.endsWith(`/issues/${pointer.pull_request}`)) {
    return refused(
      "other-pull-request",
      `The comment ${pointer.id} is not on pull request ${pointer.pull_request}.`,
    );
  }
  if (found.updated_at !== found.created_at) {
    return refused("edited", `The comment ${pointer.id} was edited after it was written. Write a new one.`);
  }
  const commands = approvalsIn(found.body).filter(({ sha }) =>
    sha === undefined ? use.trustedLedger === true : sha === pointer.head_sha,
  );
  const first = commands.find((command) => environmentsOf([command], use).includes(pointer.environment));
  if (commands[0] === undefined) {
    return refused(
      "command-missing",
      `The comment ${pointer.id} has no line \`/approve-risk ${pointer.head_sha} <reason>\`.`,
    );
  }
  const reason = first?.reason ?? commands[0].reason;
  return { environments: environmentsOf(commands, use), reason, at: found.created_at };
};

function environmentsOf(commands: ApprovalCommand[], use: ApprovalUse): string[] {
  const usual = use.defaultEnvironment ?? defaultEnvironment;
  return commands.length === 0 ? [usual] : commands.map((command) => command.environment ?? usual);
}

const run = z.looseObject({
  id: z.int(),
  head_sha: z.string(),
  created_at: z.string(),
  actor: user.nullish(),
  triggering_actor: user.nullish(),
});
const runApprovals = z.array(
  z.looseObject({
    state: z.string(),
    comment: z.string().nullish(),
    user: user.nullish(),
    environments: z.array(z.looseObject({ name: z.string() })),
  }),
);

const readEnvironment: Reader = async (client, { owner, name: repo }, pointer) => {
  const parameters = { owner, repo, run_id: pointer.id };
  const [runAnswer, approvalsAnswer] = await Promise.all([
    client.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}", parameters),
    client.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals", parameters),
  ]);
  const found = run.parse(runAnswer.data);
  if (found.head_sha !== pointer.head_sha) {
    return refused(
      "other-head",
      `The run ${pointer.id} is of ${found.head_sha}, not of ${pointer.head_sha}.`,
    );
  }
  const mine = runApprovals
    .parse(approvalsAnswer.data)
    .filter((entry) => entry.environments.some((environment) => environment.name === pointer.environment));
  if (mine.some((entry) => entry.state !== "approved")) {
    return refused(
      "not-approved",
      `The run ${pointer.id} was not approved, or rejected, for ${pointer.environment}.`,
    );
  }
  const approved = mine.find((entry) => isActor(entry.user, pointer.actor) === null);
  if (approved === undefined) {
    return refused(
      "wrong-actor",
      `${pointer.actor} has not approved ${pointer.environment} for the run ${pointer.id}.`,
    );
  }
  const starters = [found.actor, found.triggering_actor].map((starter) => loginOf(starter?.login ?? ""));
  if (starters.includes(loginOf(pointer.actor))) {
    return refused(
      "actor-is-author",
      `${pointer.actor} started the run ${pointer.id}. Somebody else must approve it.`,
    );
  }
  // GitHub does not say when an environment was approved; the run's own start is the nearest it tells.
  return {
    environments: [pointer.environment],
    reason: approved.comment || "approved for the environment",
    at: found.created_at,
  };
};

export const readers: Record<ApprovalPointer["kind"], Reader> = {
  review: readReview,
  comment: readComment,
  environment: readEnvironment,
};
