import { createHash } from "node:crypto";

/** Reads the unified diff of one file, as GitHub's API gives it (hunks only) or as git writes it (with headers). */

export type PatchLine =
  | { kind: "hunk"; oldStart: number; newStart: number; heading: string }
  | { kind: "context" | "removed" | "added"; text: string }
  /** "\ No newline at end of file", said of the line before. */
  | { kind: "no-newline" }
  /** A hunk ended before the lines that its header promises: the patch was cut. */
  | { kind: "cut" };

export type PatchCounts = {
  additions: number;
  deletions: number;
  whitespaceAdditions: number;
  whitespaceDeletions: number;
};

const hunkHeader = /^@@ -(\d{1,10})(?:,(\d{1,10}))? \+(\d{1,10})(?:,(\d{1,10}))? @@/;

/**
 * The lines of a patch one by one. The counts of a hunk's header say where it ends, so a removed line
 * "-- x" (shown as "--- x") is never taken for a file header.
 */
export function* patchLines(patch: string): Generator<PatchLine> {
  let oldLeft = 0;
  let newLeft = 0;
  for (let start = 0; start < patch.length; ) {
    const end = patch.indexOf("\n", start);
    const line = patch.slice(start, end === -1 ? patch.length : end);
    start = end === -1 ? patch.length : end + 1;
    const header = hunkHeader.exec(line);
    if (header) {
      if (oldLeft > 0 || newLeft > 0) yield { kind: "cut" };
      oldLeft = Number(header[2] ?? 1);
      newLeft = Number(header[4] ?? 1);
      const heading = line.slice(header[0].length).trim();
      yield { kind: "hunk", oldStart: Number(header[1]), newStart: Number(header[3]), heading };
    } else if (line.startsWith("\\")) {
      yield { kind: "no-newline" };
    } else if (line.startsWith("-") && oldLeft > 0) {
      oldLeft--;
      yield { kind: "removed", text: line.slice(1) };
    } else if (line.startsWith("+") && newLeft > 0) {
      newLeft--;
      yield { kind: "added", text: line.slice(1) };
    } else if (oldLeft > 0 && newLeft > 0 && (line.startsWith(" ") || line === "" || line === "\r")) {
      // Some tools drop the space in front of an empty context line.
      oldLeft--;
      newLeft--;
      yield { kind: "context", text: line.slice(line.startsWith(" ") ? 1 : 0) };
    }
  }
  if (oldLeft > 0 || newLeft > 0) yield { kind: "cut" };
}

/** Endings and names of files in which leading or inner whitespace carries meaning. */
const meaningfulEndings = new Set(
  (
    "py pyi pyx pxd bzl bazel star yaml yml pug jade haml slim coffee litcoffee sass styl nim nims nimble " +
    "fs fsi fsx hs lhs elm purs idr lean agda gd robot rst mk mak am cabal tsv patch diff " +
    // To these a blank is the end of a word: "rm -r /tmp/x" and "rm -r / tmp/x".
    "sh bash zsh ksh fish bat cmd ps1 psm1 dockerfile containerfile"
  ).split(" "),
);
const meaningfulNames = new Set(
  "makefile gnumakefile build workspace sconstruct sconscript snakefile justfile tiltfile".split(" "),
);

/** True where indentation is meaning, so that only trailing whitespace and blank lines can be left out. */
export function indentationMatters(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return meaningfulNames.has(name) || meaningfulEndings.has(name.slice(name.lastIndexOf(".") + 1));
}

/** The text without whitespace, but for what holds two words apart. */
function withoutLayout(text: string): string {
  return text.replace(/\s+/gu, " ").replace(/ (?![\p{L}\p{N}_$])|(?<![\p{L}\p{N}_$]) /gu, "");
}

/** Steps that the search for whitespace pairs may take in one patch; a hostile patch must not cost more. */
const stepsPerPatch = 20_000_000;
const stepsPerLine = 256;

/**
 * Counts changed lines, and those among them that differ in whitespace only: within one run of removed and
 * added lines, pairs that are equal without whitespace, taken in order, and blank lines.
 */
export function readPatch(patch: string, path = ""): PatchCounts {
  const counts = { additions: 0, deletions: 0, whitespaceAdditions: 0, whitespaceDeletions: 0 };
  const keyOf = indentationMatters(path) ? (text: string) => text.trimEnd() : withoutLayout;
  let stepsLeft = stepsPerPatch;
  let removed: string[] = [];
  let added: string[] = [];
  const closeRun = () => {
    if (removed.length > 0 && added.length > 0) {
      const limit = Math.min(stepsLeft, stepsPerLine * (removed.length + added.length));
      const { pairs, steps } = orderedPairs(removed.map(keyOf), added.map(keyOf), limit);
      stepsLeft -= steps;
      counts.whitespaceAdditions += pairs;
      counts.whitespaceDeletions += pairs;
    }
    removed = [];
    added = [];
  };
  for (const line of patchLines(patch)) {
    if (line.kind === "removed") {
      counts.deletions++;
      if (line.text.trim() === "") counts.whitespaceDeletions++;
      else removed.push(line.text);
    } else if (line.kind === "added") {
      counts.additions++;
      if (line.text.trim() === "") counts.whitespaceAdditions++;
      else added.push(line.text);
    } else if (line.kind !== "no-newline") closeRun();
  }
  closeRun();
  return counts;
}

/**
 * Length of the longest common subsequence by Myers' greedy walk, which needs no table: work grows with the
 * differences. When `limit` steps are spent, the pairs found so far are the answer, so the count errs downwards.
 */
function orderedPairs(removed: string[], added: string[], limit: number): { pairs: number; steps: number } {
  const shorter = Math.min(removed.length, added.length);
  let front = 0;
  while (front < shorter && removed[front] === added[front]) front++;
  let back = 0;
  while (back < shorter - front && removed.at(-1 - back) === added.at(-1 - back)) back++;
  const numbers = new Map<string, number>();
  const numbered = (keys: string[]) =>
    Int32Array.from(keys.slice(front, keys.length - back), (key) => {
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
  const walked = longestCommonSubsequence(numbered(removed), numbered(added), limit);
  return { pairs: front + back + walked.length, steps: walked.steps };
}

function longestCommonSubsequence(
  left: Int32Array,
  right: Int32Array,
  limit: number,
): { length: number; steps: number } {
  const furthest = Math.min(left.length + right.length, Math.ceil(Math.sqrt(2 * limit)) + 1);
  const origin = furthest + 1;
  const reach = new Int32Array(2 * furthest + 3);
  let steps = 0;
  let best = 0;
  for (let edits = 0; edits <= furthest; edits++) {
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const below = reach[origin + diagonal + 1] ?? 0;
      const beside = reach[origin + diagonal - 1] ?? 0;
      let x = diagonal === -edits || (diagonal !== edits && beside < below) ? below : beside + 1;
      while (x < left.length && x - diagonal < right.length && left[x] === right[x - diagonal]) {
        x++;
        steps++;
      }
      reach[origin + diagonal] = x;
      steps++;
      best = Math.max(best, (2 * x - diagonal - edits) / 2);
      if (x >= left.length && x - diagonal >= right.length) return { length: best, steps };
      if (steps > limit) return { length: best, steps };
    }
  }
  return { length: best, steps };
}

/**
 * Digest of what a patch does, wherever in the file it does it: context and changed lines without line
 * numbers. `patchKey(b) === reversePatchKey(a)` says that b takes back a. Undefined where the patch changes
 * no line (binary, mode, rename) or was cut, because then it proves nothing.
 */
export function patchKey(patch: string): string | undefined {
  return digestOf(patch, "forward");
}

export function reversePatchKey(patch: string): string | undefined {
  return digestOf(patch, "reverse");
}

/** True where one patch of a file takes back exactly what the other did. */
export function isExactInverse(patch: string, other: string): boolean {
  const key = patchKey(patch);
  return key !== undefined && key === reversePatchKey(other);
}

function digestOf(patch: string, direction: "forward" | "reverse"): string | undefined {
  const hash = createHash("sha256");
  let removed: string[] = [];
  let added: string[] = [];
  let last: string[] | undefined;
  let changes = 0;
  const closeRun = () => {
    const [before, after] = direction === "forward" ? [removed, added] : [added, removed];
    for (const text of before) hash.update(`-${text}\n`);
    for (const text of after) hash.update(`+${text}\n`);
    removed = [];
    added = [];
    last = undefined;
  };
  for (const line of patchLines(patch)) {
    if (line.kind === "cut") return undefined;
    if (line.kind === "removed" || line.kind === "added") {
      last = line.kind === "removed" ? removed : added;
      last.push(line.text);
      changes++;
    } else if (line.kind === "no-newline") {
      if (last) last[last.length - 1] += "\n\\";
      else hash.update("\\\n");
    } else {
      closeRun();
      hash.update(line.kind === "hunk" ? "@\n" : ` ${line.text}\n`);
    }
  }
  closeRun();
  return changes === 0 ? undefined : hash.digest("hex");
}
