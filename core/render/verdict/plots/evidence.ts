import type { MetricVerdict } from "../../../analysis/verdict.ts";
import { figureText, scaleOf } from "../units.ts";
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
import { drawnLine, leftOutBands, nothingKnown, sideLabels } from "./marks.ts";
import { bounded, rangeOf } from "./ticks.ts";

/** The evidence of harm after each window against the boundary, with the window at which it was crossed. */
export function evidencePlot(
  metric: MetricVerdict,
  windowLength: string,
  options: PlotOptions = {},
): Drawing {
  const { boundary, value, crossed_at: crossedAt } = metric.evidence;
  const line = metric.windows.map((window) => window.evidence);
  const known = line.filter((evidence) => evidence !== null);
  const label = `boundary ${figureText(boundary)}`;
  const frame = frameOf({
    metric,
    range: evidenceRange(known, boundary),
    drawn: known,
    scaleFor: (size) => scaleOf("number", size),
    labels: [label, "evidence"],
    width: options.width ?? defaultWidth,
  });
  const last = known.at(-1);
  const what = crossedAt === null ? "evidence of harm" : "evidence";
  const aside = crossedAt === null ? "" : `, crossed at window ${crossedAt}`;
  const y = frame.y(boundary);
  const body = [
    titleLine(frame, what, aside),
    ...valueAxis(frame),
    ...windowAxis(frame, windowLength),
    ...leftOutBands(frame),
    `<line class="av-limit" x1="${tenth(frame.left)}" y1="${y}" x2="${tenth(frame.right)}" y2="${y}"/>`,
    ...(known.length === 0 ? [nothingKnown(frame, "no data")] : drawnLine(frame, line, "effect")),
    ...crossing(frame, crossedAt),
    ...sideLabels(frame, [
      { y, text: label, kind: "candidate" },
      ...(last === undefined ? [] : [{ y: frame.y(last), text: "evidence", kind: "effect" }]),
    ]),
  ];
  const crossed = crossedAt === null ? "The boundary was not crossed." : `Crossed at window ${crossedAt}.`;
  const highest =
    value === null ? "No evidence is known." : `Highest ${figureText(value)} of ${figureText(boundary)}.`;
  return {
    width: frame.width,
    height: frame.height,
    title: `${metric.name}: ${what}`,
    description: `${highest} ${crossed}`,
    body,
  };
}

/** Evidence far below zero speaks for the candidate; how far does not matter. */
function evidenceRange(known: readonly number[], boundary: number): { least: number; most: number } {
  const floor = -Math.max(1, bounded(Math.abs(boundary)) / 2);
  const values = known.map((evidence) => Math.max(floor, evidence));
  return rangeOf([...values, bounded(boundary) * 1.1], true);
}

/** A ring, and a line down to the window's number: its words stand in the title, where nothing can cover them. */
function crossing({ windows, x, y, bottom }: Frame, crossedAt: number | null): string[] {
  const index = windows.findIndex(({ window }) => window === crossedAt);
  const evidence = windows[index]?.evidence;
  if (evidence === undefined || evidence === null) return [];
  return [
    `<line class="av-drop" x1="${x(index)}" y1="${y(evidence)}" x2="${x(index)}" y2="${bottom}"/>`,
    `<circle class="av-ring" cx="${x(index)}" cy="${y(evidence)}" r="7"/>`,
  ];
}
