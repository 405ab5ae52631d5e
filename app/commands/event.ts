import * as z from "zod";

/** The event `issue_comment` of a pull request, as far as a command needs it. */
const account = z.looseObject({ login: z.string(), type: z.string().optional() }).nullish();
const event = z.looseObject({
  action: z.string(),
  repository: z.looseObject({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }),
  changes: z.looseObject({ body: z.looseObject({ from: z.string() }).optional() }).optional(),
  issue: z.looseObject({ number: z.int().positive(), pull_request: z.looseObject({}).nullish() }),
  comment: z.looseObject({
    id: z.int().positive(),
    body: z.string().nullish(),
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
  comment: number;
  body: string;
  /** The text before an edit; undefined where GitHub does not tell it. */
  was?: string;
  at: Date;
  /** Null for a bot, for an App that writes in a person's name, and for an account that is gone. */
  person: string | null;
};

/** Undefined where it is no comment on a pull request, or not of GitHub's form. */
export function saidIn(payload: unknown): Said | undefined {
  const { data } = event.safeParse(payload);
  if (!data?.issue.pull_request) return undefined;
  const { comment, repository, issue, action } = data;
  const was = data.changes?.body?.from;
  const [owner = "", name = ""] = repository.full_name.split("/");
  return {
    action,
    repository: repository.full_name,
    ...{ owner, name },
    number: issue.number,
    comment: comment.id,
    body: comment.body ?? "",
    ...(was === undefined ? {} : { was }),
    at: new Date(comment.created_at),
    person: comment.user?.type === "User" && !comment.performed_via_github_app ? comment.user.login : null,
  };
}
