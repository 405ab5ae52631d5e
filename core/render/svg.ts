import type { Decision } from "../decision/shape.ts";
import { plain, xml } from "./escape.ts";
import { modelLeads, scoreWords } from "./model-says.ts";
import { counted, signed } from "./numbers.ts";
import { type PrintedReason, printedReasons, topReasons } from "./points.ts";
import { historyIsThin } from "./sentences.ts";
import { cutToWidth, wrapToWidth } from "./width.ts";
import { levelOfAnswer } from "./words.ts";

/** A waterfall from the typical change to this one: a picture that needs no font, script or network. */

const width = 760;
const rowHeight = 30;
const top = 46;
const chartLeft = 318;
const chartRight = width - 64;
const labelColumns = 42;
const farthestTicks = 8;
const mostReasons = 10;

type Kind = "reference" | "raises" | "lowers" | "cap" | "low" | "medium" | "high";
type Row = { full: string; from: number; to: number; kind: Kind; figure: string };

export function renderSvg(decision: Decision): string {
  const rows = waterfall(decision);
  const height = top + rows.length * rowHeight + 30;
  const scale = scaleFor(rows);
  const level = levelOfAnswer(decision);
  const title = modelLeads(decision)
    ? `Risk, ${scoreWords(decision)}: ${level}`
    : `Risk ${decision.risk_score} of 100: ${level}`;
  const description = rows.map((row) => `${row.full}: ${row.figure}`).join("; ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="ad-title ad-description">`,
    `<title id="ad-title">${xml(title)}</title>`,
    `<desc id="ad-description">${xml(description, 2000)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="ad-page" width="${width}" height="${height}" rx="6"/>`,
    `<text class="ad-title" x="16" y="28">${xml(title)}</text>`,
    ...gridLines(scale, height),
    ...rows.flatMap((row, index) => drawnRow(row, index, rows[index + 1], scale)),
    "</svg>",
    "",
  ].join("\n");
}

function waterfall(decision: Decision): Row[] {
  const { reference_score: reference, risk_score: score } = decision;
  const { rows, rest } = topReasons(printedReasons(decision), mostReasons);
  const steps = rows.map((reason) => ({
    full: plain(reason.sentence, 160),
    points: reason.points,
    kind: kindOf(reason),
  }));
  if (rest && rest.points !== 0)
    steps.push({ full: counted(rest.count, "smaller reason"), points: rest.points, kind: kindOf(rest) });
  let running = reference;
  const changes = steps.map(({ full, points, kind }): Row => {
    const from = running;
    running += points;
    return { full, from, to: running, kind, figure: signed(points) };
  });
  const start = referenceTitle(decision);
  return [
    { full: start, from: 0, to: reference, kind: "reference", figure: String(reference) },
    ...changes,
    {
      full: "This change",
      from: 0,
      to: score,
      kind: levelOfAnswer(decision),
      figure: String(score),
    },
  ];
}

function referenceTitle(decision: Decision): string {
  if (modelLeads(decision)) return "The average change";
  return historyIsThin(decision) ? "An empty change" : "The typical change here";
}

/** The cap neither raises nor lowers a risk: it is drawn in the colour of the typical change. */
function kindOf(reason: { kind?: PrintedReason["kind"]; points: number }): Kind {
  if (reason.kind === "cap") return "cap";
  return reason.points > 0 ? "raises" : "lowers";
}

type Scale = { at: (points: number) => number; least: number; most: number };

/** A score ends at 0 and at 100; what the cap cuts off lies beyond and is drawn all the same. */
function scaleFor(rows: readonly Row[]): Scale {
  const ends = rows.flatMap((row) => [row.from, row.to]);
  const least = Math.min(0, ...ends);
  const most = Math.max(100, ...ends);
  const perPoint = (chartRight - chartLeft) / (most - least);
  return { at: (points) => Math.round((chartLeft + (points - least) * perPoint) * 10) / 10, least, most };
}

function gridLines(scale: Scale, height: number): string[] {
  const bottom = height - 22;
  return ticksOf(scale).flatMap((points) => {
    const x = scale.at(points);
    return [
      `<line class="ad-grid" x1="${x}" y1="${top - 4}" x2="${x}" y2="${bottom}"/>`,
      `<text class="ad-axis" x="${x}" y="${bottom + 14}" text-anchor="middle">${points}</text>`,
    ];
  });
}

/** Every 25 points from end to end; more of them where a bar is far beyond. */
function ticksOf({ least, most }: Scale): number[] {
  const apart = 25 * Math.max(1, Math.ceil((most - least) / (25 * farthestTicks)));
  const first = Math.ceil(least / apart);
  const count = Math.floor(most / apart) - first + 1;
  return Array.from({ length: count }, (_, index) => (first + index) * apart);
}

/** A sentence that is too long for one line takes two smaller ones. */
function labelLines(row: Row, y: number, strong: string): string[] {
  const [first = "", ...more] = wrapToWidth(row.full, labelColumns);
  if (more.length === 0) return [`<text class="ad-label${strong}" x="16" y="${y + 18}">${xml(first)}</text>`];
  return [first, cutToWidth(more.join(" "), labelColumns)].map(
    (line, index) => `<text class="ad-label ad-two" x="16" y="${y + 12 + index * 13}">${xml(line)}</text>`,
  );
}

function drawnRow(row: Row, index: number, next: Row | undefined, scale: Scale): string[] {
  const y = top + index * rowHeight;
  const left = scale.at(Math.min(row.from, row.to));
  const right = scale.at(Math.max(row.from, row.to));
  const barWidth = Math.max(1.5, Math.round((right - left) * 10) / 10);
  const joint = scale.at(row.to);
  const strong = ["raises", "lowers", "cap"].includes(row.kind) ? "" : " ad-strong";
  return [
    `<g><title>${xml(row.full)}: ${xml(row.figure)}</title>`,
    ...labelLines(row, y, strong),
    `<rect class="ad-${row.kind}" x="${left}" y="${y + 5}" width="${barWidth}" height="18" rx="2"/>`,
    `<text class="ad-figure${strong}" x="${Math.round((right + 6) * 10) / 10}" y="${y + 18}">${xml(row.figure)}</text>`,
    ...(next
      ? [`<line class="ad-joint" x1="${joint}" y1="${y + 23}" x2="${joint}" y2="${y + rowHeight + 5}"/>`]
      : []),
    "</g>",
  ];
}

const palette = {
  light: {
    page: "#ffffff",
    text: "#1f2328",
    quiet: "#59636e",
    grid: "#d1d9e0",
    reference: "#818b98",
    cap: "#818b98",
    raises: "#cf5b16",
    lowers: "#1a7f37",
    low: "#2da44e",
    medium: "#bf8700",
    high: "#cf222e",
  },
  dark: {
    page: "#0d1117",
    text: "#f0f6fc",
    quiet: "#9198a1",
    grid: "#3d444d",
    reference: "#9198a1",
    cap: "#9198a1",
    raises: "#f0883e",
    lowers: "#3fb950",
    low: "#3fb950",
    medium: "#d29922",
    high: "#f85149",
  },
};

function coloursOf(theme: keyof typeof palette): string {
  const colour = palette[theme];
  const bars = (["reference", "raises", "lowers", "cap", "low", "medium", "high"] as const)
    .map((kind) => `.ad-${kind}{fill:${colour[kind]}}`)
    .join("");
  return (
    `.ad-page{fill:${colour.page}}.ad-title,.ad-label,.ad-figure{fill:${colour.text}}.ad-axis{fill:${colour.quiet}}` +
    `.ad-grid{stroke:${colour.grid}}.ad-joint{stroke:${colour.quiet}}${bars}`
  );
}

const style =
  "text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif}.ad-title{font-size:16px;font-weight:600}" +
  ".ad-strong{font-weight:600}.ad-two{font-size:11.5px}.ad-axis{font-size:11px}.ad-grid{stroke-width:1}.ad-joint{stroke-width:1;stroke-dasharray:2 2}" +
  `${coloursOf("light")}@media (prefers-color-scheme:dark){${coloursOf("dark")}}`;
