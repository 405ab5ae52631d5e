import type { RepositoryConfiguration } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";
import { originOf } from "../ledgers/app-asking.ts";
import { openLedger } from "../ledgers/index.ts";
import type { GitHubClient } from "./client.ts";
import { oidcToken } from "./oidc-token.ts";
import type { Subject } from "./subject.ts";

/** The ledger of the configuration, where this run may write it: a fork's or Dependabot's token may not. */
export function ledgerOfRun(
  client: GitHubClient,
  subject: Pick<Subject, "owner" | "name" | "readOnly">,
  configuration: RepositoryConfiguration,
): Ledger | null {
  const { home, repository, url } = configuration.ledger ?? { home: "none" };
  if (home === "app" && !subject.readOnly) return appLedgerOfRun(subject, url);
  if (home !== "git-branch" || subject.readOnly) return null;
  return openLedger(home, { client, repository: repository ?? `${subject.owner}/${subject.name}` });
}

/** The token is made for the App's address, so that no other App could use it. */
function appLedgerOfRun(subject: Pick<Subject, "owner" | "name">, url: string | undefined): Ledger | null {
  const repository = `${subject.owner}/${subject.name}`;
  if (url === undefined) return openLedger("app", { repository });
  const audience = originOf(url);
  return openLedger("app", { url, repository, token: oidcToken({ environment: process.env, audience }) });
}
