import { attributeRules } from "../../core/change/classify/attributes.ts";
import type { ChangedFile, ChangeFacts } from "../../core/change/facts.ts";
import { commitsInThirtyDays, type HistorySummary, parseHistory } from "../../core/change/history.ts";
import { ownersOf } from "../../core/change/owners.ts";
import { type ResolvedPolicy, resolvePolicy } from "../policy/resolve.ts";
import { type ApiChange, comparedChange, lastDeployed, pullRequestChange } from "./change.ts";
import { changedFileOf, dependenciesOf } from "./changed-files.ts";
import type { GitHubClient } from "./client.ts";
import { findStickyComment, type StickyComment } from "./comment.ts";
import { type RevertedPull, revertedPull, takesBack } from "./revert.ts";
import type { Subject } from "./subject.ts";
import { readBundleFolder, readTrustedText, type TrustedText } from "./trusted-text.ts";

/** Everything that a decision needs from GitHub. */
export type Gathered = ResolvedPolicy & {
  measured: ChangeFacts;
  history?: HistorySummary;
  /** Sentences for the reader on what could not be read. */
  problems: string[];
  /** Our comment as it stands, where comments were asked for. */
  sticky?: StickyComment;
  defaultBranch: string;
  /** True where the repository says anything of adaptive-deploy on its default branch. */
  configured: boolean;
};

export type GatherOptions = {
  /** Bundle name or folder from the run's own input. */
  policy?: string;
  environment: string;
  /** Look for our comment, to update it in place. */
  comment: boolean;
  /** The marker that our comment begins with. */
  marker?: string;
};

/**
 * One round trip: all reads start together. A release without a known base asks for the last deployment first, and a
 * configuration that names another folder or base reads it after: one more each.
 */
export async function gather(
  client: GitHubClient,
  given: Subject,
  options: GatherOptions,
): Promise<Gathered> {
  const subject = await withReleaseBase(client, given, options.environment);
  const { owner, name, pullRequest } = subject;
  const [text, change, sticky, reverted] = await Promise.all([
    readTrustedText(client, {
      owner,
      name,
      base: subject.base ?? subject.head,
      ...folderOption(options.policy),
    }),
    pullRequest ? pullRequestChange(client, subject, pullRequest.number) : comparedChange(client, subject),
    pullRequest && options.comment
      ? findStickyComment(client, subject, pullRequest, options.marker)
      : undefined,
    pullRequest?.reverts
      ? revertedPull(client, owner, name, pullRequest.reverts).catch(() => undefined)
      : undefined,
  ]);
  const resolved = await resolveFor(client, subject, text, options.policy);
  const { history, problems } = historyOf(text);
  return {
    ...resolved,
    measured: factsOf(subject, change, text, reverted, history),
    ...(history ? { history } : {}),
    problems,
    ...(sticky ? { sticky: sticky(text.viewer) } : {}),
    defaultBranch: text.defaultBranch,
    configured: text.configuration !== undefined || Boolean(text.bundle?.size),
  };
}

async function withReleaseBase(
  client: GitHubClient,
  subject: Subject,
  environment: string,
): Promise<Subject> {
  if (subject.kind !== "release" || subject.base !== undefined) return subject;
  const base = await lastDeployed(client, subject, environment);
  return base === undefined ? subject : { ...subject, base };
}

function folderOption(policy: string | undefined): { folder?: string } {
  return policy?.includes("/") ? { folder: policy.replace(/^\.\//, "").replace(/\/+$/, "") } : {};
}

async function resolveFor(
  client: GitHubClient,
  subject: Subject,
  text: TrustedText,
  asked: string | undefined,
): Promise<ResolvedPolicy> {
  const source = {
    commit: text.commit,
    ...(text.configuration === undefined ? {} : { configuration: text.configuration }),
    defaultFolder: text.folder,
    folder: async (path: string) =>
      path === text.folder
        ? text.bundle
        : readBundleFolder(client, { ...subject, folder: path, commit: "HEAD" }),
  };
  const resolved = await resolvePolicy(source, asked);
  const bases = resolved.configuration["policy-bases"] ?? [];
  if (
    subject.base === undefined ||
    subject.baseBranch === text.defaultBranch ||
    !bases.includes(subject.baseBranch)
  ) {
    return resolved;
  }
  const base = subject.base;
  const ofBase = {
    ...source,
    commit: base,
    folder: (path: string) => readBundleFolder(client, { ...subject, folder: path, commit: base }),
  };
  return resolvePolicy(ofBase, asked);
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
    },
  };
}

function churnOf(path: string, history: HistorySummary | undefined): { commits_30d?: number } {
  const commits = history && commitsInThirtyDays(history, path);
  return commits === undefined ? {} : { commits_30d: commits };
}
