import { createHash } from "node:crypto";
import { isBotAccount } from "../../change/classify/bots.ts";
import type { FileRow } from "../../change/files-table.ts";

/** A touched file, without its lines. */
export type Touch = {
  path: string;
  previous?: string | undefined;
  status: "added" | "modified" | "removed" | "renamed";
};

/** A merged change, as the past of its files needs it. */
export type Touching = { at: number; author: Account; files: readonly Touch[] };
export type Account = { name: string; email: string };

/** Null: the file stood there when a shallow clone began, and nobody knows what was before. */
type Behind = { people: Set<string> | null; changes: number | null; last: number | null };

const secondsADay = 86_400;
export const churnDays = 30;

/** What the files of a branch have behind them, kept up while its changes go by from the oldest on. */
export type FilesPast = {
  rowOf(path: string, now: number, lines: number | undefined): FileRow | undefined;
  /** Changes in the 30 days before a moment that touched a path. */
  recentOf(path: string, now: number): number;
  apply(change: Touching): void;
  /** Where a shallow clone begins: its files are there, and nothing else is known of them. */
  begin(files: readonly Touch[]): void;
  paths(): Iterable<string>;
  entries(): Iterable<PastEntry>;
};
export type PastEntry =
  | { path: string; people: string[] | null; changes: number | null; last: number | null }
  | { path: string; touched: number[] };

export function filesPast(from: Iterable<PastEntry> = []): FilesPast {
  const behind = new Map<string, Behind>();
  /** By the path as it was then: a file that was moved is asked for under the name that it had. */
  const touched = new Map<string, number[]>();
  for (const entry of from)
    if ("touched" in entry) touched.set(entry.path, entry.touched);
    else {
      const { path, people, changes, last } = entry;
      behind.set(path, { people: people && new Set(people), changes, last });
    }
  return {
    rowOf(path, now, lines) {
      const file = behind.get(path);
      return file && [lines ?? null, file.people?.size ?? null, file.changes, daysBetween(file.last, now)];
    },
    recentOf: (path, now) =>
      touched.get(path)?.filter((at) => at >= now - churnDays * secondsADay).length ?? 0,
    apply({ at, author, files }) {
      const person = personOf(author);
      const next = files.map((file) => ({
        file,
        own: touchedBy(behind.get(file.previous ?? file.path), file, person, at),
      }));
      for (const { file } of next) {
        for (const path of file.previous === undefined ? [file.path] : [file.path, file.previous]) {
          behind.delete(path);
          touched.set(path, [
            ...(touched.get(path) ?? []).filter((one) => one >= at - 2 * churnDays * secondsADay),
            at,
          ]);
        }
      }
      for (const { file, own } of next) if (file.status !== "removed") behind.set(file.path, own);
    },
    begin(files) {
      for (const { path } of files) behind.set(path, { people: null, changes: null, last: null });
    },
    paths: () => behind.keys(),
    *entries() {
      for (const [path, { people, changes, last }] of behind)
        yield { path, people: people && [...people], changes, last };
      for (const [path, moments] of touched) yield { path, touched: moments };
    },
  };
}

function touchedBy(before: Behind | undefined, file: Touch, person: string | undefined, at: number): Behind {
  const known = file.status === "added" || !before ? { people: new Set<string>(), changes: 0 } : before;
  if (known.people && person !== undefined) known.people.add(person);
  return { people: known.people, changes: known.changes === null ? null : known.changes + 1, last: at };
}

/** Who an author is, without the name: only how many there are is ever asked. Nobody, for a robot. */
export function personOf({ name, email }: Account): string | undefined {
  if (isBotAccount(name, email)) return undefined;
  const address = email.trim().toLowerCase() || name.trim().toLowerCase();
  return createHash("sha256").update(address).digest("base64url").slice(0, 12);
}

function daysBetween(earlier: number | null, now: number): number | null {
  if (earlier === null) return null;
  return Math.max(0, Math.round(((now - earlier) / secondsADay) * 100) / 100);
}
