import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../core/evidence/canonical.ts";
import { openChain, seal } from "../../../core/evidence/chain.ts";
import { csvRow } from "../../../core/evidence/csv.ts";
import { eventKinds, type LedgerEvent, type NewEvent } from "../../../core/evidence/event.ts";
import { exportChain, exportHeading } from "../../../core/evidence/export.ts";
import { writeLine } from "../../../core/evidence/line.ts";
import { segmentPath } from "../../../core/evidence/segment.ts";

const server = "https://github.example.com";
const csv = { format: "csv" as const, server };
const headSha = "a".repeat(40);
const policy = { name: "default", hash: "b".repeat(8), commit: "c".repeat(40) };
const pointer = {
  kind: "comment",
  repository: "acme/shop",
  id: 7,
  pull_request: 4,
  head_sha: headSha,
  environment: "production",
  actor: "maria",
};
const about = { repository: "acme/shop", pull_request: 4 };
const told: Partial<NewEvent>[] = [
  {
    kind: "decision",
    actor: "github-actions[bot]",
    body: {
      decision_id: "d".repeat(12),
      subject: { kind: "change", repository: "acme/shop", head: headSha, pull_request: 4 },
      environment: "production",
      risk_score: 83,
      strategy: "canary",
      allowed: false,
      needs_approval: true,
      reason_code: "score-needs-approval",
      gates: [
        { name: "freeze", verdict: "pass", reason_code: "freeze", sentence: "No freeze." },
        {
          name: "score",
          verdict: "approve",
          reason_code: "needs-approval",
          sentence: "83 asks for a person.",
        },
      ],
      services: [{ name: "shop" }, { name: "till" }],
      policy_version: policy,
    },
  },
  {
    kind: "approval",
    actor: "maria",
    body: { pointer, reason: 'rehearsed, "twice"\nwith ben', comment: 7, policy, decision: "d".repeat(12) },
  },
  {
    kind: "approval",
    actor: "rita",
    body: { pointer: { ...pointer, kind: "review", id: 8, actor: "rita" } },
  },
  { kind: "approval", actor: "rita", body: { pointer: { ...pointer, kind: "environment", id: 9 } } },
  {
    kind: "revocation",
    actor: "maria",
    body: {
      pointer: { kind: "comment", repository: "acme/shop", id: 7 },
      pull_request: 4,
      head_sha: headSha,
      environment: "production",
      reason: "the comment was edited",
      comment: 7,
    },
  },
  { kind: "hold", actor: "ben", body: { ...about, reason: '=HYPERLINK("//evil")', comment: 10 } },
  { kind: "hold-release", actor: "ben", body: { ...about, comment: 11 } },
  { kind: "outcome", actor: "-2+3", body: { outcome: "healthy", head_sha: headSha, policy: "default" } },
];
const made = (more: Partial<NewEvent>, index: number): NewEvent => ({
  kind: "outcome",
  at: `2026-03-01T10:0${index % 10}:00.000Z`,
  actor: "octocat",
  nonce: `nonce-${index}-0123456789`,
  body: {},
  ...more,
});
const chainOf = (events: LedgerEvent[], stream = "changes") =>
  openChain(
    stream,
    events.map((event) => ({
      first: event.sequence,
      where: segmentPath(event.sequence),
      text: `${writeLine(event)}\n`,
    })),
  );
const sealed = seal("changes", null, told.map(made));
const chain = chainOf(sealed);

/** RFC 4180 as a reader takes it, without a library of ours. */
function parsed(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (text[at] === '"') at += 1;
        cell += text[at];
      }
      at += 1;
    } else
      while (at < text.length && text[at] !== "," && text.slice(at, at + 2) !== "\r\n") cell += text[at++];
    row.push(cell);
    if (text[at] === ",") at += 1;
    else {
      rows.push(row);
      row = [];
      at += 2;
    }
  }
  return rows;
}
const table = (text: string) => {
  const [heading = [], ...rows] = parsed(text);
  return rows.map((row) => Object.fromEntries(heading.map((name, index) => [name, row[index] ?? ""])));
};
const exported = (given = chain, more = {}) => exportHeading("csv") + exportChain(given, { ...csv, ...more });

describe("the table for auditors", () => {
  it("says who, when, what, why, which commit and which policy", async () => {
    const file = join(import.meta.dirname, "../../fixtures/ledger/export.csv");
    await expect(exported()).toMatchFileSnapshot(file);
    const rows = table(exported());
    expect(rows[0]).toMatchObject({
      kind: "decision",
      head_sha: headSha,
      outcome: "needs-approval",
      reason: "83 asks for a person.",
      service: "shop till",
      policy_version: `default ${policy.commit} ${policy.hash}`,
    });
    expect(rows[1]).toMatchObject({
      at: "2026-03-01T10:01:00.000Z",
      kind: "approval",
      actor: "maria",
      repository: "acme/shop",
      pull_request: "4",
      head_sha: headSha,
      environment: "production",
      reason: 'rehearsed, "twice"\nwith ben',
      decision_id: "d".repeat(12),
      policy_version: `default ${policy.commit} ${policy.hash}`,
      said_in: "comment 7",
      said_in_url: `${server}/acme/shop/pull/4#issuecomment-7`,
      verified: "yes",
    });
    expect(rows.slice(2, 6).map((row) => row.said_in_url)).toEqual([
      `${server}/acme/shop/pull/4#pullrequestreview-8`,
      `${server}/acme/shop/actions/runs/9`,
      `${server}/acme/shop/pull/4#issuecomment-7`,
      `${server}/acme/shop/pull/4#issuecomment-10`,
    ]);
  });

  it("gives back every event, whatever stands in it", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("=1+1", "\r\n", '","', "\t@x", "﻿"),
    );
    const body = fc.dictionary(
      fc.constantFrom("reason", "outcome", "environment", "pointer", "gates"),
      fc.jsonValue(),
    );
    const event = fc.record({ kind: fc.constantFrom(...eventKinds), actor: text, body });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const own = seal("production/shop", null, events.map(made));
        const rows = table(exported(chainOf(own, "production/shop")));
        // The apostrophe that makes a formula text is all that a reader has to take away.
        const plain = (cell = "") => cell.replace(/^'(?=[\s\p{Cf}]*[=+\-@＝＋－＠\t\r\n])/u, "");
        expect(
          rows.map((row) => [
            row.kind,
            plain(row.actor),
            Number(row.sequence),
            row.hash,
            row.previous,
            plain(row.body),
          ]),
        ).toEqual(
          own.map((one) => [
            one.kind,
            one.actor,
            one.sequence,
            one.hash,
            one.previous ?? "",
            canonicalJson(one.body),
          ]),
        );
        for (const cell of rows.flatMap((row) => Object.values(row)))
          expect(cell).not.toMatch(/^[\s\p{Cf}]*[=+\-@＝＋－＠\t\r]/u);
      }),
    );
  });

  it("shows what stands at a fault and behind it, as not verified", () => {
    const edited = sealed.map((event, index) => (index === 2 ? { ...event, actor: "mallory" } : event));
    const broken = chainOf(edited);
    expect(broken.fault).toMatchObject({ kind: "hash", sequence: 2 });
    const rows = table(exported(broken));
    expect(rows.map((row) => row.verified)).toEqual(["yes", "yes", ...Array(6).fill("no")]);
    expect(rows[2]).toMatchObject({ actor: "mallory", sequence: "2" });
    const lines = exportChain(broken, { format: "jsonl", server }).trimEnd().split("\n");
    expect(lines).toHaveLength(2);
  });

  it("takes a period from its first moment up to its last, without that", () => {
    const from = Date.parse("2026-03-01T10:02:00.000Z");
    const until = Date.parse("2026-03-01T10:04:00.000Z");
    expect(table(exported(chain, { from, until })).map((row) => row.sequence)).toEqual(["2", "3"]);
  });

  it("is a heading alone without events, and JSONL gives each line as it stands in the ledger", () => {
    expect(exported(chainOf([]))).toMatch(/^at,kind,actor,.*,verified,body\r\n$/);
    expect(exportHeading("jsonl") + exportChain(chain, { format: "jsonl", server })).toBe(
      sealed.map((event) => `${writeLine(event)}\n`).join(""),
    );
  });
});

describe("a cell", () => {
  it.each([
    [["a", "b"], "a,b\r\n"],
    [["", " padded "], '," padded "\r\n'],
    [['say "hi"', "a,b"], '"say ""hi""","a,b"\r\n'],
    [["two\nlines"], '"two\nlines"\r\n'],
    [["=1+1", "+1", "-1", "@sum"], "'=1+1,'+1,'-1,'@sum\r\n"],
    [["\t=1", " =1", "\u200b=1", "＝1"], "'\t=1,' =1,'\u200b=1,'＝1\r\n"],
    [["1-1", "a=b"], "1-1,a=b\r\n"],
  ])("of %j is text to every reader", (cells, expected) => {
    expect(csvRow(cells)).toBe(expected);
  });
});
