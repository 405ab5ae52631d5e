import type { Hunk } from "./patch.ts";

/** What one change did to one file, in lines. */
export type FileEdit = {
  /** Undefined: the file is gone. */
  path: string | undefined;
  /** Undefined: the file is new. */
  previous: string | undefined;
  /** Undefined: nobody counts its lines, as those of a picture. */
  hunks: readonly Hunk[] | undefined;
  /** Says of a line that is taken away whether it did anything; absent where no line of the file counts. */
  isCode?: ((line: string) => boolean) | undefined;
};

/**
 * Which change wrote each line of a branch, kept up while its changes go by from the oldest on. So the whole of a history
 * is blamed in one pass, where `git blame` would be asked once for each file of each fix.
 *
 * A line that only moved, or was indented anew, stays with the change that wrote it.
 */
export type Ownership = {
  /** Lines of a file; undefined where nobody counts them. */
  linesOf(path: string): number | undefined;
  /** Takes over a change; answers how many lines of code it takes away that each earlier one wrote. */
  apply(change: number, edits: readonly FileEdit[]): Map<number, number>;
  /** Of every file, the changes that wrote its lines, each with how many lines in a row. */
  runs(): Iterable<[path: string, runs: number[]]>;
};

/** Where it was not seen who wrote a line: it stood there when a shallow clone began. */
export const unknownChange = -1;

/** Shorter lines are alike by chance: a brace, a return. */
const leastMoved = 8;

export function ownership(from: Iterable<readonly [path: string, runs: readonly number[]]> = []): Ownership {
  const files = new Map<string, Int32Array>();
  for (const [path, runs] of from) files.set(path, unpacked(runs));
  return {
    linesOf: (path) => files.get(path)?.length,
    runs: () => packed(files),
    apply(change, edits) {
      const open = edits.map((edit) => {
        const before = edit.previous === undefined ? new Int32Array() : files.get(edit.previous);
        return { edit, before, hunks: before && edit.hunks?.map((hunk) => ownersIn(hunk, before, change)) };
      });
      settleMoves(open.flatMap(({ hunks }) => hunks ?? []));
      const taken = new Map<number, number>();
      for (const { edit, hunks = [] } of open) count(taken, edit, hunks);
      for (const { edit } of open) if (edit.previous !== undefined) files.delete(edit.previous);
      for (const { edit, before, hunks } of open)
        if (edit.path !== undefined && before && hunks) files.set(edit.path, replaced(before, hunks));
        else if (edit.path !== undefined) files.delete(edit.path);
      return taken;
    },
  };
}

type OwnedHunk = {
  hunk: Hunk;
  /** Who wrote each line that is taken away; emptied where it lives on elsewhere. */
  removed: (number | undefined)[];
  /** Who wrote each line that comes in its place: this change, but for what was moved. */
  added: Int32Array;
  /** Places in `added` of lines that are new so far. */
  fresh: number[];
};

/** Within one hunk, lines that are alike but for blanks are the same lines. */
function ownersIn(hunk: Hunk, before: Int32Array, change: number): OwnedHunk {
  const removed = Array.from<unknown, number | undefined>(
    { length: hunk.text?.removed.length ?? 0 },
    (_, index) => before[hunk.at - 1 + index],
  );
  const added = new Int32Array(hunk.added).fill(change);
  const fresh: number[] = [];
  if (hunk.text && hunk.text.added.length > 0) {
    const alike = waiting<number>();
    for (const [index, line] of hunk.text.removed.entries()) alike.add(line.trim(), index);
    for (const [index, line] of hunk.text.added.entries()) {
      const from = alike.size() === 0 ? undefined : alike.next(line.trim());
      if (from === undefined) fresh.push(index);
      else {
        added[index] = removed[from] ?? unknownChange;
        removed[from] = undefined;
      }
    }
  }
  return { hunk, removed, added, fresh };
}

/** A line that goes in one place and comes in another was moved: as often as it goes. */
function settleMoves(hunks: readonly OwnedHunk[]): void {
  const gone = waiting<{ from: OwnedHunk; index: number }>();
  for (const from of hunks)
    for (const [index, owner] of from.removed.entries()) {
      const text = from.hunk.text?.removed[index]?.trim() ?? "";
      if (owner !== undefined && text.length >= leastMoved) gone.add(text, { from, index });
    }
  if (gone.size() === 0) return;
  for (const { hunk, added, fresh } of hunks)
    for (const place of fresh) {
      const moved = gone.next(hunk.text?.added[place]?.trim() ?? "");
      if (moved === undefined) continue;
      added[place] = moved.from.removed[moved.index] ?? unknownChange;
      moved.from.removed[moved.index] = undefined;
    }
}

/** Values that wait by key, first come first served. Taking them off the front of a list would copy all that is behind. */
function waiting<Value>() {
  const lists = new Map<string, { values: Value[]; taken: number }>();
  return {
    size: () => lists.size,
    add(key: string, value: Value): void {
      const list = lists.get(key);
      if (list) list.values.push(value);
      else lists.set(key, { values: [value], taken: 0 });
    },
    next(key: string): Value | undefined {
      const list = lists.get(key);
      if (list === undefined) return undefined;
      list.taken += 1;
      return list.values[list.taken - 1];
    },
  };
}

function count(taken: Map<number, number>, { isCode }: FileEdit, hunks: readonly OwnedHunk[]): void {
  if (!isCode) return;
  for (const { hunk, removed } of hunks)
    for (const [index, owner] of removed.entries())
      if (owner !== undefined && isCode(hunk.text?.removed[index] ?? ""))
        taken.set(owner, (taken.get(owner) ?? 0) + 1);
}

function replaced(before: Int32Array, hunks: readonly OwnedHunk[]): Int32Array {
  const grown = hunks.reduce((sum, { hunk }) => sum + hunk.added - hunk.removed, before.length);
  const lines = new Int32Array(Math.max(0, grown));
  let from = 0;
  let to = 0;
  const put = (part: Int32Array) => {
    lines.set(part.subarray(0, lines.length - to), to);
    to = Math.min(lines.length, to + part.length);
  };
  for (const { hunk, added } of hunks) {
    const until = hunk.removed === 0 ? hunk.at : hunk.at - 1;
    put(before.subarray(from, until));
    put(added);
    from = until + hunk.removed;
  }
  put(before.subarray(from));
  return lines;
}

function* packed(files: ReadonlyMap<string, Int32Array>): Generator<[string, number[]]> {
  for (const [path, owners] of files) {
    const runs: number[] = [];
    for (let start = 0; start < owners.length; ) {
      let end = start + 1;
      while (end < owners.length && owners[end] === owners[start]) end += 1;
      runs.push(end - start, owners[start] ?? unknownChange);
      start = end;
    }
    yield [path, runs];
  }
}

function unpacked(runs: readonly number[]): Int32Array {
  const lines: number[] = [];
  for (let at = 0; at < runs.length; at += 2)
    for (let left = runs[at] ?? 0; left > 0; left -= 1) lines.push(runs[at + 1] ?? unknownChange);
  return Int32Array.from(lines);
}
