import { createHash } from "node:crypto";
import { documentOf, type ModelDocument } from "./file.ts";
import type { Learnt } from "./learn.ts";
import { countOf, type History } from "./teach.ts";

/** What a model was learnt from, where the reader of its history knows more than the table tells. */
export type Source = {
  /** Column of the time, of a table. */
  time?: string;
  /** Commit that history was read up to. */
  head?: string;
  /** SHA-256 of what was read; without it, of the table. */
  data?: string;
};

/** A learnt model as its file has it, with what it was learnt from and how it did. */
export function learntDocument(model: Learnt, history: History, { time, head, data }: Source): ModelDocument {
  const { labels, times } = history;
  const trained = {
    rows: countOf(labels, 0) + countOf(labels, 1),
    failures: countOf(labels, 1),
    from: dayOf(times[0]),
    to: dayOf(times.at(-1)),
    data: data ?? digestOf(history),
    ...(head && { head }),
    prior_share: model.priorShare,
  };
  return documentOf(model, { trained, time, proof: model.proof });
}

function digestOf({ table, labels, times }: History): string {
  const hash = createHash("sha256").update(JSON.stringify(table.names));
  for (const column of [...table.columns, times, labels]) hash.update(column);
  return hash.digest("hex");
}

function dayOf(at: number | undefined): string {
  return new Date((at ?? 0) * 1000).toISOString();
}
