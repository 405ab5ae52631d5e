import { sourceOf } from "../../../adapters/github/policy-source.ts";
import { readTrustedText } from "../../../adapters/github/trusted-text.ts";
import { githubBranchLedger } from "../../../adapters/ledgers/github-branch.ts";
import { eventsOfKinds } from "../../../adapters/ledgers/sql-kinds.ts";
import { type ResolvedPolicy, resolvePolicy } from "../../../adapters/policy/resolve.ts";
import type { LedgerEvent } from "../../../core/evidence/event.ts";
import type { Ledger } from "../../../core/ports.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { Work } from "../../ports.ts";
import type { Said } from "../event.ts";

/** The rules of the default branch, and the ledger in which its rollouts write. */
export type Here = {
  policy: ResolvedPolicy["policy"];
  configuration: ResolvedPolicy["configuration"];
  /** A sentence where the App cannot reach it. */
  ledger: Ledger | string;
  /** Whether nobody but the App writes it. */
  trusted: boolean;
  /** Whether a rollout is this repository's: others may keep theirs on its branches. */
  isOwn(plan: RolloutPlan): boolean;
  /** The same ledger, as quick as it can be read to say how things stand. */
  reading(ledger: Ledger): Ledger;
};

/** Undefined where the repository was never configured: the App then says and keeps nothing. */
export async function rolloutsHere(
  { owner, name, repository }: Pick<Said, "owner" | "name" | "repository">,
  work: Work,
): Promise<Here | undefined> {
  const text = await readTrustedText(work.client, { owner, name, base: "HEAD" });
  if (text.configuration === undefined && !text.bundle?.size) return undefined;
  const { policy, configuration } = await resolvePolicy(
    sourceOf(work.client, { owner, name }, text),
    undefined,
  );
  const trusted = homeOf(configuration) === "app";
  return {
    policy,
    configuration,
    ledger: ledgerOf(configuration, repository, work),
    trusted,
    isOwn: (plan) => trusted || (plan.repository ?? repository).toLowerCase() === repository.toLowerCase(),
    reading: (ledger) => (trusted ? eventsOfKinds(work.database, repository, ledger, kinds) : ledger),
  };
}

/** What rollouts are made of; the whole chain is checked before anything is added to it. */
const kinds: readonly LedgerEvent["kind"][] = [
  "rollout",
  "lease",
  "intent",
  "result",
  "verdict",
  "command",
  "observation",
  "quarantine",
  "notice",
  "outcome",
];

const homeOf = ({ ledger }: Here["configuration"]) => ledger?.home ?? "app";

function ledgerOf(configuration: Here["configuration"], repository: string, work: Work): Ledger | string {
  const home = homeOf(configuration);
  const elsewhere = configuration.ledger?.repository;
  if (home === "app") return work.ledger(repository);
  // Who may write here need not be allowed to write there, and the App is allowed both.
  const isOwn = elsewhere === undefined || elsewhere.toLowerCase() === repository.toLowerCase();
  if (home === "git-branch" && isOwn) return githubBranchLedger({ client: work.client, repository });
  const where = home === "git-branch" ? `the branches of ${elsewhere}` : `the home "${home}"`;
  return `.github/adaptive-deploy.yml keeps the ledger in ${where}, which the App does not reach. Use \`adaptive-deploy rollout\` where the rollout runs.`;
}
