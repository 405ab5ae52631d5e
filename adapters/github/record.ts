import type { Approval, DecisionBody } from "../../core/decision/shape.ts";
import type { RepositoryConfiguration } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";
import { openLedger } from "../ledgers/index.ts";
import { type Moment, type Recorded, recordDecision } from "../ledgers/record-decision.ts";
import type { GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";

/** Records the decision in the ledger of the configuration, and counts the approvals that it points to. */
export async function recordOnGitHub(
  client: GitHubClient,
  subject: Subject,
  body: DecisionBody,
  configuration: RepositoryConfiguration,
  moment: Moment,
): Promise<Recorded & { approvals: Approval[] }> {
  const ledger = ledgerOf(client, subject, configuration);
  if (subject.readOnly) {
    return {
      recorded: false,
      recordedReason: ledger ? "read-only-token" : "ledger-not-configured",
      approvals: [],
      problems: [],
    };
  }
  return { ...(await recordDecision(ledger, body, moment)), approvals: [] };
}

function ledgerOf(
  client: GitHubClient,
  subject: Subject,
  configuration: RepositoryConfiguration,
): Ledger | null {
  const { home, repository } = configuration.ledger ?? { home: "none" };
  if (home !== "git-branch") return null;
  return openLedger(home, { client, repository: repository ?? `${subject.owner}/${subject.name}` });
}
