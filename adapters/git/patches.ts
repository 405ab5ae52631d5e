import { changesType, diffOptions, findRenames } from "./changed-files.ts";
import type { RawFile } from "./log.ts";
import type { Git } from "./open.ts";

const mostBytes = 256 * 1024 * 1024;
const mostBytesOfOne = 4 * 1024 * 1024;
const mark = "\ndiff --git ";

/**
 * Hands on the patch of each file with three lines of context, from the first `@@` on, as GitHub's API gives it, and
 * keeps only what `read` makes of it: all patches together may be huge. Undefined for a file without lines (binary,
 * moved, emptied) and for one whose patch is too large. Files and patches meet by their order, never by the names in a
 * patch: those may be anything.
 */
export async function readPatches<File extends RawFile, Read>(
  git: Git,
  range: { base: string; head: string; files: readonly File[]; renames: boolean },
  read: (file: File, patch: string | undefined) => Read,
): Promise<Map<File, Read>> {
  const results = new Map<File, Read>();
  const left = range.files.values();
  let current = left.next().value;
  let hunks: string[] = [];
  let sectionsLeft = current && changesType(current) ? 2 : 1;
  const split = splitter((section) => {
    if (!current) return;
    hunks.push(hunksOf(section ?? ""));
    sectionsLeft -= 1;
    if (sectionsLeft > 0) return;
    results.set(current, read(current, hunks.join("") || undefined));
    current = left.next().value;
    hunks = [];
    sectionsLeft = current && changesType(current) ? 2 : 1;
  });
  let bytes = 0;
  const renames = range.renames ? findRenames : "--no-renames";
  const shape = ["-r", renames, ...diffOptions, "--patch", "--unified=3", "--inter-hunk-context=0"];
  const prefixes = ["--src-prefix=a/", "--dst-prefix=b/"];
  const { cut } = await git.stream(
    ["diff-tree", ...shape, ...prefixes, range.base, range.head, "--"],
    (text) => {
      bytes += text.length;
      split.push(text);
      return bytes <= mostBytes;
    },
  );
  if (!cut) split.end();
  for (const file of range.files) if (!results.has(file)) results.set(file, read(file, undefined));
  return results;
}

/**
 * Cuts the running text of many patches into one section a file. A section beyond the cap is given as undefined, and beside
 * it the headers of its hunks, which tell how many lines it changes.
 */
export function splitter(take: (section: string | undefined, hunkHeaders: string) => void): {
  push(text: string): void;
  end(): void;
} {
  let parts: string[] = [];
  let headers: string[] = [];
  let size = 0;
  // A line break before the first header lets the one mark find every header.
  let tail = "\n";
  let open = false;
  const keep = (text: string) => {
    size += text.length;
    parts.push(text);
    if (size <= mostBytesOfOne) return;
    const lines = parts.join("").split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) if (isHunkHeader(line)) headers.push(line);
    // Of a line that goes on, its sign is enough to know what it is.
    parts = [isHunkHeader(last) ? last : last.slice(0, 1)];
  };
  const close = (text: string) => {
    keep(text);
    if (open && size <= mostBytesOfOne) take(parts.join(""), "");
    else if (open) take(undefined, headers.map((line) => `${line}\n`).join(""));
    parts = [];
    headers = [];
    size = 0;
    open = true;
  };
  return {
    push(text) {
      tail += text;
      for (let at = tail.indexOf(mark); at >= 0; at = tail.indexOf(mark)) {
        close(tail.slice(0, at + 1));
        tail = tail.slice(at + 1);
      }
      const safe = Math.max(0, tail.length - mark.length);
      keep(tail.slice(0, safe));
      tail = tail.slice(safe);
    },
    end() {
      close(tail);
    },
  };
}

function isHunkHeader(line: string): boolean {
  return line.startsWith("@@");
}

/** A patch from its first `@@` on; empty where it has none. */
export function hunksOf(section: string): string {
  const start = section.indexOf("\n@@ ");
  return start < 0 ? "" : section.slice(start + 1);
}
