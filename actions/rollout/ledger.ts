import type { GitHubClient } from "../../adapters/github/client.ts";
import { saidInComment } from "../../adapters/github/command-comment.ts";
import { handsOf } from "../../adapters/github/hands.ts";
import { ledgerOfRun } from "../../adapters/github/ledger.ts";
import type { Subject } from "../../adapters/github/subject.ts";
import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import { askedFor } from "../../core/approval/asked.ts";
import { UserError } from "../../core/errors.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import type { Ledger } from "../../core/ports.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import type { Given } from "./approvals.ts";
import type { Verify } from "./believing.ts";

/** The ledger that a rollout lives in: without one nobody could go on with what another run left. */
export function requiredLedger(
  client: GitHubClient,
  subject: Subject,
  { configuration }: ResolvedPolicy,
): Ledger {
  const ledger = ledgerOfRun(client, subject, configuration);
  if (ledger !== null) return ledger;
  const home = configuration.ledger?.home ?? "none";
  if (subject.readOnly && home !== "none")
    throw new UserError(
      "read-only-token",
      "This run may not write the ledger: its token is a fork's or Dependabot's. Rollouts run on the default branch.",
    );
  throw new UserError(
    "ledger-not-configured",
    home === "file"
      ? "A ledger in a file is for the command line: jobs of a workflow share no disk. Write `ledger: { home: app, url: … }` or `ledger: { home: git-branch }` in .github/adaptive-deploy.yml on the default branch."
      : "A rollout keeps every step in a ledger, so that another run can go on with it, and this repository has none. Write `ledger: { home: app, url: … }` or `ledger: { home: git-branch }` in .github/adaptive-deploy.yml on the default branch.",
  );
}

/** How words in a ledger that others can write are looked up: approvals as such, all else in its comment. */
export function verifying(
  client: GitHubClient,
  { owner, name }: Subject,
  { policy }: ResolvedPolicy,
  approvedAt: (plan: RolloutPlan, at: number) => Promise<Given | null>,
  now: () => number = Date.now,
): Verify {
  const repository = `${owner}/${name}`;
  return async ({ body }, { plan, openedAt }) => {
    const { command, by, source } = body;
    const { service, environment, commit } = plan;
    // What stands now: the event's own time is its writer's.
    if (command === "approve") return (await approvedAt(plan, now())) !== null;
    const asked = [askedFor({ service, environment, organisation: owner }, policy, [])];
    const said = { command, by, source, since: openedAt, plan };
    const isApproving = command === "promote" || command === "overrule";
    if (!isApproving || thresholdsFor(policy.thresholds, plan).approval === undefined)
      return saidInComment(client, repository, said, asked);
    if (commit === undefined) return false;
    const hands = () => handsOf(client, repository, commit);
    return saidInComment(client, repository, { ...said, hands }, asked);
  };
}
