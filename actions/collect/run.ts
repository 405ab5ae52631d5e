import { artifactDigests } from "../../adapters/artifacts/digests.ts";
import { gitFacts } from "../../adapters/git/facts.ts";
import { gitHistory } from "../../adapters/git/history.ts";
import { gitRepository } from "../../adapters/git/repository.ts";
import { readReports } from "../../adapters/readers/index.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import type { HistorySummary } from "../../core/change/history.ts";
import { mergeFacts } from "../../core/change/merge.ts";
import type { BuildInfo } from "../../core/evidence/build-info.ts";

export type CollectInputs = {
  folder: string;
  base?: string;
  head: string;
  reports: readonly string[];
  artifacts: readonly string[];
  /** True where the run's workflow comes from the default branch, or the machine is a person's own. */
  trusted: boolean;
  run?: BuildInfo["run"];
  ref?: string;
};

export type Collected = { facts: ChangeFacts; buildInfo: BuildInfo; problems: string[] };

/** Facts of the checkout and of its reports, and what the build says of itself. */
export async function runCollect(inputs: CollectInputs): Promise<Collected> {
  const repository = gitRepository(inputs.folder);
  const measured = await gitFacts({
    repository,
    head: inputs.head,
    ...(inputs.base ? { base: inputs.base } : {}),
  });
  const reports = inputs.reports.length
    ? await readReports([...inputs.reports], { root: inputs.folder })
    : { facts: {}, read: [], problems: [] };
  const facts = mergeFacts(measured, {
    facts: { schema_version: 1, ...reports.facts },
    from: "reports",
    trusted: inputs.trusted,
  });
  const buildInfo: BuildInfo = {
    schema_version: 1,
    ...(measured.change?.repository ? { repository: measured.change.repository } : {}),
    commit: measured.change?.head ?? inputs.head,
    ...(inputs.ref ? { ref: inputs.ref } : {}),
    ...(inputs.run ? { run: inputs.run } : {}),
    artifacts: await artifactDigests(inputs.artifacts, inputs.folder),
    reports: reports.read,
  };
  return { facts, buildInfo, problems: reports.problems };
}

/** The summary of the checkout's merged changes: what "typical here" and the rank are taken from. */
export async function historyOfCheckout(
  folder: string,
  head: string,
  facts: ChangeFacts,
): Promise<HistorySummary> {
  const summary = await gitHistory({ repository: gitRepository(folder), base: head, files: "some" });
  const covered = facts.coverage?.percent;
  return covered == null ? summary : { ...summary, coverage_percent: covered };
}
