import { patchLines } from "../patch.ts";
import type { LockFile } from "./lock-file.ts";

export type Versions = Map<string, Set<string>>;
export type Sides = { known: true; before: Versions; after: Versions } | { known: false; why: string };

/** A line of a lock file is short; a longer one (a file without line breaks, say) is not read but compared. */
const longestLine = 10_000;

/** The packages that either side of a patch shows. Context is on both sides, so it cancels when they are compared. */
export function readSides(lockFile: LockFile, patch: string): Sides {
  const before = side(lockFile);
  const after = side(lockFile);
  const both = [before, after];
  let inHunk = false;
  let stray: string | undefined;
  const closeHunk = () => {
    if (!inHunk) return;
    for (const one of both) one.reader.endHunk();
    stray ??= difference(before.loose, after.loose);
    for (const one of both) one.loose.clear();
  };
  for (const line of patchLines(patch)) {
    if (line.kind === "cut") return { known: false, why: "its patch is cut off" };
    if (line.kind === "hunk") {
      closeHunk();
      inHunk = true;
      before.reader.startHunk(line.oldStart, line.heading);
      after.reader.startHunk(line.newStart, line.heading);
    } else if (line.kind !== "no-newline") {
      if (line.kind !== "added") before.line(line.text);
      if (line.kind !== "removed") after.line(line.text);
    }
  }
  closeHunk();
  if (stray !== undefined)
    return { known: false, why: `the patch does not show which package "${stray}" belongs to` };
  return { known: true, before: before.versions, after: after.versions };
}

function side(lockFile: LockFile) {
  const versions: Versions = new Map();
  const loose = new Map<string, number>();
  const reader = lockFile.read({
    package(name, version) {
      const known = versions.get(name);
      if (known) known.add(version);
      else versions.set(name, new Set([version]));
    },
    loose: (text) => loose.set(text, (loose.get(text) ?? 0) + 1),
  });
  const line = (text: string) => {
    if (text.length <= longestLine) reader.line(text);
    else loose.set(text, (loose.get(text) ?? 0) + 1);
  };
  return { versions, loose, reader, line };
}

/** A text that one side says more often than the other, if there is one. */
function difference(before: Map<string, number>, after: Map<string, number>): string | undefined {
  for (const [text, count] of before) if (after.get(text) !== count) return text;
  for (const [text, count] of after) if (before.get(text) !== count) return text;
  return undefined;
}
