import type { MetricVerdict, MetricWindow, Verdict } from "../../../analysis/verdict.ts";
import { plain, xml } from "../../escape.ts";
import { cutToWidth, displayWidth } from "../../width.ts";
import { type Scale, tickTexts } from "../units.ts";
import { niceTicks } from "./ticks.ts";

/** What the plots of one metric share: their size, both axes, and where a window and a value stand. */

export type Drawing = { width: number; height: number; title: string; description: string; body: string[] };

/** A plot is drawn for one width in pixels, so that its letters keep their size on a page and on a phone. */
export type PlotOptions = { width?: number; weights?: Verdict["weights"] };

export type Frame = {
  metric: MetricVerdict;
  windows: readonly MetricWindow[];
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** The middle of a window's place, by its position from 0. */
  x: (index: number) => number;
  /** Half of the room of one window. */
  half: number;
  /** Values beyond the axis stand at its end. */
  y: (value: number) => number;
  ticks: readonly { value: number; text: string }[];
};

export const defaultWidth = 720;
const narrowest = 280;
const plotHeight = 196;
const titleHeight = 30;
const axisHeight = 34;
/** Generous, so that no letter is cut off in a wide font. */
const columnWidth = 7;

export function textWidth(text: string): number {
  return displayWidth(text) * columnWidth;
}

type FrameInput = {
  metric: MetricVerdict;
  range: { least: number; most: number };
  scaleFor: (size: number) => Scale;
  /** Shifts carry their sign, values do not. */
  signed?: boolean;
  /** Where the range leaves some out: all that is drawn. The ends of the axis then say that they stand for more. */
  drawn?: readonly number[];
  /** Labels to the right of the plot, which takes their room. */
  labels: readonly string[];
  width: number;
  /** Room between the title and the plot. */
  above?: number;
};

export function frameOf(input: FrameInput): Frame {
  const { metric, range, scaleFor, labels, width, above = 0 } = input;
  const { divisor, suffix } = scaleFor(Math.max(Math.abs(range.least), Math.abs(range.most)));
  const marks = niceTicks(range.least / divisor, range.most / divisor);
  const values = marks.map((mark) => mark * divisor);
  const low = Math.min(values[0] ?? 0, range.least);
  const high = Math.max(values.at(-1) ?? 1, range.most);
  const texts = tickTexts(marks, suffix).map((text, index) => {
    const end =
      index === 0 ? beyond(input, low, -1) : index === marks.length - 1 ? beyond(input, high, 1) : "";
    return `${end}${input.signed && (marks[index] ?? 0) > 0 ? "+" : ""}${text}`;
  });
  const outer = Math.max(narrowest, Math.min(4000, Math.round(width) || defaultWidth));
  // Where there is room for it, all plots of a metric begin and end at the same places.
  const [leastLeft, leastRight] = outer < 600 ? [28, 4] : [64, 130];
  const left = Math.min(120, Math.max(leastLeft, ...texts.map((text) => textWidth(text) + 12)));
  const right = outer - Math.min(150, Math.max(leastRight, ...labels.map((text) => textWidth(text) + 10)));
  const top = titleHeight + above;
  const bottom = titleHeight + above + plotHeight - axisHeight - titleHeight;
  const count = Math.max(1, metric.windows.length);
  const half = (right - left) / count / 2;
  const share = (value: number) => Math.min(1, Math.max(0, (value - low) / (high - low)));
  return {
    metric,
    windows: metric.windows,
    width: outer,
    height: bottom + axisHeight,
    left,
    right,
    top,
    bottom,
    x: (index) => tenth(left + half * (2 * index + 1)),
    half,
    y: (value) => tenth(bottom - share(value) * (bottom - top)),
    ticks: values.map((value, index) => ({ value, text: texts[index] ?? "" })),
  };
}

function beyond({ drawn = [] }: FrameInput, end: number, side: 1 | -1): string {
  const isBeyond = drawn.some((value) => (value - end) * side > 0);
  if (!isBeyond) return "";
  return side > 0 ? "≥ " : "≤ ";
}

export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The metric's name may be long; what the plot shows is never cut off. */
export function titleLine(frame: Frame, what: string, aside = ""): string {
  const columns = Math.floor((frame.width - 16) / 8.5);
  const name = cutToWidth(plain(frame.metric.name), Math.max(8, columns - displayWidth(what + aside) - 2));
  const room = cutToWidth(aside, columns - displayWidth(`${name}: ${what}`));
  const rest = aside === "" ? "" : `<tspan class="av-text-candidate">${xml(room)}</tspan>`;
  return `<text class="av-title" x="8" y="17">${xml(`${name}: ${what}`)}${rest}</text>`;
}

/** Grid and values at the left. */
export function valueAxis({
  left,
  right,
  y,
  ticks,
}: Pick<Frame, "left" | "right" | "y" | "ticks">): string[] {
  return ticks.flatMap(({ value, text }) => [
    `<line class="av-grid" x1="${tenth(left)}" y1="${y(value)}" x2="${tenth(right)}" y2="${y(value)}"/>`,
    `<text class="av-axis" x="${tenth(left - 6)}" y="${tenth(y(value) + 4)}" text-anchor="end">${xml(text)}</text>`,
  ]);
}

/** As many numbers of windows as have room, and what the bands behind the lines mean. */
export function windowAxis({ windows, half, x, width, bottom }: Frame, windowLength: string): string[] {
  const room = Math.max(...windows.map(({ window }) => textWidth(String(window))), 0) + 8;
  const apart = stepFor(Math.max(1, Math.ceil(room / Math.max(0.01, half * 2))));
  const isShown = (index: number) =>
    x(index) > room / 2 &&
    x(index) < width - room / 2 &&
    ((index + 1) % apart === 0 || (index === 0 && (apart - 1) * half * 2 > room));
  const numbers = windows.flatMap(({ window }, index) =>
    isShown(index)
      ? [`<text class="av-axis" x="${x(index)}" y="${bottom + 15}" text-anchor="middle">${window}</text>`]
      : [],
  );
  const out = new Set(windows.map((window) => window.left_out));
  const notes = [
    out.has("warm-up") ? "grey: warm-up" : "",
    out.has("missing") || out.has("impossible")
      ? `dotted: ${out.has("impossible") ? "no possible data" : "no data"}`
      : "",
  ].filter(Boolean);
  const full = `window, ${plain(windowLength, 24)} each`;
  const captions = [[full, ...notes].join(" · "), ["window", ...notes].join(" · ")];
  const fitting = captions.find((text) => textWidth(text) <= width) ?? "window";
  return [
    ...numbers,
    `<text class="av-axis" x="${tenth(width / 2)}" y="${bottom + 29}" text-anchor="middle">${xml(fitting)}</text>`,
  ];
}

/** 1, 2, 5, 10, 20 … windows between two numbers. */
function stepFor(least: number): number {
  for (let power = 1; ; power *= 10)
    for (const digit of [1, 2, 5]) if (digit * power >= least) return digit * power;
}
