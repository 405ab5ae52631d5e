import * as z from "zod";
import type { LedgerEvent } from "./event.ts";

/**
 * Anyone who can push can write an event, so an approval event authorises nothing by itself. It is a pointer to an
 * object on GitHub, which is fetched again and checked at the moment of use (adapters/github/approvals.ts).
 */
const commit = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, "a commit is its full hexadecimal id");

export const approvalPointer = z.strictObject({
  kind: z.enum(["review", "comment", "environment"]),
  repository: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/, "a repository is owner/name"),
  /** Of the review, of the comment, or of the workflow run whose environment was approved. */
  id: z.int().positive(),
  /** Absent only for an environment approval of a run that belongs to no pull request. */
  pull_request: z.int().positive().optional(),
  head_sha: commit,
  environment: z.string().min(1).max(256),
  actor: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "an actor is a person's login"),
  /** Another base has another diff. Absent: what was approved is the commit, wherever it goes. */
  base_branch: z.string().min(1).max(256).optional(),
  /** So has another merge base, under the same name of the branch: a base that was rewound lets in what nobody saw. */
  merge_base: commit.optional(),
});
export type ApprovalPointer = z.infer<typeof approvalPointer>;

export const approvalBody = z.looseObject({ pointer: approvalPointer });
export const revocationBody = z.looseObject({
  pointer: approvalPointer.pick({ kind: true, repository: true, id: true }),
});

export type Pointers = {
  /** To be verified before use. */
  standing: { pointer: ApprovalPointer; sequence: number; recorded_at: string }[];
  /** Sequences of approval and revocation events that say nothing that could be looked up. */
  unreadable: number[];
};

/** A revocation is final for its object, wherever it stands: writing the approval again does not bring it back. */
export function foldApprovals(events: readonly LedgerEvent[]): Pointers {
  const standing = new Map<string, Pointers["standing"][number]>();
  const revoked = new Set<string>();
  const unreadable: number[] = [];
  for (const event of events) {
    if (event.kind === "approval") {
      const body = approvalBody.safeParse(event.body);
      if (!body.success) unreadable.push(event.sequence);
      else {
        const { pointer } = body.data;
        const entry = { pointer, sequence: event.sequence, recorded_at: event.at };
        standing.set(`${identity(pointer)} ${pointer.head_sha} ${pointer.environment}`, entry);
      }
    } else if (event.kind === "revocation") {
      const body = revocationBody.safeParse(event.body);
      if (body.success) revoked.add(identity(body.data.pointer));
      else unreadable.push(event.sequence);
    }
  }
  const left = [...standing.values()].filter(({ pointer }) => !revoked.has(identity(pointer)));
  return { standing: left, unreadable };
}

/** An approval binds to one head and one environment: a push voids it. */
export function pointersFor(pointers: Pointers, headSha: string, environment: string): ApprovalPointer[] {
  return pointers.standing
    .map(({ pointer }) => pointer)
    .filter((pointer) => pointer.head_sha === headSha && pointer.environment === environment);
}

/** One object on GitHub, whatever it approves. */
export function identity(pointer: Pick<ApprovalPointer, "kind" | "repository" | "id">): string {
  return `${pointer.kind} ${pointer.repository.toLowerCase()} ${pointer.id}`;
}
