import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Decision } from "../../../core/decision/shape.ts";
import { renderCheck } from "../../../core/render/check.ts";
import { renderComment } from "../../../core/render/comment.ts";
import { fitSections } from "../../../core/render/fit.ts";
import { renderSummary } from "../../../core/render/summary.ts";
import { renderSvg } from "../../../core/render/svg.ts";
import { renderTerminal } from "../../../core/render/terminal.ts";
import { fixture } from "./fixtures.ts";
import { hostileText } from "./hostile.ts";
import { proseOf, tokensOf } from "./markdown.ts";

/** A decision in which every list has `count` entries and every text is `text`. */
function flooded(text: string, count: number): Decision {
  const base = fixture("needs-approval");
  const many = <Item>(make: (index: number) => Item) =>
    Array.from({ length: count }, (_, index) => make(index));
  const answer = {
    ...base,
    environment: text,
    strategy_name: text,
    contributors: many((index) => ({
      name: `${text}${index}`,
      value: text,
      typical: text,
      points: 70 / count,
      direction: "raises" as const,
      sentence: text,
    })),
    unknowns: many((index) => ({ name: `${text}${index}`, worst: index })),
    counterfactuals: many((index) => ({ change: text, score: index % 100 })),
    pace: many((index) => ({ weight: index, window: text, healthy_windows: 1 })),
    approvers: many(() => text),
    gates: many((index) => ({
      name: text,
      verdict: index % 2 ? ("approve" as const) : ("block" as const),
      reason_code: "guardrail-blocks" as const,
      sentence: `${text}${index}`,
    })),
    allowed: false,
    needs_approval: false,
    model: {
      ...{ version: text, state: "advisory" as const, scale: "rank" as const, spoke: true, probability: 0.2 },
      ...{ rank: { percent: 93, changes: 2000 }, bias: -2, log_odds: 1, heuristic_score: 88 },
      contributors: many((index) => ({
        ...{ name: `${text}${index}`, value: index, typical: index, log_odds: 3 / count, points: 70 / count },
        sentence: text,
      })),
    },
  };
  const { contributors, unknowns, counterfactuals, pace, approvers, gates } = answer;
  const service = {
    ...fixture("needs-approval").services[0],
    contributors,
    unknowns,
    counterfactuals,
    pace,
    approvers,
  };
  return {
    ...answer,
    subject: { kind: "change", repository: text, base: text, head: text, pull_request: 1, candidate: text },
    services: fixture("middle").services.flatMap((one) =>
      many((index) => ({ ...one, ...service, gates: gates.slice(0, 4), name: `${text}${index}` })),
    ),
    not_counted: {
      files: count,
      lines: count,
      by_reason: { [text]: 1, lock: 2 },
      examples: many(() => text),
    },
    notes: many((index) => `${text}${index}`),
    policy_version: { name: text, hash: text, commit: text },
    model_version: text,
    facts_digest: text,
    actor: text,
    approvals: [],
  };
}

const giants = [
  ["escapes", `${"&<|@#1 ".repeat(200)}`],
  ["wide characters", "日本語".repeat(500)],
  ["one long word", "x".repeat(20_000)],
  ["code spans", "`|` ".repeat(1000)],
  ["line ends", "\n# a\n- b\n".repeat(300)],
] as const;

describe.each(giants)("a giant of %s", (_, text) => {
  const decision = flooded(text, 400);

  test("fits into a comment with its head", () => {
    const comment = renderComment(decision);
    expect(comment.length).toBeLessThan(65_536);
    expect(comment.split("\n")[1]).toMatch(/^### 🔴 88 \/ 100 · high → blue-green/u);
    expect(comment).toContain("18 for the typical change + 70 = **88**.");
  });

  test("fits into a check", () => {
    const { title, summary, text: output } = renderCheck(decision);
    expect(title.length).toBeLessThanOrEqual(255);
    expect(summary.length).toBeLessThanOrEqual(65_535);
    expect(output.length).toBeLessThanOrEqual(65_535);
  });

  test("fits into a step summary", () => {
    const summary = renderSummary(decision);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(summary).toMatch(/^## 🔴 88 \/ 100/u);
  });

  test("stays a screen or two of a terminal, and a picture", () => {
    expect(renderTerminal(decision).split("\n").length).toBeLessThan(300);
    expect(renderSvg(decision).length).toBeLessThan(20_000);
  });
});

test("whatever a pull request writes, the comment keeps its shape", () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 1, max: 9 }), (text, count) => {
      const decision = flooded(text, count);
      for (const markdown of [renderComment(decision), renderSummary(decision), renderCheck(decision).text]) {
        const kinds = tokensOf(
          markdown.replace(/^<details>.*|^<\/details>|^<!-- adaptive-deploy:risk:v1 -->/gmu, ""),
        ).map((token) => token.type);
        expect(
          kinds.filter((kind) =>
            ["link", "image", "html", "em", "del", "code", "blockquote", "def"].includes(kind),
          ),
        ).toEqual([]);
        expect(proseOf(markdown)).not.toMatch(/@[\p{L}\d]|#\d|\bgh-\d|:\/\/|www\./iu);
      }
      const comment = renderComment(decision);
      expect(comment.match(/^#+ /gmu)).toEqual(["### "]);
      expect(comment.replace(/`[^`\n]*`/gu, "").match(/<\/?details>/gu)).toEqual(["<details>", "</details>"]);
      expect(comment.match(/<!--/gu)).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

describe("fitting", () => {
  const sections = [
    { text: "head", drop: 0 },
    { text: "a".repeat(100), drop: 2 },
    { text: "b".repeat(100), drop: 1 },
    { text: "", drop: 9 },
  ];

  test("leaves alone what fits", () => {
    expect(fitSections(sections, 208)).toBe(`head\n\n${"a".repeat(100)}\n\n${"b".repeat(100)}`);
  });

  test("leaves out the least important first, and says so", () => {
    expect(fitSections(sections, 207)).toBe(
      `head\n\n${"b".repeat(100)}\n\n_Shortened to fit. The decision's document holds the rest._`,
    );
    expect(fitSections(sections, 100)).toBe(
      "head\n\n_Shortened to fit. The decision's document holds the rest._",
    );
  });
});
