import * as z from "zod";
import type { Gathered } from "../adapters/github/gather.ts";
import { pullsOfGroup } from "../adapters/github/queued.ts";
import type { Standing } from "../adapters/github/standing-approvals.ts";
import { standingOrCarried } from "../adapters/github/standing-or-carried.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { teamMembership } from "../adapters/github/team-membership.ts";
import { eventsOfKinds } from "../adapters/ledgers/sql-kinds.ts";
import { drivingOwners } from "../core/approval/driving-files.ts";
import { isApproved } from "../core/decision/envelope.ts";
import type { Approval, DecisionBody } from "../core/decision/shape.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import type { LedgerEvent } from "../core/evidence/event.ts";
import { type Hold, holdOf } from "../core/evidence/holds.ts";
import { changesStream } from "../core/evidence/stream.ts";
import { defaultEnvironment } from "../core/policy/environment.ts";
import type { Chain, Ledger } from "../core/ports.ts";
import { isTrustedBase } from "./gates/releases.ts";
import { lookAgain } from "./look-again.ts";
import { decidedPullsOf } from "./new-facts.ts";
import type { Work } from "./ports.ts";

/** Code owners of the files that drive the score. */
export function scoredOwners({ codeowners, measured, policy }: Gathered): string[] {
  return drivingOwners(codeowners, measured.diff?.changed_files ?? [], {
    notCounted: policy.weights["not-counted"],
    counted: policy.weights.counted,
  });
}

/** The few events that say what people said; for one decision each stream is read once. */
export function wordsOf({ owner, name }: Subject, work: Work): Ledger {
  const repository = `${owner}/${name}`;
  const kinds = ["approval", "revocation", "hold", "hold-release"] as const;
  const ledger = eventsOfKinds(work.database, repository, work.ledger(repository), kinds);
  const chains = new Map<string, Promise<Chain>>();
  return {
    ...ledger,
    read(stream) {
      const chain = chains.get(stream) ?? ledger.read(stream);
      chains.set(stream, chain);
      return chain;
    },
  };
}

/**
 * The approvals that hold for a decision, each asked of GitHub again. Where a fault that passes hides whether there are
 * enough, nothing is decided: the delivery is tried again, and until then the check says what it said.
 */
export async function standingOf(
  subject: Subject,
  work: Work,
  body: DecisionBody,
  gathered: Gathered,
  words: Ledger,
): Promise<Standing> {
  if (!body.needs_approval) return { approvals: [], refused: [], problems: [] };
  const { client, database } = work;
  const repository = `${subject.owner}/${subject.name}`;
  const { environment } = body;
  const standing = await standingOrCarried(
    client,
    words,
    subject,
    body,
    gathered.policy,
    (sha) => isTrustedBase(database, { repository, environment, sha }),
    scoredOwners(gathered),
    {
      now: work.now,
      teams: teamMembership(client),
      trustedLedger: true,
      defaultEnvironment: gathered.configuration.environment ?? defaultEnvironment,
    },
  );
  if (!standing.isIncomplete || isApproved(body, standing.approvals)) return standing;
  throw unknownForNow([...standing.refused.map(({ sentence }) => sentence), ...standing.problems].join(" "));
}

export function unknownForNow(sentence: string): UserError {
  return new UserError("github-unavailable", sentence.slice(0, 500), exitCodes.unavailable);
}

/** The check asks for an approval by itself at the moment when one stops counting. */
export async function wakeAtExpiry(subject: Subject, approvals: Approval[], work: Work): Promise<void> {
  const [first] = approvals.flatMap(({ until }) => (until === undefined ? [] : [until])).sort();
  if (first === undefined || !subject.pullRequest) return;
  const repository = `${subject.owner}/${subject.name}`;
  const { number } = subject.pullRequest;
  await lookAgain({ repository, number, why: `${subject.head} expiry` }, new Date(first), work);
}

/**
 * A check belongs to a commit: a hold on one pull request is one on every other of the same head, and on the merge
 * group that holds it.
 */
export async function holdOn(
  subject: Subject,
  work: Work,
  words: Ledger,
): Promise<(Hold & { elsewhere?: number; queued?: true }) | undefined> {
  const { owner, name, pullRequest } = subject;
  if (!pullRequest && subject.kind !== "group") return undefined;
  const repository = `${owner}/${name}`;
  const { events } = await words.read(changesStream);
  const heldAs = (number: number): Hold | undefined =>
    holdOf(events, { repository, pull_request: number }, { trusted: true });
  if (!heldPulls(events).some((number) => heldAs(number))) return undefined;
  const own = pullRequest && heldAs(pullRequest.number);
  if (own) return own;
  const others = pullRequest
    ? await decidedPullsOf(repository, subject.head, work)
    : await pullsOfGroup(work.client, subject);
  for (const number of others) {
    const hold = heldAs(number);
    if (hold) return { ...hold, elsewhere: number, ...(pullRequest ? {} : { queued: true }) };
  }
  return undefined;
}

const heldPulls = (events: readonly LedgerEvent[]): number[] => [
  ...new Set(
    events.flatMap(({ kind, body }) =>
      kind === "hold" ? (numbered.safeParse(body).data?.pull_request ?? []) : [],
    ),
  ),
];
const numbered = z.looseObject({ pull_request: z.int() });
