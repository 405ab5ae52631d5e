import type { ArmName } from "../../../backtest/arms.ts";
import { plain, xml } from "../../escape.ts";
import { type Drawing, tenth, valueAxis } from "../../verdict/plots/frame.ts";
import { tickTexts } from "../../verdict/units.ts";
import { armWords } from "../words.ts";

/** What the pictures of a backtest share: two axes with numbers, and where a pair of values stands between them. */
export type Chart = {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: (value: number) => number;
  y: (value: number) => number;
  axes: string[];
};

export const plotWidth = 480;
const height = 300;
const left = 52;
const top = 52;
const bottom = height - 46;

export type Axis = { ticks: readonly number[]; suffix: string; caption: string };

/** All of a whole, in quarters. */
export const wholeTicks = [0, 25, 50, 75, 100];

export function chartOf(title: string, arms: readonly ArmName[], across: Axis | null, up: Axis): Chart {
  const right = plotWidth - 18;
  const upTicks = up.ticks;
  const y = placeOn(upTicks, bottom, top);
  const upTexts = tickTexts(upTicks, up.suffix);
  const ticks = upTicks.map((value, index) => ({ value, text: upTexts[index] ?? "" }));
  const acrossTicks = across?.ticks ?? [0, 1];
  const x = placeOn(acrossTicks, left, right);
  const acrossTexts = tickTexts(acrossTicks, across?.suffix ?? "");
  const numbers = across
    ? acrossTicks.map((value, index) => axisText(x(value), bottom + 15, acrossTexts[index] ?? ""))
    : [];
  return {
    ...{ width: plotWidth, height, left, right, top, bottom, x, y },
    axes: [
      `<text class="av-title" x="8" y="17">${xml(title)}</text>`,
      ...legend(arms),
      ...valueAxis({ left, right, y, ticks }),
      ...numbers,
      axisText((left + right) / 2, bottom + 32, across?.caption ?? up.caption),
    ],
  };
}

function placeOn(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  return (value) => tenth(from + Math.min(1, Math.max(0, (value - low) / (high - low))) * (to - from));
}

/** A piece of each line with whose it is. */
function legend(arms: readonly ArmName[]): string[] {
  return arms.flatMap((arm, index) => {
    const from = 8 + index * 116;
    return [
      line(
        [
          [from, 34],
          [from + 24, 34],
        ],
        arm,
      ),
      `<text class="av-label av-text-${arm}" x="${from + 30}" y="38">${xml(armWords[arm])}</text>`,
    ];
  });
}

export function axisText(x: number, y: number, text: string, anchor = "middle"): string {
  return `<text class="av-axis" x="${tenth(x)}" y="${tenth(y)}" text-anchor="${anchor}">${xml(text)}</text>`;
}

export function line(points: readonly (readonly [number, number])[], kind: string): string {
  return `<polyline class="av-line av-${kind}" points="${points.map(([x, y]) => `${x},${y}`).join(" ")}"/>`;
}

/** A dot with the interval that it stands for; what it says is told where a pointer rests on it. */
export function whisker(
  x: number,
  y: number,
  ends: readonly [number, number] | null,
  kind: string,
  what: string,
): string {
  const bar =
    ends === null
      ? ""
      : `<line class="av-whisker av-${kind}" x1="${x}" y1="${ends[0]}" x2="${x}" y2="${ends[1]}"/>`;
  return `<g>${bar}<circle class="av-dot av-${kind}" cx="${x}" cy="${y}" r="3"/><title>${xml(what)}</title></g>`;
}

export function drawingOf(
  { width, height: tall }: Pick<Chart, "width" | "height">,
  title: string,
  description: string,
  body: string[],
): Drawing {
  return { width, height: tall, title: plain(title, 120), description: plain(description, 1900), body };
}
