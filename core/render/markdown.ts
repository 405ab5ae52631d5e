import type { Decision } from "../decision/shape.ts";
import { bar } from "./bars.ts";
import { cell, code, codeCell, inline } from "./escape.ts";
import { scoreInShort } from "./model-says.ts";
import { counted, grouped, signed } from "./numbers.ts";
import { paceWithWindows } from "./plan.ts";
import { largestPoints, type ShownReasons } from "./points.ts";
import { historyIsThin, type Voice } from "./sentences.ts";
import { typicalWords, valueWords } from "./values.ts";
import { serviceOutcome, shortAsk, strictestFirst } from "./words.ts";

/** For headings, which are bold as they are. */
export const headingVoice: Voice = { show: inline, name: (text) => code(text, 80), strong: (text) => text };

export const markdownVoice: Voice = {
  show: inline,
  name: (text) => code(text, 80),
  strong: (text) => `**${text}**`,
};

/**
 * Reasons with what is typical here, a bar and whole points. A figure may wrap under its bar: on a phone it then
 * stays in sight, where the table would otherwise have to be scrolled.
 */
export function reasonsTable(decision: Decision, shown: ShownReasons): string {
  const thin = historyIsThin(decision);
  const largest = largestPoints(shown);
  const points = (value: number) => `\`${bar(value, largest)}\` **${signed(value)}**`;
  const rows = shown.rows.map((reason) => {
    const value = cell(valueWords(reason.name, reason.value), 40);
    const typical = cell(typicalWords(reason.value, reason.typical), 40);
    return [cell(reason.sentence), value, typical, points(reason.points)];
  });
  if (shown.rest) {
    const even = shown.rest.points === 0;
    const label = `${counted(shown.rest.count, "smaller reason")}${even ? ", which cancel out" : ""}`;
    rows.push([label, "", "", even ? "0" : points(shown.rest.points)]);
  }
  const headings = ["Why", "--: this change", "--: typical here", "points"];
  const columns = (cells: readonly string[]) => (thin ? cells.filter((_, index) => index !== 2) : cells);
  return markdownTable(columns(headings), rows.map(columns));
}

/** Services, the strictest first; the answers are a column only where one of them may not simply go. */
export function servicesTable(decision: Decision, most: number): string {
  const sorted = strictestFirst(decision);
  const answers = sorted.map((service) => shortAsk(service, serviceOutcome(decision, service)));
  const differ = answers.some((answer) => answer !== "may go");
  const rows = sorted.slice(0, most).map((service, index) => {
    const score = index === 0 ? `**${scoreInShort(service)}**` : scoreInShort(service);
    const cells = [codeCell(service.name), score, cell(paceWithWindows(service.strategy, service.pace))];
    return differ ? [...cells, answers[index] ?? ""] : cells;
  });
  const more = sorted.length - rows.length;
  const rest = more > 0 ? `\n\nand ${grouped(more)} more services, none stricter than these.` : "";
  return markdownTable(["Service", "--: score", "rollout", ...(differ ? ["answer"] : [])], rows) + rest;
}

/** A table; a heading may begin with its column's alignment, as in "--: Score". Nothing where there are no rows. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const names = headings.map((heading) => heading.replace(/^--: /u, ""));
  const rules = headings.map((heading) => (heading.startsWith("--: ") ? "--:" : ":--"));
  return [names, rules, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

export function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
