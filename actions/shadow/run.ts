import type { GitHubClient } from "../../adapters/github/client.ts";
import { type Proposed, propose } from "../../adapters/github/proposal.ts";
import { keepReport } from "../../adapters/github/report-issue.ts";
import { chainsOf } from "../../adapters/ledgers/chains.ts";
import type { ShadowReport } from "../../core/learning/shadow/document.ts";
import { type ShadowQuestion, shadowReport } from "../../core/learning/shadow/report.ts";
import { durationSeconds } from "../../core/policy/duration.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";
import { renderShadowMarkdown } from "../../core/render/shadow/markdown.ts";
import { stateProposal } from "./propose.ts";

export async function runShadow(
  ledger: Ledger,
  policy: PolicyBundle,
  question: ShadowQuestion,
): Promise<ShadowReport> {
  return shadowReport(await chainsOf(ledger), policy, question);
}

/** Seconds since 1970. */
export function sinceOf(text: string, now: Date): number {
  return now.getTime() / 1000 - durationSeconds(text);
}

export type Telling = { client: GitHubClient; repository: string; server: string };

/** The report in one issue that stands. */
export async function keepIssue(
  report: ShadowReport,
  { client, repository, server }: Telling,
): Promise<string> {
  const markdown = renderShadowMarkdown(report, server);
  return keepReport(client, repository, {
    name: "shadow",
    title: "Shadow report of the model of risk",
    markdown,
  });
}

/** One pull request for all states that may rise or should fall; undefined where none does. */
export async function proposeStates(
  report: ShadowReport,
  root: string,
  { client, repository }: Telling,
): Promise<Proposed | undefined> {
  const proposal = await stateProposal(report, root);
  return proposal && propose(client, repository, proposal);
}
