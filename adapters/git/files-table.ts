import { attributeRules } from "../../core/change/classify/attributes.ts";
import { type WeightRules, weightOf } from "../../core/change/classify/weight.ts";
import { type FilesTable, tableOf } from "../../core/change/files-table.ts";
import { type FilesPast, filesPast } from "../../core/learning/walk/past.ts";
import { emptyTreeFor } from "./base.ts";
import { diffOptions } from "./changed-files.ts";
import { commitTime } from "./churn.ts";
import { parseNumstat } from "./log.ts";
import type { GitRepository } from "./repository.ts";
import { changesFrom } from "./walk/changes.ts";
import { firstParents } from "./walk/first-parents.ts";

const mostAttributeBytes = 3 * 1024 * 1024;

/** What the files of a commit have behind them, from a walk without patches: seconds for a history of 50,000 changes. */
export async function filesTableAt(
  repository: GitRepository,
  commit: string,
  rules: WeightRules,
  isWhole = false,
): Promise<FilesTable> {
  const past = filesPast();
  const line = await firstParents(repository.git, commit);
  let isEdge = await repository.isShallow();
  for await (const change of changesFrom(repository.git, line, false)) {
    if (isEdge) past.begin(change.files);
    else past.apply(change);
    isEdge = false;
  }
  return tableFrom(repository, commit, past, rules, isWhole);
}

/** The lines of every file are counted at the commit itself; files that weigh nothing are left out. */
export async function tableFrom(
  repository: GitRepository,
  commit: string,
  past: FilesPast,
  rules: WeightRules,
  isWhole = false,
): Promise<FilesTable> {
  const [now, attributes, lines] = await Promise.all([
    commitTime(repository.git, commit),
    repository.readFiles(commit, [".gitattributes"], mostAttributeBytes),
    linesAt(repository, commit),
  ]);
  const attributesOf = attributeRules(attributes.get(".gitattributes") ?? "");
  const weighs = (path: string) =>
    weightOf({ path, status: "modified", ...attributesOf(path) }, rules).reason === undefined;
  return tableOf(
    [...past.paths()].filter(weighs).flatMap((path) => {
      const row = past.rowOf(path, now, lines.get(path));
      return row ? [[path, row] as const] : [];
    }),
    isWhole,
  );
}

async function linesAt({ git }: GitRepository, commit: string): Promise<Map<string, number>> {
  const args = [
    "diff-tree",
    "-r",
    "--no-renames",
    ...diffOptions,
    "--numstat",
    "-z",
    emptyTreeFor(commit),
    commit,
    "--",
  ];
  const answer = await git.answer(args);
  const files = parseNumstat(answer.stdout.split("\0"));
  return new Map(
    files.flatMap(({ path, additions }) => (additions === undefined ? [] : [[path, additions] as const])),
  );
}
