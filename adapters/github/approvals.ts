import * as z from "zod";
import { holdsUntil } from "../../core/approval/expiry.ts";
import { type MayApprove, mayApprove, type Person } from "../../core/approval/may-approve.ts";
import type { Approval } from "../../core/decision/shape.ts";
import type { ApprovalPointer } from "../../core/evidence/approvals.ts";
import {
  type ApprovalRefusal,
  type ApprovalUse,
  type Refused,
  readers,
  refused,
  type Said,
} from "./approval-objects.ts";
import { loginOf, type People, peopleOfCommit, peopleOfPull } from "./approval-people.ts";
import { askPerson } from "./approval-person.ts";
import type { GitHubClient } from "./client.ts";
import { ownerAndName } from "./full-name.ts";
import { statusOf } from "./status.ts";
import { mayPass } from "./transient.ts";

/**
 * An approval in the ledger is a pointer that anyone who can push could have written. Here the object that it points
 * to is fetched from GitHub again, at the moment of use, and everything that the approval claims is checked against
 * it. Whatever cannot be found out counts as no approval; "unavailable" alone says that it may be found out later.
 */
export type Verified =
  | { valid: true; approval: Approval }
  | { valid: false; reason: ApprovalRefusal; sentence: string };

export async function verifyApproval(
  client: GitHubClient,
  pointer: ApprovalPointer,
  use: ApprovalUse,
): Promise<Verified> {
  const mismatch = isFor(pointer, use);
  if (mismatch !== null) return { valid: false, ...mismatch };
  const { owner, name } = ownerAndName(pointer.repository);
  const place = { owner, name };
  // All at once: verifying adds one round trip to a decision, not three.
  const [said, people, person] = await Promise.all([
    guarded(() => readers[pointer.kind](client, place, pointer, use)),
    guarded(() =>
      pointer.pull_request === undefined
        ? peopleOfCommit(client, place, pointer.head_sha)
        : peopleOfPull(client, place, pointer.pull_request),
    ),
    guarded(() => askPerson(client, place, pointer.actor, use.asked, use.teams)),
  ]);
  if ("sentence" in said) return { valid: false, ...said };
  if ("sentence" in people) return { valid: false, ...people };
  if ("sentence" in person) return { valid: false, ...person };
  const { actor, head_sha: sha, environment, kind, id } = pointer;
  const held = holdsUntil(said.at, use.asked, use.now);
  const wrong =
    fits(said, people, pointer, use) ??
    refusalOf(personVerdict(person, people, use)) ??
    ("reason" in held ? refused(held.reason, `The ${kind} ${id} of ${actor} ${held.sentence}`) : null);
  if (wrong !== null) return { valid: false, ...wrong };
  const source = `${kind} ${id} in ${pointer.repository}`;
  const until = "until" in held ? { until: held.until } : {};
  return {
    valid: true,
    approval: { actor, sha, environment, reason: said.reason, source, at: said.at, ...until },
  };
}

function isFor(pointer: ApprovalPointer, use: ApprovalUse): Refused | null {
  if (pointer.repository.toLowerCase() !== use.repository.toLowerCase()) {
    return refused(
      "other-repository",
      `The approval lies in ${pointer.repository}, not in ${use.repository}.`,
    );
  }
  if (pointer.head_sha !== use.headSha) {
    return refused(
      "other-head",
      `The approval is for ${pointer.head_sha}, not for ${use.headSha}: a push voids it.`,
    );
  }
  if (pointer.environment !== use.environment) {
    return refused(
      "other-environment",
      `The approval is for ${pointer.environment}, not for ${use.environment}.`,
    );
  }
  if (use.pullRequest !== undefined && pointer.pull_request !== use.pullRequest) {
    return refused(
      "other-pull-request",
      `The ${pointer.kind} ${pointer.id} approves #${pointer.pull_request ?? "none"}, and not #${use.pullRequest}.`,
    );
  }
  const { merge_base: base } = pointer;
  if (base !== undefined && use.mergeBase !== undefined && base !== use.mergeBase) {
    return refused(
      "base-changed",
      `The approval is of what lies on top of ${base}, and the change begins at ${use.mergeBase} now: the base moved under it.`,
    );
  }
  if (pointer.pull_request === undefined && pointer.kind !== "environment") {
    return refused("other-pull-request", `The ${pointer.kind} ${pointer.id} names no pull request.`);
  }
  return null;
}

function fits(said: Said, people: People, pointer: ApprovalPointer, use: ApprovalUse): Refused | null {
  const { actor, kind, id, head_sha: sha } = pointer;
  if (!said.environments.includes(use.environment)) {
    return refused(
      "other-environment",
      `The ${kind} ${id} says nothing of the environment ${use.environment}.`,
    );
  }
  if (people.head !== null && people.head !== sha) {
    return refused(
      "head-moved",
      `The pull request's head is ${people.head} now: the approval of ${sha} is void.`,
    );
  }
  const { base_branch: base } = pointer;
  if (base !== undefined && people.base !== null && people.base !== base) {
    return refused(
      "base-changed",
      `The pull request goes into ${people.base} now, and not into ${base}: the approval is void.`,
    );
  }
  // Within the same second either may have come first.
  if (people.baseMovedAt !== null && !(Date.parse(people.baseMovedAt) < Date.parse(said.at))) {
    return refused(
      "base-changed",
      `The pull request's base was changed at ${people.baseMovedAt}, after the approval was written: it is void.`,
    );
  }
  if (typeof people.edits.get(`${kind} ${id}`) === "string") {
    return refused("edited", `The ${kind} ${id} was edited after it was written. Write a new one.`);
  }
  const opinion = people.opinions.get(loginOf(actor)) ?? "APPROVED";
  if (kind === "review" && opinion !== "APPROVED") {
    return refused("not-approved", `${actor} has reviewed again since, and no longer approves.`);
  }
  return null;
}

function personVerdict(person: Person, people: People, { asked }: ApprovalUse): MayApprove {
  return mayApprove(person, { authors: people.authors, unknown: people.unknown }, asked);
}

function refusalOf(verdict: MayApprove): Refused | null {
  return verdict.may ? null : refused(verdict.reason, verdict.sentence);
}

async function guarded<Answer>(work: () => Promise<Answer>): Promise<Answer | Refused> {
  try {
    return await work();
  } catch (error) {
    if (statusOf(error) === 404) {
      return refused(
        "not-found",
        "GitHub shows no such object: the approval was deleted, or the token may not see it.",
      );
    }
    const message = error instanceof z.ZodError ? "an answer that lacks something" : messageOf(error);
    const reason = mayPass(error) ? "unavailable" : "not-answered";
    return refused(reason, `The approval could not be asked for at GitHub: ${message}.`);
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").slice(0, 200);
}
