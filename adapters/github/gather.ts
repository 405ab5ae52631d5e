import { attributeRules } from "../../core/change/classify/attributes.ts";
import type { ChangedFile, ChangeFacts } from "../../core/change/facts.ts";
import { commitsInThirtyDays, type HistorySummary, parseHistory } from "../../core/change/history.ts";
import { ownersOf } from "../../core/change/owners.ts";
import { type ResolvedPolicy, resolvePolicy } from "../policy/resolve.ts";
import { type Answers, askGitHub, type GatherOptions } from "./asking.ts";
import type { ApiChange } from "./change.ts";
import { changedFileOf, dependenciesOf } from "./changed-files.ts";
import type { GitHubClient } from "./client.ts";
import type { StickyComment } from "./comment.ts";
import { sourceOf } from "./policy-source.ts";
import { type RevertedPull, takesBack } from "./revert.ts";
import type { Subject } from "./subject.ts";
import { readBundleFolder, type TrustedText } from "./trusted-text.ts";

/** Everything that a decision needs from GitHub. */
export type Gathered = ResolvedPolicy & {
  measured: ChangeFacts;
  history?: HistorySummary;
  /** Sentences for the reader on what could not be read. */
  problems: string[];
  /** Our comment as it stands, where comments were asked for. */
  sticky?: StickyComment;
  /** Why our comment could not be looked for. */
  unlisted?: string;
  /** Our check run as it stands, where one was looked for. */
  checkRun?: number;
  defaultBranch: string;
  /** CODEOWNERS of the base, as text. */
  codeowners?: string;
  /** True where the repository says anything of adaptive-deploy on its default branch. */
  configured: boolean;
  /** True where the pull request has moved on since the event: what was decided is of the past. */
  moved?: true;
};

/** Asks, and puts the answers together. */
export async function gather(
  client: GitHubClient,
  given: Subject,
  options: GatherOptions,
): Promise<Gathered> {
  return assemble(client, await askGitHub(client, given, options).answers, options);
}

/**
 * The answers as policy, facts and history. A configuration that names another folder or base reads it now: one round
 * trip more.
 */
export async function assemble(
  client: GitHubClient,
  { subject, text, change, reverted, sticky, unlisted, checkRun }: Answers,
  options: GatherOptions,
): Promise<Gathered> {
  const resolved = await resolveFor(client, subject, text, options.policy);
  const { history, problems } = historyOf(text);
  if (resolved.setAside) problems.push(resolved.setAside);
  return {
    ...resolved,
    measured: factsOf(subject, change, text, reverted, history),
    ...(history ? { history } : {}),
    problems,
    ...(sticky ? { sticky } : {}),
    ...(unlisted === undefined ? {} : { unlisted }),
    ...(checkRun === undefined ? {} : { checkRun }),
    defaultBranch: text.defaultBranch,
    ...(text.owners === undefined ? {} : { codeowners: text.owners }),
    configured: text.configuration !== undefined || Boolean(text.bundle?.size),
    ...(change.moved ? { moved: true } : {}),
  };
}

async function resolveFor(
  client: GitHubClient,
  subject: Subject,
  text: TrustedText,
  asked: string | undefined,
): Promise<ResolvedPolicy> {
  const source = sourceOf(client, subject, text);
  const input = asked ? { name: asked, trusted: subject.trustedRun } : undefined;
  const resolved = await resolvePolicy(source, input);
  const bases = resolved.configuration["policy-bases"] ?? [];
  // An organisation's policy is that of its default branch, whatever a base of this repository holds.
  // A release's base is whatever was pushed or deployed before, under a name that a tag may share with a branch.
  if (
    text.source !== undefined ||
    subject.base === undefined ||
    subject.kind === "release" ||
    subject.baseBranch === text.defaultBranch ||
    !bases.includes(subject.baseBranch)
  ) {
    return resolved;
  }
  const base = subject.base;
  const ofBase = {
    ...source,
    commit: base,
    // A base without a bundle of its own takes the default branch's, never a shipped one that may ask for less.
    folder: async (path: string) =>
      (await readBundleFolder(client, { ...subject, folder: path, commit: base })) ?? source.folder(path),
  };
  return resolvePolicy(ofBase, input);
}

function historyOf(text: TrustedText): { history?: HistorySummary; problems: string[] } {
  if (text.history === undefined) return { problems: [] };
  const parsed = parseHistory(text.history);
  return "summary" in parsed ? { history: parsed.summary, problems: [] } : { problems: [parsed.problem] };
}

function factsOf(
  subject: Subject,
  change: ApiChange,
  text: TrustedText,
  reverted: RevertedPull | undefined,
  history: HistorySummary | undefined,
): ChangeFacts {
  const rules = attributeRules(text.attributes ?? "");
  const files: ChangedFile[] = change.files.map((file) => ({
    ...changedFileOf(file),
    ...rules(file.filename),
    ...churnOf(file.previous_filename ?? file.filename, history),
  }));
  const reverts = reverted && reverted.base === subject.baseBranch && takesBack(change.files, reverted.files);
  return {
    schema_version: 1,
    change: {
      kind: subject.kind,
      repository: `${subject.owner}/${subject.name}`,
      base: change.base,
      head: change.head,
      base_branch: subject.baseBranch,
      ...(subject.pullRequest ? { pull_request: subject.pullRequest.number } : {}),
      title: subject.title,
      author: subject.author,
      author_is_bot: subject.authorIsBot,
      from_fork: subject.fromFork,
      commits: change.commits,
      ...(reverts ? { reverts: reverted.mergedSha, reverts_protection: reverted.protects } : {}),
    },
    diff: {
      changed_files: files,
      owners:
        text.owners === undefined
          ? undefined
          : ownersOf(
              text.owners,
              change.files.map((file) => file.filename),
            ),
      incomplete: change.incomplete,
    },
    dependencies: dependenciesOf(change.files, change.incomplete !== undefined),
    ...(reverts ? { kinds: { revert: true } } : {}),
    sources: {
      change: { from: "api", trusted: true },
      diff: { from: "api", trusted: true },
      dependencies: { from: "api", trusted: true },
      kinds: { from: "api", trusted: true },
      // Whoever may push a branch may push the one with the summary.
      ...(history ? { history: { from: "git" as const, trusted: false } } : {}),
    },
  };
}

function churnOf(path: string, history: HistorySummary | undefined): { commits_30d?: number } {
  const commits = history && commitsInThirtyDays(history, path);
  return commits === undefined ? {} : { commits_30d: commits };
}
