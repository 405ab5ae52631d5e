import * as fc from "fast-check";
import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { cell, code, codeCell, inline, plain, terminalText, xml } from "../../../core/render/escape.ts";
import { hostileText } from "./hostile.ts";
import { proseOf, tablesOf, tokensOf } from "./markdown.ts";

test("an empty code span does not join its neighbours to a reference", () => {
  expect(inline("#``0")).not.toMatch(/#0/);
});

describe("plain text", () => {
  test.each([
    ["colours", "\u001b[31mred\u001b[0m", "red"],
    ["a window title", "\u001b]0;owned\u0007text", "text"],
    ["an 8-bit sequence", "\u009b2Jtext", "text"],
    ["lines", "one\r\n\ttwo\u2028three", "one two three"],
    ["a direction override, which is shown", "\u202egnp.exe", "\ufffdgnp.exe"],
    ["zero-width characters", "pay\u200bments", "payments"],
    ["a lone surrogate", "a\ud800b", "a\ufffdb"],
    ["stacked marks", `e${"\u0301".repeat(50)}`, `e${"\u0301".repeat(3)}`],
  ])("takes away %s", (_, given, expected) => {
    expect(plain(given)).toBe(expected);
  });

  test("cuts between characters and says so", () => {
    expect(plain("🧪🧪🧪🧪", 3)).toBe("🧪🧪…");
    expect(plain("x".repeat(10_000_000), 5)).toBe("xxxx…");
  });

  test("closes a code span that it cuts", () => {
    expect(inline("see `a long name here`", 12)).toBe("see `a long`…");
  });
});

describe("inline Markdown", () => {
  test.each([
    ["keeps a code span", "bump `stripe` 14 → 15", "bump `stripe` 14 → 15"],
    ["sets file names in code", "often: retry.ts, src/a_b, 2 more", "often: `retry.ts`, `src/a_b`, 2 more"],
    ["leaves versions and shares alone", "14.1.2 → 15, 0.18, 4 %", "14.1.2 → 15, 0.18, 4 %"],
    ["pings nobody", "ask @octocat (@acme/admins)", "ask `@octocat` (`@acme/admins`)"],
    ["refers to nothing", "fixes #1, acme/web#7, GH-3", "fixes `#1`, `acme/web#7`, `GH-3`"],
    ["links nothing", "https://evil.example [a](b)", "`https://evil.example` \\[a\\](b)"],
    ["writes HTML as text", "<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"],
    ["formats nothing", "*a* ~~b~~ $c$ |", "\\*a\\* \\~\\~b\\~\\~ &#36;c&#36; \\|"],
    ["begins no heading", "# a", "\\# a"],
    ["begins no list", "1. a", "1\\. a"],
    ["begins no other list", "- [ ] a", "\\- \\[ \\] a"],
    ["keeps a lone backtick harmless", "a ` b", "a &#96; b"],
    [
      "shows the end of a long path",
      `a/${"b".repeat(80)}/file.ts`,
      `\`a/bbbbbbbb…${"b".repeat(29)}/file.ts\``,
    ],
  ])("%s", (_, given, expected) => {
    expect(inline(given)).toBe(expected);
  });

  const harmless = new Set(["paragraph", "text", "escape", "codespan", "space", "html"]);

  test("whatever is written stays text", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const line = inline(text);
        expect(line).not.toMatch(/\n|\r/u);
        const kinds = tokensOf(line).map((token) => token.type);
        expect(kinds.filter((kind) => !harmless.has(kind))).toEqual([]);
        expect(marked.parse(line, { async: false })).not.toMatch(/<(?!\/?(?:p|code)>)/u);
        expect(proseOf(line, "")).not.toMatch(/@[\p{L}\d]|#\d|\bgh-\d|:\/\/|www\./iu);
      }),
      { numRuns: 2000 },
    );
  });

  test("whatever is written stays in its cell", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (left, right) => {
        const table = `| a | b | c |\n| - | - | - |\n| ${cell(left)} | ${codeCell(right)} | end |`;
        const [parsed] = tablesOf(table);
        const [row] = parsed?.rows ?? [];
        expect(row?.map((one) => one.text).at(-1)).toBe("end");
        expect(row).toHaveLength(3);
        expect(parsed?.rows).toHaveLength(1);
        expect(splitAsGitHubDoes(table.split("\n")[2] ?? "")).toHaveLength(3);
      }),
      { numRuns: 2000 },
    );
  });

  /** GitHub's own parser reads a backslash and the mark behind it as one, so that `\\|` ends a cell there. */
  function splitAsGitHubDoes(row: string): string[] {
    return row.slice(1, -1).match(/(?:\\[!-/:-@[-`{-~]|[^|])+/gu) ?? [];
  }

  test("a code span holds whatever is written", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const span = code(text);
        if (span === "") return;
        expect(tokensOf(span).map((token) => token.type)).toEqual(["paragraph", "codespan"]);
      }),
    );
  });
});

test("a terminal gets no control character", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(terminalText(text)).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test("SVG gets no markup", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(xml(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)|\p{Cc}/u);
    }),
  );
});
