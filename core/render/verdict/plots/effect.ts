import type { MetricVerdict } from "../../../analysis/verdict.ts";
import { type Effect, effectScale, intervalText, lengthText, type Scale, type Unit } from "../units.ts";
import { effectUnitOf, windowInterval } from "../words.ts";
import {
  type Drawing,
  defaultWidth,
  type Frame,
  frameOf,
  type PlotOptions,
  tenth,
  titleLine,
  valueAxis,
  windowAxis,
} from "./frame.ts";
import { drawnLine, leftOutBands, nothingKnown, runsOf, sideLabels } from "./marks.ts";
import { bounded, rangeOf } from "./ticks.ts";

/** The shift with its interval after each window, against zero and the smallest shift that matters. */
export function effectPlot(metric: MetricVerdict, windowLength: string, options: PlotOptions = {}): Drawing {
  const intervals = metric.windows.map((window) => windowInterval(metric, window));
  const unit = effectUnitOf(metric);
  const limits = limitsOf(metric);
  const marginText =
    limits.length > 0 ? `margin ${lengthText(metric.effect?.margin ?? 0, unit, metric.unit)}` : "";
  const frame = frameOf({
    metric,
    range: effectRange(intervals, limits),
    drawn: intervals.flatMap((interval) =>
      interval ? [interval.lower, interval.upper, interval.estimate] : [],
    ),
    scaleFor: (size) => axisScale(unit, metric.unit, size),
    signed: true,
    labels: ["no change", marginText],
    width: options.width ?? defaultWidth,
  });
  const known = intervals.some((interval) => interval !== undefined);
  const what = `effect so far${unit === "points" ? ", in points" : ""}`;
  const labels = [
    { y: frame.y(0), text: "no change", kind: "quiet" },
    ...limits.map((limit) => ({ y: frame.y(limit), text: marginText, kind: "candidate" })),
  ];
  const body = [
    titleLine(frame, what),
    ...limits.map((limit) => beyond(frame, limit)),
    ...(known ? valueAxis(frame) : []),
    ...windowAxis(frame, windowLength),
    ...leftOutBands(frame),
    level(frame, 0, "zero"),
    ...limits.map((limit) => level(frame, limit, "limit")),
    ...(known ? band(frame, intervals) : [nothingKnown(frame, "no effect known")]),
    ...drawnLine(
      frame,
      intervals.map((interval) => interval?.estimate ?? null),
      "effect",
    ),
    ...sideLabels(frame, labels),
  ];
  const description = metric.effect
    ? `After all windows ${intervalText(metric.effect, metric.unit)}. ${marginText}.`
    : "No effect is known.";
  return { width: frame.width, height: frame.height, title: `${metric.name}: ${what}`, description, body };
}

/** Points stand in the title, where they do not take the room of the plot. */
function axisScale(effectUnit: Effect["unit"], unit: Unit, size: number): Scale {
  const scale = effectScale(effectUnit, unit, size);
  return { ...scale, suffix: scale.suffix.replace(/ points$/u, "") };
}

/** Where harm begins: above, below or on both sides of no change. */
function limitsOf({ effect, worse }: MetricVerdict): number[] {
  if (!effect || effect.margin === 0) return [];
  const margin = bounded(Math.abs(effect.margin));
  if (worse === "either") return [margin, -margin];
  return [worse === "higher" ? margin : -margin];
}

type Intervals = readonly ReturnType<typeof windowInterval>[];

/** The first windows know little: their ends are cut off, so that the last ones can be read. */
function effectRange(intervals: Intervals, limits: readonly number[]): { least: number; most: number } {
  const known = intervals.filter((interval) => interval !== undefined);
  const settled = known.slice(Math.floor(known.length / 3));
  const values = [
    ...settled.flatMap(({ lower, upper, estimate }) => [lower, upper, estimate]),
    ...limits.map((limit) => limit * 1.25),
  ];
  return rangeOf(values, true);
}

function level(frame: Frame, value: number, kind: string): string {
  const y = frame.y(value);
  return `<line class="av-${kind}" x1="${tenth(frame.left)}" y1="${y}" x2="${tenth(frame.right)}" y2="${y}"/>`;
}

function beyond(frame: Frame, limit: number): string {
  const [top, bottom] = limit > 0 ? [frame.top, frame.y(limit)] : [frame.y(limit), frame.bottom];
  return `<rect class="av-harm" x="${tenth(frame.left)}" y="${top}" width="${tenth(frame.right - frame.left)}" height="${tenth(Math.max(0, bottom - top))}"/>`;
}

/** An area through neighbours; a window by itself has an upright bar. */
function band(frame: Frame, intervals: Intervals): string[] {
  return runsOf(intervals.map((interval) => (interval ? "known" : undefined))).map(({ from, to }) => {
    const shown = intervals.slice(from, to + 1);
    const edge = (side: "lower" | "upper") =>
      shown.map((interval, offset) => [frame.x(from + offset), frame.y(interval?.[side] ?? 0)] as const);
    const [upper, lower] = [edge("upper"), edge("lower").toReversed()];
    if (from < to) {
      const points = [...upper, ...lower].map(([x, y]) => `${x},${y}`).join(" ");
      return `<polygon class="av-interval" points="${points}"/>`;
    }
    const [x, high] = upper[0] ?? [0, 0];
    const low = lower[0]?.[1] ?? 0;
    const half = Math.min(6, frame.half);
    const [top, height] = [Math.min(high, low), Math.max(1, tenth(Math.abs(low - high)))];
    return `<rect class="av-interval" x="${tenth(x - half)}" y="${top}" width="${tenth(half * 2)}" height="${height}"/>`;
  });
}
