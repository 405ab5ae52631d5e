import type { ChangeFacts } from "../../core/change/facts.ts";
import type { HistorySummary } from "../../core/change/history.ts";
import { largestModelMib } from "../../core/policy/bundle/model-files.ts";
import { configurationPath, defaultBundleFolder } from "../policy/places.ts";
import { type ResolvedPolicy, resolvePolicy } from "../policy/resolve.ts";
import { gitFacts } from "./facts.ts";
import { gitHistory } from "./history.ts";
import { type GitRepository, gitRepository } from "./repository.ts";

/** Everything that a decision needs, from a checkout alone. */
export type GatheredFromGit = ResolvedPolicy & {
  measured: ChangeFacts;
  history: HistorySummary;
  problems: string[];
};

export type GitPlace = { folder: string; base?: string; head: string; policy?: string };

const mostPolicyBytes = (4 + largestModelMib) * 1024 * 1024;

/** Facts of the commits, policy and history of the base: the head's own policy does not count. */
export async function gatherFromGit(place: GitPlace): Promise<GatheredFromGit> {
  const repository = gitRepository(place.folder);
  const [measured, uncommitted] = await Promise.all([
    gitFacts({ repository, head: place.head, ...(place.base ? { base: place.base } : {}) }),
    repository.uncommitted(),
  ]);
  const tip = await policyCommit(repository, place);
  const asked = place.policy ? { name: place.policy, trusted: true } : undefined;
  const resolved = await resolvePolicy(await policySource(repository, tip), asked);
  const { weights } = resolved.policy;
  const history = await gitHistory({
    repository,
    base: tip,
    rules: { notCounted: weights["not-counted"], counted: weights.counted },
    files: resolved.policy.model ? "all" : undefined,
  });
  return { ...resolved, measured, history, problems: uncommittedSentence(uncommitted) };
}

/** The tip of the branch that the change goes into; the commit before it where the change is that branch's last. */
async function policyCommit(repository: GitRepository, place: GitPlace): Promise<string> {
  if (place.base) return repository.resolve(place.base);
  const head = await repository.resolve(place.head);
  const { tip } = await repository.defaultBase(head);
  return tip;
}

async function policySource(repository: GitRepository, commit: string) {
  const configuration = await repository.show(commit, configurationPath);
  return {
    commit,
    ...(configuration === undefined ? {} : { configuration }),
    defaultFolder: defaultBundleFolder,
    folder: (path: string) => folderFiles(repository, commit, path),
  };
}

async function folderFiles(
  repository: GitRepository,
  commit: string,
  folder: string,
): Promise<Map<string, string> | undefined> {
  const entries = await repository.listFolder(commit, folder);
  if (!entries?.length) return undefined;
  const paths = entries.filter((entry) => entry.kind === "file").map((entry) => `${folder}/${entry.name}`);
  const files = await repository.readFiles(commit, paths, mostPolicyBytes);
  return new Map([...files].map(([path, text]) => [path.slice(folder.length + 1), text]));
}

function uncommittedSentence(files: readonly string[]): string[] {
  if (!files.length) return [];
  const named = files.slice(0, 5).join(", ");
  const more = files.length > 5 ? ` and ${files.length - 5} more` : "";
  return [`Only commits count; not in this decision: ${named}${more}.`];
}
