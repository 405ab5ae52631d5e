import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../../core/analysis/verdict.ts";
import { renderVerdictComment, renderVerdictSummary } from "../../../../core/render/verdict/markdown.ts";
import { progressLine } from "../../../../core/render/verdict/progress.ts";
import { renderVerdictReport } from "../../../../core/render/verdict/report.ts";
import { renderVerdictTerminal } from "../../../../core/render/verdict/terminal.ts";
import { displayWidth } from "../../../../core/render/width.ts";
import { proseOf, tokensOf } from "../markdown.ts";
import { arbitraryVerdict, noNumber, verdictFixture, verdictNames } from "./fixtures.ts";

const ours = /^<details>.*|^<\/details>|^<!-- adaptive-deploy:verdict:v1 -->/gmu;
const foreign = ["link", "image", "html", "em", "del", "code", "blockquote", "def"];

test("whatever a verdict holds, its Markdown keeps its shape and shows no broken number", () => {
  fc.assert(
    fc.property(arbitraryVerdict, (verdict) => {
      const comment = renderVerdictComment(verdict);
      const summary = renderVerdictSummary(verdict);
      for (const markdown of [comment, summary]) {
        expect(markdown).not.toMatch(noNumber);
        const kinds = tokensOf(markdown.replace(ours, "")).map((token) => token.type);
        expect(kinds.filter((kind) => foreign.includes(kind))).toEqual([]);
        expect(proseOf(markdown)).not.toMatch(/@[\p{L}\d]|#\d|\bgh-\d|:\/\/|www\./iu);
      }
      expect(comment.match(/^#+ /gmu)).toEqual(["### "]);
      expect(comment.match(/<!--/gu)).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

test("whatever a verdict holds, the terminal keeps its width and its cursor", () => {
  fc.assert(
    fc.property(arbitraryVerdict, fc.constantFrom(60, 80, 120), (verdict, width) => {
      const text = renderVerdictTerminal(verdict, { width });
      const line = progressLine(verdict);
      expect(text + line).not.toMatch(noNumber);
      expect((text + line).replaceAll("\n", "")).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      expect(line).not.toContain("\n");
      expect(text.split("\n").filter((one) => displayWidth(one) > width)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

const elements = new Set([
  ...["!doctype", "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section"],
  ...["h1", "h2", "h3", "p", "ul", "li", "div", "span", "strong", "code", "i", "details", "summary", "pre"],
  ...["table", "thead", "tbody", "tr", "th", "td"],
  ...["svg", "desc", "rect", "text", "tspan", "line", "circle", "polyline", "polygon"],
]);

function evidenceIn(report: string): unknown {
  const text = /<pre>(.*)<\/pre>/su.exec(report)?.[1] ?? "";
  return JSON.parse(text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
}

test("whatever a verdict holds, the report has our elements only, and holds the whole document", () => {
  fc.assert(
    fc.property(arbitraryVerdict, (verdict) => {
      const report = renderVerdictReport(verdict);
      expect(report.replace(/<pre>.*<\/pre>/su, "")).not.toMatch(noNumber);
      const found = [...report.matchAll(/<\/?([^\s/>]*)/gu)].map((match) => match[1] ?? "");
      expect(found.filter((name) => !elements.has(name))).toEqual([]);
      const bare = (report.match(/<[a-z][^>]*>/gu) ?? []).map((tag) => tag.replace(/"[^"]*"/gu, ""));
      expect(bare.filter((tag) => /\s(?:on\w+|src|href)=/iu.test(tag))).toEqual([]);
      expect(evidenceIn(report)).toEqual(JSON.parse(JSON.stringify(verdict)));
    }),
    { numRuns: 200 },
  );
});

test("what would end the block of evidence does not", () => {
  const base = verdictFixture("slow");
  const name = "</pre></script><!-- ]]> <script>alert(1)</script>\u2028\u202e&lt;";
  const report = renderVerdictReport({ ...base, id: name, warnings: [name] });
  expect(report).not.toMatch(/<script|<\/script|<!--|\u2028|\u202e/u);
  expect(evidenceIn(report)).toMatchObject({ id: name, warnings: [name] });
});

describe.each(verdictNames)("%s", (name) => {
  const verdict = verdictFixture(name);

  test.each([60, 80, 100, 120])("keeps within %i columns", (width) => {
    const lines = renderVerdictTerminal(verdict, { width }).split("\n");
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
  });

  test("says the same with and without colour", () => {
    const coloured = renderVerdictTerminal(verdict, { colour: true });
    const text = renderVerdictTerminal(verdict);
    expect(coloured).not.toBe(text);
    expect(coloured.replace(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "gu"), "")).toBe(text);
  });

  test("the report needs no script, nothing from elsewhere, and tells its plots apart", () => {
    const report = renderVerdictReport(verdict);
    expect(report).not.toMatch(/<script|<link|<img|url\(|@import|@font-face/u);
    const ids = [...report.matchAll(/ id="([^"]*)"/gu)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** 40 metrics of 2,000 windows with long names: more than any comment holds. */
function flooded(): Verdict {
  const base = verdictFixture("rollback-evidence");
  const [metric] = base.metrics;
  if (!metric) throw new Error("The fixture has no metric.");
  const long = "`|` <&@#1 日本語 ".repeat(60);
  const windows = Array.from({ length: 2000 }, (_, index) => ({
    ...metric.windows[index % metric.windows.length],
    window: index + 1,
    baseline: index,
    candidate: index,
    effect: 1,
    lower: -1,
    upper: 3,
    evidence: 0.1,
  }));
  const metrics = Array.from({ length: 40 }, () => ({
    ...metric,
    name: long,
    sentence: long,
    flips: long,
    group: long,
    windows,
  }));
  const guardrails = base.guardrails.flatMap((rule) =>
    Array.from({ length: 100 }, () => ({ ...rule, name: long, sentence: long })),
  );
  return { ...base, reason: long, metrics, guardrails, warnings: Array.from({ length: 100 }, () => long) };
}

test("a giant fits into a comment, a summary and a screen or two, with its head", () => {
  const verdict = flooded();
  const comment = renderVerdictComment(verdict);
  expect(comment.length).toBeLessThan(65_536);
  expect(comment.split("\n")[1]).toMatch(/^### 🔴 Roll back · /u);
  const summary = renderVerdictSummary(verdict);
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
  expect(summary).toMatch(/^## 🔴 Roll back · /u);
  expect(renderVerdictTerminal(verdict).split("\n").length).toBeLessThan(300);
});
