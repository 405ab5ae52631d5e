import { changesType, diffOptions, findRenames } from "./changed-files.ts";
import type { RawFile } from "./log.ts";
import type { Git } from "./open.ts";

const mostBytes = 256 * 1024 * 1024;
const mostBytesOfOne = 4 * 1024 * 1024;
const mark = "\ndiff --git ";

/**
 * The patch of each file with three lines of context, from the first `@@` on, as GitHub's API gives it. Undefined for
 * a file without lines (binary, moved, emptied) and for one whose patch is too large. Files and patches meet by their
 * order, never by the names in a patch: those may be anything.
 */
export async function readPatches<File extends RawFile>(
  git: Git,
  base: string,
  head: string,
  files: readonly File[],
  options: { renames: boolean },
): Promise<Map<File, string | undefined>> {
  const owners = files.flatMap((file) => (changesType(file) ? [file, file] : [file]));
  const sections: (string | undefined)[] = [];
  const split = splitter((section) => {
    if (sections.length < owners.length) sections.push(section === undefined ? undefined : hunksOf(section));
  });
  let read = 0;
  const renames = options.renames ? findRenames : "--no-renames";
  const args = [
    "diff-tree",
    "-r",
    renames,
    ...diffOptions,
    "--patch",
    "--unified=3",
    "--inter-hunk-context=0",
  ];
  const prefixes = ["--src-prefix=a/", "--dst-prefix=b/"];
  const { cut } = await git.stream([...args, ...prefixes, base, head, "--"], (text) => {
    read += text.length;
    split.push(text);
    return read <= mostBytes;
  });
  if (!cut) split.end();
  const byFile = new Map<File, string | undefined>();
  for (const [index, file] of owners.entries()) {
    const section = index < sections.length ? sections[index] : undefined;
    const before = byFile.get(file);
    byFile.set(file, before === undefined ? section : `${before}${section ?? ""}`);
  }
  return byFile;
}

/** Cuts the running text of many patches into one section a file; a section beyond the cap is given as undefined. */
export function splitter(take: (section: string | undefined) => void): {
  push(text: string): void;
  end(): void;
} {
  let parts: string[] = [];
  let size = 0;
  // A line break before the first header lets the one mark find every header.
  let tail = "\n";
  let open = false;
  const keep = (text: string) => {
    size += text.length;
    if (size <= mostBytesOfOne) parts.push(text);
    else parts = [];
  };
  const close = (text: string) => {
    keep(text);
    if (open) take(size <= mostBytesOfOne ? parts.join("") : undefined);
    parts = [];
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

function hunksOf(section: string): string | undefined {
  const start = section.indexOf("\n@@ ");
  return start < 0 ? undefined : section.slice(start + 1);
}
