import { attributeRules, type DeclaredAttributes } from "../../core/change/classify/attributes.ts";
import { isBotAccount } from "../../core/change/classify/bots.ts";
import { countDependencies, dependencyChanges, lockFileOf } from "../../core/change/dependencies/index.ts";
import type { ChangedFile, ChangeFacts } from "../../core/change/facts.ts";
import { codeownersPaths, ownersOf } from "../../core/change/owners.ts";
import { readPatch } from "../../core/change/patch.ts";
import { type DiffBase, isEmptyTree } from "./base.ts";
import type { GitChange } from "./changed-files.ts";
import { commitsByPath } from "./churn.ts";
import { type LoggedCommit, logFormat, parseLog } from "./log.ts";
import type { GitRepository } from "./repository.ts";
import { findRevert } from "./revert.ts";

export type GitFactsOptions = {
  repository: GitRepository;
  /** Revision of the branch that the change goes into. Absent: `origin/HEAD`, `main` or `master`. */
  base?: string;
  /** Absent: HEAD. */
  head?: string;
};

const mostCommitsRead = 250;
const mostTitleCharacters = 1000;
const mostOwnFileBytes = 3 * 1024 * 1024;

/** What a checkout tells of a change, without any API: commits only, never the work tree. */
export async function gitFacts(options: GitFactsOptions): Promise<ChangeFacts> {
  const { repository } = options;
  const head = await repository.resolve(options.head ?? "HEAD");
  const range = await baseOf(repository, options.base, head);
  const { base } = range;
  const changes = await repository.changedFiles(base, head);
  const [patches, declared, churn, commits, revert, name] = await Promise.all([
    repository.patches(base, head, changes.files, readOne),
    ownWordsOf(repository, range.tip),
    commitsByPath(repository.git, base),
    commitsOf(repository, base, head),
    findRevert(repository.git, base, head),
    repository.name(),
  ]);
  const files = changes.files.map((file) =>
    changedFile(file, patches.get(file)?.whitespace, declared.attributesOf(file.path), churn),
  );
  const paths = changes.files.map((file) => file.path);
  return {
    schema_version: 1,
    change: {
      kind: "change",
      ...(name === undefined ? {} : { repository: name }),
      base,
      head,
      ...(range.branch === undefined ? {} : { base_branch: range.branch }),
      title: commits.title,
      author_is_bot: commits.byBots,
      commits: commits.count,
      ...(revert ? { reverts: revert.commit, reverts_protection: revert.protection } : {}),
    },
    diff: {
      changed_files: files,
      ...(declared.codeowners === undefined ? {} : { owners: ownersOf(declared.codeowners, paths) }),
      ...(changes.incomplete === undefined ? {} : { incomplete: changes.incomplete }),
    },
    ...dependenciesOf(changes.files, patches, changes.incomplete !== undefined),
    kinds: { revert: revert !== undefined },
    sources: {
      change: { from: "git", trusted: true },
      diff: { from: "git", trusted: true },
      dependencies: { from: "git", trusted: true },
      kinds: { from: "git", trusted: true },
    },
  };
}

async function baseOf(repository: GitRepository, given: string | undefined, head: string): Promise<DiffBase> {
  if (given === undefined) return repository.defaultBase(head);
  const tip = await repository.resolve(given);
  const branch = await repository.branchOf(given);
  return { base: await repository.mergeBase(tip, head), tip, ...(branch === undefined ? {} : { branch }) };
}

function changedFile(
  file: GitChange,
  whitespace: Whitespace | undefined,
  declared: DeclaredAttributes,
  churn: Map<string, number> | undefined,
): ChangedFile {
  const { additions, deletions } = file;
  const isBinary = additions === undefined || declared.binary === true;
  return {
    path: file.path,
    ...(file.previousPath === undefined ? {} : { previous_path: file.previousPath }),
    status: file.status,
    ...(additions === undefined ? {} : { additions, deletions }),
    ...whitespace,
    ...(isBinary ? { binary: true } : {}),
    ...(declared.generated === undefined ? {} : { generated: declared.generated }),
    ...(declared.vendored === undefined ? {} : { vendored: declared.vendored }),
    ...(churn ? { commits_30d: churn.get(file.previousPath ?? file.path) ?? 0 } : {}),
  };
}

type Whitespace = Pick<ChangedFile, "whitespace_additions" | "whitespace_deletions">;
type ReadPatch = { whitespace: Whitespace; lockPatch: string | undefined };

/** Only the patches of lock files are kept: their text is read again. */
function readOne(file: GitChange, patch: string | undefined): ReadPatch {
  const isUntouched = file.additions === 0 && file.deletions === 0;
  return {
    whitespace: whitespaceOf(file, patch),
    lockPatch: isUntouched ? "" : lockFileOf(file.path) && patch,
  };
}

function whitespaceOf(file: GitChange, patch: string | undefined): Whitespace {
  if (file.additions === 0 && file.deletions === 0)
    return { whitespace_additions: 0, whitespace_deletions: 0 };
  if (patch === undefined) return {};
  const read = readPatch(patch, file.path);
  // A patch that tells another number of lines than git counted was cut, and says nothing about the rest.
  if (read.additions !== file.additions || read.deletions !== file.deletions) return {};
  return { whitespace_additions: read.whitespaceAdditions, whitespace_deletions: read.whitespaceDeletions };
}

function dependenciesOf(
  files: readonly GitChange[],
  patches: Map<GitChange, ReadPatch>,
  incomplete: boolean,
): Pick<ChangeFacts, "dependencies"> {
  if (incomplete) return {};
  const told = dependencyChanges(
    files.map((file) => ({ path: file.path, patch: patches.get(file)?.lockPatch })),
  );
  return told.known ? { dependencies: { ...countDependencies(told.changes), changes: told.changes } } : {};
}

/** What the base says of its own files. The head's word is not asked: a change could take its own weight away. */
async function ownWordsOf(
  repository: GitRepository,
  tip: string,
): Promise<{ attributesOf: (path: string) => DeclaredAttributes; codeowners?: string }> {
  const found = await repository.readFiles(tip, [".gitattributes", ...codeownersPaths], mostOwnFileBytes);
  const place = codeownersPaths.find((path) => found.has(path));
  const codeowners = place === undefined ? undefined : found.get(place);
  return {
    attributesOf: attributeRules(found.get(".gitattributes") ?? ""),
    ...(codeowners === undefined ? {} : { codeowners }),
  };
}

async function commitsOf(
  repository: GitRepository,
  base: string,
  head: string,
): Promise<{ count: number; title: string; byBots: boolean }> {
  const range = isEmptyTree(base) ? [head] : [head, `^${base}`];
  const counted = await repository.git.answer(["rev-list", "--count", ...range, "--"]);
  const ask = (more: readonly string[]) =>
    repository.git
      .answer(["log", "-z", logFormat, "--no-patch", ...more, "--"])
      .then(({ stdout }) => parseLog(stdout));
  const [own, [last]] = await Promise.all([
    ask(["--no-merges", `--max-count=${mostCommitsRead}`, ...range]),
    ask(["--max-count=1", head]),
  ]);
  const only = own.length === 1 ? own[0] : last;
  return {
    count: Number(counted.stdout.trim()) || 0,
    title: (only?.title ?? "").slice(0, mostTitleCharacters),
    byBots: areByBots(own.length ? own : last ? [last] : []),
  };
}

/** One person's commit on a bot's branch makes it that person's change. */
function areByBots(commits: readonly LoggedCommit[]): boolean {
  return commits.length > 0 && commits.every((commit) => isBotAccount(commit.authorName, commit.authorEmail));
}
