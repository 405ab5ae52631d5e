import type { RepositoryConfiguration } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";
import { openLedger } from "../ledgers/index.ts";
import type { GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";

/** The ledger of the configuration, where this run may write it: a fork's or Dependabot's token may not. */
export function ledgerOfRun(
  client: GitHubClient,
  subject: Subject,
  configuration: RepositoryConfiguration,
): Ledger | null {
  const { home, repository } = configuration.ledger ?? { home: "none" };
  if (home !== "git-branch" || subject.readOnly) return null;
  return openLedger(home, { client, repository: repository ?? `${subject.owner}/${subject.name}` });
}
