import semver from "semver";
import type { DependencyChange } from "../facts.ts";
import type { LockFile } from "./lock-file.ts";
import { plainName } from "./plain-name.ts";
import type { Versions } from "./sides.ts";

type Locked = { name: string; version: string };

/** What was added, removed and updated between two sides; a version that both have is no change. */
export function compareVersions(
  lockFile: Pick<LockFile, "ecosystem" | "identity">,
  before: Versions,
  after: Versions,
): DependencyChange[] {
  const removed = missingFrom(before, after, lockFile.identity);
  const added = missingFrom(after, before, lockFile.identity);
  const changes: DependencyChange[] = [];
  for (const identity of new Set([...removed.keys(), ...added.keys()])) {
    const froms = (removed.get(identity) ?? []).sort(byVersion);
    const tos = (added.get(identity) ?? []).sort(byVersion);
    for (let index = 0; index < Math.max(froms.length, tos.length); index++) {
      const from = froms[index];
      const to = tos[index];
      changes.push({
        ecosystem: lockFile.ecosystem,
        name: plainName((to ?? from)?.name ?? identity),
        ...(from ? { from: plainName(from.version) } : {}),
        ...(to ? { to: plainName(to.version) } : {}),
        ...(from && to ? { major: isMajor(from, to) } : {}),
      });
    }
  }
  return changes;
}

function missingFrom(
  left: Versions,
  right: Versions,
  identity = (name: string) => name,
): Map<string, Locked[]> {
  const missing = new Map<string, Locked[]>();
  for (const [name, versions] of left) {
    for (const version of versions) {
      if (right.get(name)?.has(version)) continue;
      const same = missing.get(identity(name));
      if (same) same.push({ name, version });
      else missing.set(identity(name), [{ name, version }]);
    }
  }
  return missing;
}

/** A version as semver sees it, or null; "2.31" counts as 2.31.0, an address or a range as nothing. */
function parsed(version: string): semver.SemVer | null {
  if (version.length > 100 || !/^[v=]?\d+(?:[-+.][A-Za-z0-9.+-]*)?$/.test(version)) return null;
  return semver.parse(version) ?? semver.coerce(version);
}

/** Before 1.0.0 the minor number is the one that breaks. Null where either version is no version. */
function isMajor(from: Locked, to: Locked): boolean | null {
  const [old, next] = [parsed(from.version), parsed(to.version)];
  if (!old || !next) return null;
  return old.major !== next.major || (old.major === 0 && old.minor !== next.minor);
}

function byVersion(left: Locked, right: Locked): number {
  const [one, other] = [parsed(left.version), parsed(right.version)];
  const order = one && other ? semver.compare(one, other) : Number(other === null) - Number(one === null);
  return order || byText(left.version, right.version) || byText(left.name, right.name);
}

export function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
