import type { ReadChange } from "../../../core/learning/walk/walker.ts";
import { type LoggedCommit, logFormat, parseLog } from "../log.ts";
import type { Git } from "../open.ts";
import { type PatchedCommit, readPatchLog } from "../patch-log.ts";
import { readFiles } from "../trees.ts";
import type { LineCommit } from "./first-parents.ts";

/** Few enough that a walk soon has something to do, so many that starting git costs nothing. */
const commitsAtOnce = 500;
const attributesFile = ".gitattributes";
const mostAttributeBytes = 3 * 1024 * 1024;

/**
 * Changes of a first-parent line in its order. Git already works on the next ones while these are walked: it takes longer
 * than the walk, and two processes read side by side.
 */
export async function* changesFrom(
  git: Git,
  line: readonly LineCommit[],
  patches = true,
): AsyncGenerator<ReadChange> {
  const stop = new AbortController();
  const start = (from: number) => {
    const some = line.slice(from, from + commitsAtOnce);
    if (some.length === 0) return undefined;
    const commits = some.map(({ commit }) => commit);
    const brought = broughtIn(git, some);
    brought.catch(() => undefined);
    return { brought, log: readPatchLog(git, commits, { patches, signal: stop.signal }) };
  };
  try {
    let current = start(0);
    let next = start(commitsAtOnce);
    for (let from = 2 * commitsAtOnce; current; from += commitsAtOnce) {
      const brought = await current.brought;
      for await (const commit of current.log) yield await readChange(git, commit, brought);
      current = next;
      next = start(from);
    }
  } finally {
    stop.abort();
  }
}

/** The last commits that merges brought in, by name: their authors wrote the change, whoever pressed the button. */
async function broughtIn(git: Git, line: readonly LineCommit[]): Promise<Map<string, LoggedCommit>> {
  const tips = line.flatMap(({ parents }) => parents[1] ?? []);
  if (tips.length === 0) return new Map();
  const shape = ["-z", logFormat, "--no-patch", "--no-walk=unsorted", "--stdin"];
  const answer = await git.answer(["log", ...shape], { input: `${tips.join("\n")}\n` });
  return new Map(parseLog(answer.stdout).map((commit) => [commit.sha, commit]));
}

async function readChange(
  git: Git,
  commit: PatchedCommit,
  brought: ReadonlyMap<string, LoggedCommit>,
): Promise<ReadChange> {
  const tip = brought.get(commit.parents[1] ?? "");
  // A forge's merge has the title of what it merges; any other says only that it merges.
  const title = tip && commit.title === commit.subject ? tip.title : commit.title;
  const attributes = commit.files.find((file) => [file.path, file.previousPath].includes(attributesFile));
  return {
    commit: commit.sha,
    parents: commit.parents,
    at: commit.committedAt,
    title,
    message: tip ? `${commit.message}\n\n${tip.message}` : commit.message,
    author: tip
      ? { name: tip.authorName, email: tip.authorEmail }
      : { name: commit.authorName, email: commit.authorEmail },
    files: commit.files.map(({ path, previousPath, status, binary, patch, whole }) => ({
      ...{ path, previous: previousPath, status, binary, patch, whole },
    })),
    ...(attributes ? { attributes: await attributesAt(git, commit.sha) } : {}),
  };
}

async function attributesAt(git: Git, commit: string): Promise<string> {
  const found = await readFiles(git, commit, [attributesFile], mostAttributeBytes);
  return found.get(attributesFile) ?? "";
}
