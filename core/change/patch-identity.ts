import { createHash } from "node:crypto";

const hunkHeader = /^@@ -\d{1,10}(?:,(\d{1,10}))? \+\d{1,10}(?:,(\d{1,10}))? @@/;
const binary = /^(?:GIT binary patch|Binary files )/;
const preamble = /^[a-z]/i;
/** "\ No newline at end of file", in whatever language git speaks; git takes nothing shorter for it. */
const shortestNoNewline = 12;

/**
 * What a diff does, with every blank and without line numbers, object names and whatever stands between hunks: two
 * diffs have one identity exactly where `git patch-id --verbatim` gives one id. Files count in any order.
 *
 * git sums SHA-1 digests, and among sums of many files an equal one can be made on purpose; so the pieces that git
 * digests are digested here with SHA-256 and named by their sorted list.
 *
 * Undefined where the text proves nothing: empty, cut, binary, not a diff, or bytes that are no text.
 */
export function patchIdentity(diff: string): string | undefined {
  const pieces = patchPieces(diff);
  if (pieces === undefined) return undefined;
  const digests = pieces.map((piece) => createHash("sha256").update(piece).digest("hex")).sort();
  return createHash("sha256").update(digests.join("\n")).digest("hex");
}

/** What git digests: the text of each file's patch. A file without a hunk stands in front of the next one's. */
export function patchPieces(diff: string): string[] | undefined {
  // A byte that was no UTF-8 has become this character, and so would any other such byte.
  if (diff.includes("\ufffd") || diff.includes("\0") || !diff.startsWith("diff --git ")) return undefined;
  if (!diff.endsWith("\n")) return undefined;
  const lines = diff.slice(0, -1).split("\n");
  const pieces: string[] = [];
  let piece = "";
  let at = 0;
  while (at < lines.length) {
    const header = headerAt(lines, at);
    if (header === undefined) return undefined;
    piece += header.text;
    at = header.next;
    if (!header.hasHunks) continue;
    const hunks = hunksAt(lines, at);
    if (hunks === undefined) return undefined;
    pieces.push(piece + hunks.text);
    piece = "";
    at = hunks.next;
  }
  if (piece !== "") pieces.push(piece);
  return pieces;
}

type Read = { text: string; next: number };

/** From "diff --git" to the two names, or to the next file where nothing but mode or name changed. */
function headerAt(lines: readonly string[], start: number): (Read & { hasHunks: boolean }) | undefined {
  let text = "";
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (at > start && line.startsWith("diff ")) return { text, next: at, hasHunks: false };
    if (line.startsWith("--- ")) {
      const after = lines[at + 1] ?? "";
      if (!after.startsWith("+++ ")) return undefined;
      return { text: `${text}${line}\n${after}\n`, next: at + 2, hasHunks: true };
    }
    if (binary.test(line) || !preamble.test(line)) return undefined;
    if (!line.startsWith("index ")) text += `${line}\n`;
  }
  return { text, next: lines.length, hasHunks: false };
}

function hunksAt(lines: readonly string[], start: number): Read | undefined {
  let text = "";
  let at = start;
  for (let header = hunkHeader.exec(lines[at] ?? ""); header; header = hunkHeader.exec(lines[at] ?? "")) {
    const hunk = linesOfHunk(lines, at + 1, Number(header[1] ?? 1), Number(header[2] ?? 1));
    if (hunk === undefined) return undefined;
    text += hunk.text;
    at = hunk.next;
  }
  const isEnd = at === lines.length || (lines[at] ?? "").startsWith("diff ");
  return isEnd && at > start ? { text, next: at } : undefined;
}

/** The counts of the header say where a hunk ends, so that a removed line "-- x" is not taken for a name. */
function linesOfHunk(
  lines: readonly string[],
  start: number,
  before: number,
  after: number,
): Read | undefined {
  let text = "";
  let at = start;
  let [oldLeft, newLeft] = [before, after];
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.startsWith("\\ ") && line.length >= shortestNoNewline) {
      text += `${line}\n`;
      continue;
    }
    if (oldLeft === 0 && newLeft === 0) break;
    const sign = line.charAt(0);
    if (sign !== "-" && sign !== "+" && sign !== " ") return undefined;
    if (sign !== "+") oldLeft--;
    if (sign !== "-") newLeft--;
    if (oldLeft < 0 || newLeft < 0) return undefined;
    text += `${line}\n`;
  }
  return oldLeft === 0 && newLeft === 0 ? { text, next: at } : undefined;
}
