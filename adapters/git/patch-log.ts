import { UserError } from "../../core/errors.ts";
import { changesType, diffOptions, findRenames } from "./changed-files.ts";
import { commitOf, type LoggedCommit, logFormat, parseRaw, type RawFile } from "./log.ts";
import type { Git } from "./open.ts";
import { hunksOf, splitter } from "./patches.ts";

/** A commit with what it did to each file. */
export type PatchedCommit = Omit<LoggedCommit, "entries"> & { files: PatchedFile[] };
export type PatchedFile = RawFile & {
  /** From the first `@@` on, without context; of a patch that is too large only the headers of its hunks. */
  patch: string;
  whole: boolean;
  binary: boolean;
};

/** Patches of one commit that are kept whole together. */
const mostBytes = 64 * 1024 * 1024;

/** Commits in the order given, each against its first parent, with or without patches. Git starts at once. */
export function readPatchLog(
  git: Git,
  commits: readonly string[],
  ask: { patches: boolean; signal: AbortSignal },
): AsyncIterable<PatchedCommit> {
  const shape = ["-z", logFormat, "--first-parent", "-m", "--raw", findRenames, ...diffOptions];
  const patches = ["--patch", "--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/"];
  const args = ["log", "--no-walk=unsorted", "--stdin", ...shape, ...(ask.patches ? patches : [])];
  const text = git.read(args, { input: `${commits.join("\n")}\n`, signal: ask.signal });
  return inCommits(text, ask.patches);
}

async function* inCommits(text: AsyncIterable<string>, patches: boolean): AsyncGenerator<PatchedCommit> {
  const log = framing(patches);
  for await (const piece of text) yield* log.push(piece);
  yield* log.end();
}

type Open = {
  commit: Omit<LoggedCommit, "entries">;
  files: RawFile[];
  patches: ReturnType<typeof patchesOf>;
};

/**
 * Tells headers, lists of files and patches apart. A list ends with an empty field, which no path is. Lines of a patch begin
 * with a sign or a word of git's own, so that none begins with the NUL of the next header, whatever a file holds.
 */
export function framing(patches: boolean): {
  push(piece: string): Generator<PatchedCommit>;
  end(): Generator<PatchedCommit>;
} {
  let pending = "";
  let open: Open | undefined;
  let isStart = true;
  /** A header that is not whole is looked at again when half as much more has come: a list may name a million files. */
  let enough = 0;
  const next = (isEnd: boolean): PatchedCommit | "more" | undefined => {
    if (!open) {
      if (!isEnd && pending.length < enough) return undefined;
      const header = headerIn(pending, isEnd, patches);
      enough = header ? 0 : 1.5 * pending.length;
      if (!header) return undefined;
      pending = pending.slice(header.end);
      const { commit, files } = header;
      if (!patches || files.length === 0) return { ...commit, files: files.map(withoutPatch) };
      open = { commit, files, patches: patchesOf(files) };
      isStart = true;
      return "more";
    }
    const isOver = isStart && pending.startsWith("\0");
    const mark = isOver ? 0 : pending.indexOf("\n\0\0") + 1;
    if (!isEnd && !isOver && mark === 0) {
      const safe = Math.max(0, pending.length - 2);
      if (safe > 0) isStart = false;
      open.patches.push(pending.slice(0, safe));
      pending = pending.slice(safe);
      return undefined;
    }
    const stop = isOver || mark > 0 ? mark : pending.length;
    open.patches.push(pending.slice(0, stop));
    pending = pending.slice(stop);
    const done = { ...open.commit, files: open.patches.end() };
    open = undefined;
    return done;
  };
  function* all(isEnd: boolean): Generator<PatchedCommit> {
    for (let found = next(isEnd); found !== undefined; found = next(isEnd)) if (found !== "more") yield found;
  }
  return {
    *push(piece) {
      pending += piece;
      yield* all(false);
    },
    *end() {
      if (pending !== "" || open) yield* all(true);
      if (pending !== "") throw unreadable();
    },
  };
}

const headerFields = 8;

/** The header at the beginning of the text and its list of files; undefined where not all of it has come. */
function headerIn(
  text: string,
  isEnd: boolean,
  patches: boolean,
): { commit: Omit<LoggedCommit, "entries">; files: RawFile[]; end: number } | undefined {
  if (text === "") return undefined;
  const fields: string[] = [];
  let at = 0;
  const take = (): string | undefined => {
    const end = text.indexOf("\0", at);
    if (end < 0) return undefined;
    // A slice would keep all of the text alive for a title.
    const field = Buffer.from(text.slice(at, end)).toString();
    at = end + 1;
    return field;
  };
  for (let count = 0; count < headerFields; count += 1) {
    const field = take();
    if (field === undefined) return undefined;
    fields.push(field);
  }
  if (fields[0] !== "" || fields[1] !== "" || !/^[0-9a-f]{40,64}$/.test(fields[2] ?? "")) throw unreadable();
  const commit = commitOf(fields.slice(2));
  if (at >= text.length && !isEnd) return undefined;
  if (text.charAt(at) !== "\n") return { commit, files: [], end: at };
  at += 1;
  const entries: string[] = [];
  for (;;) {
    const start = at;
    const field = take();
    if (field === undefined && !isEnd) return undefined;
    if (field) {
      entries.push(field);
      continue;
    }
    // Without patches the empty field is the first one of the next header.
    const end = patches ? at : start;
    return { commit, files: parseRaw(entries).files, end };
  }
}

/** Files and patches meet by their order, never by the names in a patch. */
function patchesOf(files: readonly RawFile[]): { push(text: string): void; end(): PatchedFile[] } {
  const sections: { patch: string; whole: boolean; binary: boolean }[] = [];
  let bytes = 0;
  const split = splitter((section, hunkHeaders) => {
    bytes += section?.length ?? 0;
    const whole = section !== undefined && bytes <= mostBytes;
    const patch = whole ? hunksOf(section) : (section?.match(/^@@.*$/gm)?.join("\n") ?? hunkHeaders);
    sections.push({ patch, whole, binary: patch === "" && isBinary(section ?? "") });
  });
  return {
    push: split.push,
    end() {
      split.end();
      const left = sections.values();
      return files.map((file) => {
        const own = Array.from({ length: changesType(file) ? 2 : 1 }, () => left.next().value);
        return {
          ...file,
          patch: own.map((one) => one?.patch ?? "").join(""),
          whole: own.every((one) => one?.whole ?? false),
          binary: own.some((one) => one?.binary ?? false),
        };
      });
    },
  };
}

function isBinary(section: string): boolean {
  return /^(?:Binary files |GIT binary patch)/m.test(section);
}

function withoutPatch(file: RawFile): PatchedFile {
  return { ...file, patch: "", whole: true, binary: false };
}

function unreadable(): UserError {
  return new UserError(
    "git-failed",
    "git log wrote something that is no list of commits. Try another version of git.",
  );
}
