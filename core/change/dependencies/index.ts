import type { DependencyChange } from "../facts.ts";
import { byText, compareVersions } from "./compare.ts";
import { goMod } from "./go-mod.ts";
import type { LockFile } from "./lock-file.ts";
import { maven } from "./maven.ts";
import { npm } from "./npm.ts";
import { pipfileLock } from "./pipfile-lock.ts";
import { plainName } from "./plain-name.ts";
import { pnpm } from "./pnpm.ts";
import { requirements } from "./requirements.ts";
import { readSides } from "./sides.ts";
import { cargoLock, poetryLock, uvLock } from "./toml-packages.ts";
import { yarn } from "./yarn.ts";

/** Every file that dependency changes are read from; lists of them in docs and errors come from here. */
export const lockFiles = {
  "package-lock.json": npm,
  "pnpm-lock.yaml": pnpm,
  "yarn.lock": yarn,
  "requirements.txt": requirements,
  "poetry.lock": poetryLock,
  "uv.lock": uvLock,
  "Pipfile.lock": pipfileLock,
  "go.mod": goMod,
  "Cargo.lock": cargoLock,
  "pom.xml": maven,
} satisfies Record<string, LockFile>;

/** A changed file; its patch is undefined where the source withheld it, and empty where no line changed. */
export type PatchedFile = { path: string; patch: string | undefined };
export type DependencyChanges = { known: true; changes: DependencyChange[] } | { known: false; why: string };
export type DependencyCounts = { added: number; updated: number; removed: number; major: number };

const elsewhere = /(?:^|\/)(?:node_modules|vendor|third_party)\//;

/** The reader for a path, or undefined where the path is no lock file of this project's own. */
export function lockFileOf(path: string): LockFile | undefined {
  if (elsewhere.test(path)) return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const all: LockFile[] = Object.values(lockFiles);
  return all.find((lockFile) => lockFile.names.test(name) || lockFile.paths?.test(path));
}

/**
 * Dependency changes as the patches of lock files tell them, so that git and the API agree by construction.
 * One lock file that cannot be read makes all of it unknown: a part would pass for the whole.
 */
export function dependencyChanges(files: readonly PatchedFile[]): DependencyChanges {
  const changes = new Map<string, DependencyChange>();
  for (const { path, patch } of files) {
    const lockFile = lockFileOf(path);
    if (!lockFile) continue;
    if (patch === undefined) {
      return {
        known: false,
        why: `${plainName(path)} changed, but its patch was not given (too large, or binary)`,
      };
    }
    const sides = readSides(lockFile, patch);
    if (!sides.known) return { known: false, why: `${plainName(path)}: ${plainName(sides.why, 300)}` };
    for (const change of compareVersions(lockFile, sides.before, sides.after)) {
      // Several lock files of one repository often move together; that is one change.
      changes.set(JSON.stringify([change.ecosystem, change.name, change.from, change.to]), change);
    }
  }
  return { known: true, changes: [...changes.values()].sort(byChange) };
}

export function countDependencies(changes: readonly DependencyChange[]): DependencyCounts {
  const counts = { added: 0, updated: 0, removed: 0, major: 0 };
  for (const change of changes) {
    counts[kindOf(change)]++;
    if (change.major) counts.major++;
  }
  return counts;
}

function kindOf(change: DependencyChange): "added" | "updated" | "removed" {
  if (change.from === undefined || change.from === null) return "added";
  return change.to === undefined || change.to === null ? "removed" : "updated";
}

function byChange(left: DependencyChange, right: DependencyChange): number {
  return (
    byText(left.ecosystem, right.ecosystem) ||
    byText(left.name, right.name) ||
    byText(left.from ?? "", right.from ?? "") ||
    byText(left.to ?? "", right.to ?? "")
  );
}
