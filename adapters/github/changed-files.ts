import { countDependencies, dependencyChanges } from "../../core/change/dependencies/index.ts";
import type { ChangedFile, ChangeFacts } from "../../core/change/facts.ts";
import { readPatch } from "../../core/change/patch.ts";
import type { ApiFile } from "./api-file.ts";

const statuses = new Map<string, ChangedFile["status"]>([
  ["added", "added"],
  ["copied", "added"],
  ["removed", "removed"],
  ["renamed", "renamed"],
]);

export function changedFileOf(file: ApiFile): ChangedFile {
  const status = statuses.get(file.status) ?? "modified";
  const patch = file.patch === undefined ? undefined : readPatch(file.patch, file.filename);
  const empty = file.changes === 0;
  return {
    path: file.filename,
    ...(file.previous_filename ? { previous_path: file.previous_filename } : {}),
    status,
    additions: file.additions,
    deletions: file.deletions,
    ...(patch
      ? { whitespace_additions: patch.whitespaceAdditions, whitespace_deletions: patch.whitespaceDeletions }
      : empty
        ? { whitespace_additions: 0, whitespace_deletions: 0 }
        : {}),
  };
}

/** Dependencies told from the patches of lock files; unknown where GitHub left a patch out. */
export function dependenciesOf(files: ApiFile[], incomplete: boolean): ChangeFacts["dependencies"] {
  if (incomplete) return undefined;
  const told = dependencyChanges(
    files.map((file) => ({
      path: file.filename,
      patch: file.patch ?? (file.changes === 0 ? "" : undefined),
    })),
  );
  return told.known ? { ...countDependencies(told.changes), changes: told.changes } : undefined;
}
