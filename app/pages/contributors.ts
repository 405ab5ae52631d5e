import type { Decision } from "../../core/decision/shape.ts";
import { plain } from "../../core/render/escape.ts";
import { signed } from "../../core/render/numbers.ts";
import { type PrintedReason, printedReasons } from "../../core/render/points.ts";
import { typicalWords, valueWords } from "../../core/render/values.ts";
import { html, type Markup } from "./html.ts";
import { table } from "./table.ts";

/** The drawn contributors in figures, for a screen reader and for a phone, where a bar stands in each row instead. */
export function contributorTable(decision: Decision): Markup {
  const reasons = printedReasons(decision);
  if (reasons.length === 0) return html`<p>Nothing sets this change apart from the typical one here.</p>`;
  const ends = runningEnds(decision.reference_score, reasons);
  const rows = reasons.map((reason, index) => ({ reason, ...(ends[index] ?? { from: 0, to: 0 }) }));
  const scale = scaleOf(ends);
  return table(
    "Each contributor, and what is typical here",
    [
      { title: "Contributor", heads: true, cell: ({ reason }) => plain(reason.sentence, 240) },
      { title: "This change", cell: ({ reason }) => valueWords(reason.name, reason.value) || "–" },
      { title: "Typical here", cell: ({ reason }) => typicalWords(reason.value, reason.typical) || "–" },
      {
        title: "Points",
        kind: "number",
        cell: ({ reason, from, to }) => html`${signed(reason.points)}${bar(from, to, scale)}`,
      },
    ],
    rows,
  );
}

/** Each bar begins where the one above it ended, as in the drawing. */
function runningEnds(start: number, reasons: readonly PrintedReason[]): { from: number; to: number }[] {
  let running = start;
  return reasons.map(({ points }) => {
    const from = running;
    running += points;
    return { from, to: running };
  });
}

type Scale = { least: number; most: number };

/** As wide as the drawing: what the cap cuts off lies beyond 100 and is shown all the same. */
function scaleOf(ends: readonly { from: number; to: number }[]): Scale {
  const all = ends.flatMap(({ from, to }) => [from, to]);
  return { least: Math.min(0, ...all), most: Math.max(100, ...all) };
}

function bar(from: number, to: number, { least, most }: Scale): Markup {
  const at = (points: number) => Math.round(((points - least) / (most - least)) * 1000) / 10;
  const left = Math.min(99, at(Math.min(from, to)));
  const width = Math.max(1, at(Math.max(from, to)) - left);
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect
class="track" width="100" height="8"/><rect class="${to > from ? "raises" : "lowers"}" x="${left}" width="${width}" height="8"/></svg>`;
}
