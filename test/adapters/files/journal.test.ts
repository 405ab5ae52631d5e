import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { journalFile } from "../../../adapters/files/journal.ts";
import type { JournalEntry } from "../../../core/rollout/journal.ts";

const shape = { stable: "v1", candidate: null, share: 0 };
const entry = (kind: JournalEntry["kind"]): JournalEntry => ({
  schema_version: 1,
  at: "2026-11-21T10:00:00.000Z",
  stream: "production/shop",
  kind,
  mark: { rollout: "ro_0123456789ab", fencing: 2, number: 3, from: shape, to: shape },
});

test("what is written is read again by whoever comes next, and a torn line is passed over", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "journal-")), "deep/journal.jsonl");
  expect(await journalFile(path).read()).toEqual([]);
  await journalFile(path).write(entry("asked"));
  appendFileSync(path, '{"schema_version":1,"at":');
  await journalFile(path).write(entry("held"));
  expect(await journalFile(path).read()).toEqual([entry("asked"), entry("held")]);
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(4);
});
