import type { Gathered } from "../adapters/github/gather.ts";
import type { Standing } from "../adapters/github/standing-approvals.ts";
import { standingOrCarried } from "../adapters/github/standing-or-carried.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { teamMembership } from "../adapters/github/team-membership.ts";
import { eventsOfKinds } from "../adapters/ledgers/sql-kinds.ts";
import { drivingOwners } from "../core/approval/driving-files.ts";
import type { DecisionBody } from "../core/decision/shape.ts";
import { type Hold, holdOf } from "../core/evidence/holds.ts";
import { changesStream } from "../core/evidence/stream.ts";
import { defaultEnvironment } from "../core/policy/environment.ts";
import { hasPassed } from "./gates/gate.ts";
import type { Work } from "./ports.ts";

/** Code owners of the files that drive the score. */
export function scoredOwners({ codeowners, measured, policy }: Gathered): string[] {
  return drivingOwners(codeowners, measured.diff?.changed_files ?? [], {
    notCounted: policy.weights["not-counted"],
    counted: policy.weights.counted,
  });
}

/** What people said that holds for a decision: approvals, each asked of GitHub again, and a hold. */

export async function standingOf(
  subject: Subject,
  work: Work,
  body: DecisionBody,
  gathered: Gathered,
): Promise<Standing> {
  if (!body.needs_approval) return { approvals: [], problems: [] };
  const { client, database } = work;
  const repository = `${subject.owner}/${subject.name}`;
  const { environment } = body;
  return standingOrCarried(
    client,
    eventsOfKinds(database, repository, work.ledger(repository), ["approval", "revocation"]),
    subject,
    body,
    gathered.policy,
    (sha) => hasPassed(database, { repository, environment, sha }),
    scoredOwners(gathered),
    {
      teams: teamMembership(client),
      trustedLedger: true,
      defaultEnvironment: gathered.configuration.environment ?? defaultEnvironment,
    },
  );
}

export async function holdOn({ owner, name, pullRequest }: Subject, work: Work): Promise<Hold | undefined> {
  if (!pullRequest) return undefined;
  const repository = `${owner}/${name}`;
  const ledger = eventsOfKinds(work.database, repository, work.ledger(repository), ["hold", "hold-release"]);
  const { events } = await ledger.read(changesStream);
  return holdOf(events, { repository, pull_request: pullRequest.number }, { trusted: true });
}
