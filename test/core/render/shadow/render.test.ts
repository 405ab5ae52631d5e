import { describe, expect, test } from "vitest";
import { shadowReport } from "../../../../core/learning/shadow/report.ts";
import { renderShadowMarkdown } from "../../../../core/render/shadow/markdown.ts";
import { renderShadowReport } from "../../../../core/render/shadow/report.ts";
import { renderShadowTerminal } from "../../../../core/render/shadow/terminal.ts";
import {
  chainsOf,
  day,
  feedback,
  firstDay,
  policyWith,
  seasonEnd,
  type Told,
} from "../../learning/shadow/season.ts";

const escapeCode = String.fromCharCode(0x1b);
const hostile = `</svg><script>alert(1)</script> | @everyone ${escapeCode}[31m](https://evil.example) <!-- adaptive-deploy:report`;
/** Nothing in a code span is anything but text. */
const withoutCode = (text: string): string => text.replaceAll(/`[^`]*`/g, "");
const server = "https://github.com";
const said = (service: string, count: number): Told[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{
      day: index,
      service,
      points: 20 + index,
      model: { probability: 0.1 + index / 100, rank: 40 + index },
    },
    ends: index % 5 === 0 ? "failed" : "well",
  }));
const reportOf = (season: Told[], words: string[] = []) =>
  shadowReport(
    chainsOf(
      season,
      words.map((reason) => feedback(reason)),
    ),
    policyWith(),
    { now: seasonEnd, since: firstDay - day },
  );

describe("names and words of people are text", () => {
  const report = reportOf(said(hostile, 5), [hostile, hostile]);
  test.each([
    ["Markdown", renderShadowMarkdown(report, server)],
    ["a page", renderShadowReport(report, server)],
    ["a terminal", renderShadowTerminal(report, server)],
  ])("in %s", (where, text) => {
    expect(text).toContain("alert(1)");
    expect(text).not.toContain(`${escapeCode}[31m`);
    if (where === "a page") expect(text).not.toMatch(/<script|<!--/);
    if (where === "Markdown")
      expect(withoutCode(text)).not.toMatch(/<script|<!--|@everyone|\]\(https:\/\/evil/);
  });
});

test("a report of many services fits into an issue, with the verdicts in it", () => {
  const season = Array.from({ length: 60 }, (_, index) =>
    said(`service-${index}-${"x".repeat(60)}`, 12),
  ).flat();
  const text = renderShadowMarkdown(
    reportOf(
      season,
      Array.from({ length: 200 }, () => "too high ".repeat(500)),
    ),
    server,
  );
  expect(text.length).toBeLessThan(61_000);
  expect(text).toMatch(/^## Shadow report/);
  expect(text).toContain("| Service | state |");
  expect(text).toContain("_Shortened to fit. `--json` holds the rest._");
});

test("nothing to tell is said", () => {
  const text = renderShadowMarkdown(reportOf([]), server);
  expect(text).toContain("No release was found.");
  expect(renderShadowTerminal(reportOf([]), server)).toContain("No release was found.");
  expect(renderShadowReport(reportOf([]), server)).not.toContain("<svg");
});

test("one release makes a page whose pictures have no holes", () => {
  const page = renderShadowReport(reportOf(said("shop", 1)), server);
  expect(page.match(/<svg /g)).toHaveLength(2);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});
