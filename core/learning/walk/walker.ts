import { attributeRules, type DeclaredAttributes } from "../../change/classify/attributes.ts";
import { isBotAccount } from "../../change/classify/bots.ts";
import { type WeightRules, weightOf } from "../../change/classify/weight.ts";
import { countedFiles, deriveDiff } from "../../change/diff.ts";
import type { ChangedFile, ChangeFacts } from "../../change/facts.ts";
import { type FileRow, pastOf } from "../../change/files-table.ts";
import { deriveKinds } from "../../change/kinds.ts";
import { readPatch } from "../../change/patch.ts";
import { touchedServices } from "../../change/services.ts";
import { columnsOf } from "../columns.ts";
import { saysFix, saysHotfix, saysRevert } from "../words.ts";
import { type AuthorsPast, authorsPast } from "./authors.ts";
import { codeLines, isCode } from "./code.ts";
import { type FileEdit, type Ownership, ownership, unknownChange } from "./ownership.ts";
import { type Account, type FilesPast, filesPast, type Touch } from "./past.ts";
import { type Hunk, hunksOf } from "./patch.ts";
import type { TakenLines, WalkedChange, WalkRules } from "./walked.ts";

/** A merged change as it is read. */
export type ReadChange = {
  commit: string;
  parents: readonly string[];
  at: number;
  title: string;
  message: string;
  /** Of a merge who wrote what it brought in. */
  author: Account;
  files: readonly ReadFile[];
  /** What the root's `.gitattributes` says from this change on, where the change touches it. */
  attributes?: string | undefined;
};
export type ReadFile = Touch & {
  binary: boolean;
  /** The patch from its first `@@` on. Beyond a size only the headers of its hunks are left. */
  patch: string;
  /** True where the patch holds its lines. */
  whole: boolean;
};

/** What is kept from one change to the next. */
export type WalkState = {
  ownership: Ownership;
  past: FilesPast;
  authors: AuthorsPast;
  /** The root's `.gitattributes` as it stands. */
  attributes: string;
  /** Commits so far, by the number that ownership knows them by. */
  commits: string[];
  /** When the newest of them was committed; undefined before the first. */
  at: number | undefined;
  shallow: boolean;
};

export function newWalk(shallow: boolean): WalkState {
  const [own, past, authors] = [ownership(), filesPast(), authorsPast()];
  return { ownership: own, past, authors, attributes: "", commits: [], at: undefined, shallow };
}

/** A fix that touches more proves nothing: it is a sweep, and blames whoever stood in the way. */
const mostFixFiles = 50;
const mostFixLines = 500;
const mostPaths = 1000;

/** Takes the changes of a branch one after the other, oldest first. */
export function walker(rules: WalkRules, state: WalkState): (change: ReadChange) => WalkedChange | undefined {
  const weigh = weightRulesOf(rules);
  let attributesOf = attributeRules(state.attributes);
  return (change) => {
    const seen = change.files.map((file) => seenFile(file, attributesOf(file.path), state, weigh));
    // Where a shallow clone begins, everything looks new, and nothing is.
    const isEdge = state.shallow && state.commits.length === 0;
    const walked = isEdge ? undefined : described(change, seen, rules, weigh, state);
    const number = isEdge ? unknownChange : state.commits.length;
    const taken = state.ownership.apply(
      number,
      seen.map(({ edit }) => edit),
    );
    if (isEdge) state.past.begin(change.files);
    else state.past.apply(change);
    state.authors.apply(change.author);
    state.commits.push(change.commit);
    state.at = change.at;
    if (change.attributes !== undefined) {
      state.attributes = change.attributes;
      attributesOf = attributeRules(change.attributes);
    }
    return walked && { ...walked, takes: takenBy(walked, taken, state.commits) };
  };
}

export function weightRulesOf({ weights }: WalkRules): WeightRules {
  return { notCounted: weights["not-counted"], counted: weights.counted };
}

type SeenFile = { file: ChangedFile; edit: FileEdit };

function seenFile(
  read: ReadFile,
  declared: DeclaredAttributes,
  state: WalkState,
  weigh: WeightRules,
): SeenFile {
  const { path, previous, status, binary } = read;
  const bare: ChangedFile = {
    path,
    ...(previous === undefined ? {} : { previous_path: previous }),
    status,
    ...(binary || declared.binary ? { binary: true } : {}),
    ...(declared.generated === undefined ? {} : { generated: declared.generated }),
    ...(declared.vendored === undefined ? {} : { vendored: declared.vendored }),
    ...(state.shallow ? {} : { commits_30d: state.past.recentOf(previous ?? path, state.at ?? 0) }),
  };
  const weighed = weightOf(bare, weigh).reason === undefined;
  const hunks = binary ? undefined : hunksOf(read.patch, weighed);
  const isBlamed = weighed && isCode(previous ?? path);
  return {
    file: hunks ? { ...bare, ...linesOf(hunks), ...(weighed && read.whole ? blanksOf(read) : {}) } : bare,
    edit: {
      path: status === "removed" ? undefined : path,
      previous: status === "added" ? undefined : (previous ?? path),
      hunks,
      isCode: isBlamed ? codeLines(previous ?? path) : undefined,
    },
  };
}

function linesOf(hunks: readonly Hunk[]): Pick<ChangedFile, "additions" | "deletions"> {
  let [additions, deletions] = [0, 0];
  for (const { added, removed } of hunks) {
    additions += added;
    deletions += removed;
  }
  return { additions, deletions };
}

function blanksOf({
  patch,
  path,
}: ReadFile): Pick<ChangedFile, "whitespace_additions" | "whitespace_deletions"> {
  const { whitespaceAdditions, whitespaceDeletions } = readPatch(patch, path);
  return { whitespace_additions: whitespaceAdditions, whitespace_deletions: whitespaceDeletions };
}

/** The facts of a change as they would have been gathered for it the moment before it was merged. */
function described(
  change: ReadChange,
  seen: readonly SeenFile[],
  rules: WalkRules,
  weigh: WeightRules,
  state: WalkState,
): WalkedChange {
  const { commit, parents, at, title, message } = change;
  const { weights, heuristic, services: declared } = rules;
  const files = seen.map(({ file }) => file);
  const byBot = isBotAccount(change.author.name, change.author.email);
  const diff = deriveDiff(files, weigh);
  const now = state.at ?? at;
  const rowOf = (path: string): FileRow | undefined =>
    state.past.rowOf(path, now, state.ownership.linesOf(path));
  const facts: ChangeFacts = {
    schema_version: 1,
    change: { title, author_is_bot: byBot },
    diff,
    kinds: deriveKinds(files, title, weights.kinds ?? {}),
    history: { past: pastOf(countedFiles(files, weigh), rowOf) },
    author: state.authors.factsOf(change.author),
  };
  const touched = declared ? touchedServices(declared, files).map(({ service }) => service) : [];
  return {
    commit,
    parents,
    at,
    title,
    message,
    byBot,
    paths: pathsOf(change.files),
    facts: known(columnsOf(facts, heuristic, weights["author-facts"] ?? false)),
    effort: (diff.additions ?? 0) + (diff.deletions ?? 0),
    services: touched.map(({ name }) => name),
    critical: declared ? touched.some(({ criticality }) => criticality === "critical") : null,
    counts: (diff.files ?? 0) > 0,
    says: { fix: saysFix(title), revert: saysRevert(change), hotfix: saysHotfix(change) },
    takes: [],
  };
}

function pathsOf(files: readonly Touch[]): string[] {
  const paths = files.flatMap(({ path, previous }) => (previous === undefined ? [path] : [path, previous]));
  return paths.slice(0, mostPaths);
}

function known(columns: Record<string, number | undefined>): Record<string, number> {
  const facts: Record<string, number> = {};
  for (const [name, value] of Object.entries(columns)) if (value !== undefined) facts[name] = value;
  return facts;
}

/** A revert says itself what it takes back. */
function takenBy(
  { says, facts }: WalkedChange,
  taken: ReadonlyMap<number, number>,
  commits: readonly string[],
): TakenLines[] {
  const all = [...taken.values()].reduce((sum, lines) => sum + lines, 0);
  const isSweep = (facts.nf ?? 0) > mostFixFiles || all > mostFixLines;
  if (says.revert || !(says.fix || says.hotfix) || isSweep) return [];
  const found = [...taken].flatMap(([number, lines]) => {
    const commit = commits[number];
    return commit === undefined ? [] : [{ commit, lines, share: lines / all }];
  });
  return found.sort((left, right) => right.lines - left.lines || (left.commit < right.commit ? -1 : 1));
}
