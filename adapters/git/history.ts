import { attributeRules } from "../../core/change/classify/attributes.ts";
import type { WeightRules } from "../../core/change/classify/weight.ts";
import type { HistorySummary } from "../../core/change/history.ts";
import { UserError } from "../../core/errors.ts";
import { isEmptyTree } from "./base.ts";
import { diffOptions, findRenames } from "./changed-files.ts";
import { churnDays, secondsADay, touchedSince } from "./churn.ts";
import { filesTableAt } from "./files-table.ts";
import { type LoggedCommit, logFormat, parseLog } from "./log.ts";
import type { Git } from "./open.ts";
import { lastRelease } from "./release.ts";
import type { GitRepository } from "./repository.ts";
import { type HistoryMaterial, summarise } from "./summary.ts";

export type GitHistoryOptions = {
  repository: GitRepository;
  /** Revision of the branch whose merged changes are read. */
  base: string;
  limit?: number;
  rules?: WeightRules;
  /**
   * What the files have behind them too: a model asks for it, and the whole history is read for it, without patches. Of all
   * files, or of as many as a document has room for.
   */
  files?: "all" | "some" | undefined;
};

const defaultLimit = 500;
const mostAttributeBytes = 3 * 1024 * 1024;

/** The last merged changes of a branch, summarised. */
export async function gitHistory(options: GitHistoryOptions): Promise<HistorySummary> {
  const summary = await summaryOf(options);
  if (!options.files || isEmptyTree(options.base)) return summary;
  const { repository, rules = {} } = options;
  const isWhole = options.files === "all";
  const files = await filesTableAt(repository, summary.base, rules, isWhole).catch(unknownWhereMissing);
  return files ? { ...summary, files } : summary;
}

/** A clone without all of its objects knows the newest changes, which is enough for the rest. */
function unknownWhereMissing(error: unknown): undefined {
  if (error instanceof UserError && error.reasonCode === "git-object-missing") return undefined;
  throw error;
}

/**
 * A handful of git processes whatever the limit, none a commit: the
 * counted changes, the names before them, the authors behind merges, and the tags.
 */
async function summaryOf(options: GitHistoryOptions): Promise<HistorySummary> {
  const { repository } = options;
  const { git } = repository;
  const limit = options.limit ?? defaultLimit;
  if (isEmptyTree(options.base)) return summarise(nothingMerged(options.base));
  const base = await repository.resolve(options.base);
  const shallow = await repository.isShallow();
  const [read, release, attributes] = await Promise.all([
    countedChanges(git, base, limit),
    lastRelease(git, base),
    repository.readFiles(base, [".gitattributes"], mostAttributeBytes),
  ]);
  // Where a shallow clone was cut, a commit looks as if it had added every file: it is no change.
  const sampled = shallow ? read.filter(({ parents }) => parents.length > 0) : read;
  const oldest = sampled.at(-1);
  // The oldest change in the sample has a base before it, whose own 30 days reach back further.
  const since = (oldest?.committedAt ?? 0) - 2 * churnDays * secondsADay;
  const earlier = oldest ? await touchedSince(git, base, since, read.length) : { commits: [], cut: false };
  const first = earlier.commits.at(-1) ?? oldest;
  return summarise({
    base,
    sampled,
    earlier: earlier.commits,
    completeSince: completeSince({ partial: shallow || earlier.cut, first, since }),
    authors: await mergedAuthors(git, sampled),
    attributesOf: attributeRules(attributes.get(".gitattributes") ?? ""),
    rules: options.rules ?? {},
    release,
  });
}

/** Before the first commit there is no history, which is known and not unknown. */
function nothingMerged(base: string): HistoryMaterial {
  return {
    base,
    sampled: [],
    earlier: [],
    completeSince: Number.NEGATIVE_INFINITY,
    authors: new Map(),
    attributesOf: () => ({}),
    rules: {},
    release: undefined,
  };
}

function completeSince(read: { partial: boolean; first: LoggedCommit | undefined; since: number }): number {
  if (read.partial) return Number.POSITIVE_INFINITY;
  return read.first?.parents.length === 0 ? Number.NEGATIVE_INFINITY : read.since;
}

async function countedChanges(git: Git, base: string, limit: number): Promise<LoggedCommit[]> {
  const shape = ["-z", logFormat, "--first-parent", "-m", "--numstat", findRenames, ...diffOptions];
  const answer = await git.answer(["log", ...shape, `--max-count=${limit}`, base, "--"]);
  const commits = parseLog(answer.stdout);
  // Where the output was cut, so was the last change in it.
  return answer.cut ? commits.slice(0, -1) : commits;
}

/** A merge is written by whoever pressed the button; the change was written by the author of what it brought in. */
async function mergedAuthors(
  git: Git,
  commits: readonly LoggedCommit[],
): Promise<Map<string, { name: string; email: string }>> {
  const brought = commits.flatMap(({ parents }) => parents[1] ?? []);
  if (brought.length === 0) return new Map();
  const shape = ["-z", logFormat, "--no-patch", "--no-walk=unsorted", "--stdin"];
  const answer = await git.answer(["log", ...shape], { input: `${brought.join("\n")}\n` });
  return new Map(
    parseLog(answer.stdout).map(({ sha, authorName, authorEmail }) => [
      sha,
      { name: authorName, email: authorEmail },
    ]),
  );
}
