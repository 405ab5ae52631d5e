import * as z from "zod";
import { ownerAndName } from "../../adapters/github/full-name.ts";
import { optional } from "../../core/optional.ts";
import { rolloutNamedIn } from "../../core/render/rollout/marker.ts";

/** The events `issue_comment` and `pull_request_review` of a pull request, as far as a command needs them. */
const account = z.looseObject({ login: z.string(), type: z.string().optional() }).nullish();
const about = z.looseObject({
  action: z.string(),
  repository: z.looseObject({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }),
  changes: z.looseObject({ body: z.looseObject({ from: z.string() }).optional() }).optional(),
});
const event = about.extend({
  issue: z.looseObject({
    number: z.int().positive(),
    pull_request: z.looseObject({}).nullish(),
    user: account,
    body: z.string().nullish(),
  }),
  comment: z.looseObject({
    id: z.int().positive(),
    body: z.string().nullish(),
    html_url: z.string().optional(),
    created_at: z.string(),
    user: account,
    performed_via_github_app: z.looseObject({}).nullish(),
  }),
});

export type Said = {
  action: string;
  repository: string;
  owner: string;
  name: string;
  number: number;
  /** A review says of itself which commit it is of. */
  kind: "comment" | "review";
  /** Of the comment or review. */
  id: number;
  commit?: string;
  body: string;
  /** The text before an edit; undefined where GitHub does not tell it. */
  was?: string;
  at: Date;
  /** Null for a bot, for an App that writes in a person's name, and for an account that is gone. */
  person: string | null;
  /** Who opened the pull request. */
  author?: string;
  /** Its page on GitHub. */
  url?: string;
  /** The rollout that an incident tells of; absent on a pull request. */
  rollout?: string;
};

/** Undefined where it is no comment on a pull request or an incident of ours, or not of GitHub's form. */
export function saidIn(payload: unknown): Said | undefined {
  const { data } = event.safeParse(payload);
  if (!data) return undefined;
  const { comment, issue } = data;
  const rollout = issue.user?.type === "Bot" ? rolloutNamedIn(issue.body ?? "") : undefined;
  if (!issue.pull_request && rollout === undefined) return undefined;
  return {
    ...placeIn(data),
    ...{ kind: "comment", number: issue.number, id: comment.id, body: comment.body ?? "" },
    at: new Date(comment.created_at),
    person: comment.performed_via_github_app ? null : personOf(comment.user),
    ...optional("author", issue.user?.login),
    ...optional("url", comment.html_url),
    ...optional("rollout", issue.pull_request ? undefined : rollout),
  };
}

const reviewEvent = about.extend({
  pull_request: z.looseObject({ number: z.int().positive(), user: account }),
  review: z.looseObject({
    id: z.int().positive(),
    state: z.string(),
    commit_id: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .nullish(),
    body: z.string().nullish(),
    submitted_at: z.string(),
    user: account,
  }),
});

/** What a review says; undefined where it is of no commit, or not of GitHub's form. */
export function reviewIn(payload: unknown): (Said & { state: string }) | undefined {
  const { data } = reviewEvent.safeParse(payload);
  if (!data?.review.commit_id) return undefined;
  const { review, pull_request: pull } = data;
  return {
    ...placeIn(data),
    ...{ kind: "review", number: pull.number, id: review.id, body: review.body ?? "" },
    ...{ commit: data.review.commit_id, state: review.state.toLowerCase() },
    at: new Date(review.submitted_at),
    person: personOf(review.user),
    ...optional("author", pull.user?.login),
  };
}

function placeIn({ action, repository, changes }: z.infer<typeof about>) {
  const { owner, name } = ownerAndName(repository.full_name);
  return { action, repository: repository.full_name, owner, name, ...optional("was", changes?.body?.from) };
}

const personOf = (user: z.infer<typeof account>): string | null =>
  user?.type === "User" ? user.login : null;
