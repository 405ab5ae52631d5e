import type { MetricVerdict } from "../../../analysis/verdict.ts";
import { xml } from "../../escape.ts";
import { counted, rounded } from "../../numbers.ts";
import { scaleOf, valueText } from "../units.ts";
import {
  type Drawing,
  defaultWidth,
  type Frame,
  frameOf,
  type PlotOptions,
  tenth,
  textWidth,
  titleLine,
  valueAxis,
  windowAxis,
} from "./frame.ts";
import { drawnLine, leftOutBands, nothingKnown, runsOf, sideLabels } from "./marks.ts";
import { rangeOf } from "./ticks.ts";

const weightHeight = 16;

/** Both arms over the windows, with what was left out, and the candidate's share of the traffic above. */
export function seriesPlot(metric: MetricVerdict, windowLength: string, options: PlotOptions = {}): Drawing {
  const { windows, unit } = metric;
  const values = windows.flatMap(({ baseline, candidate }) => [baseline, candidate]);
  const known = values.filter((value) => value !== null);
  const weights = windows.map(({ window }) => options.weights?.[window - 1] ?? undefined);
  const hasWeights = weights.some((weight) => weight !== undefined);
  const arms = (["candidate", "baseline"] as const).map((arm) => ({
    arm,
    values: windows.map((window) => window[arm]),
    last: windows.findLast((window) => window[arm] !== null)?.[arm] ?? null,
  }));
  const shown = arms.filter(({ last }) => last !== null);
  const frame = frameOf({
    metric,
    range: rangeOf(known),
    scaleFor: (size) => scaleOf(unit, size),
    labels: shown.map(({ arm }) => arm),
    width: options.width ?? defaultWidth,
    above: hasWeights ? weightHeight + 4 : 0,
  });
  const labels = shown.map(({ arm, last }) => ({ y: frame.y(last ?? 0), text: arm, kind: arm }));
  const what = "candidate and baseline";
  const out = windows.filter((window) => window.left_out).length;
  const description = `${counted(windows.length, "window")}, ${out} left out. Candidate ${valueText(metric.candidate, unit)}, baseline ${valueText(metric.baseline, unit)}.`;
  const body = [
    titleLine(frame, what),
    ...(hasWeights ? weightBand(frame, weights) : []),
    ...(known.length > 0 ? valueAxis(frame) : []),
    ...windowAxis(frame, windowLength),
    ...leftOutBands(frame),
    ...(known.length === 0
      ? [nothingKnown(frame, "no data")]
      : arms.toReversed().flatMap(({ arm, values: line }) => drawnLine(frame, line, arm))),
    ...sideLabels(frame, labels),
  ];
  return { width: frame.width, height: frame.height, title: `${metric.name}: ${what}`, description, body };
}

/** Steps of the rollout: the larger the share, the darker. */
function weightBand(frame: Frame, weights: readonly (number | undefined)[]): string[] {
  const top = frame.top - weightHeight - 4;
  return runsOf(weights).flatMap(({ key: weight, from, to }) => {
    const start = frame.x(from) - frame.half;
    const width = (to - from + 1) * frame.half * 2;
    const text = `${rounded(weight)} %`;
    const longer = `candidate ${text}`;
    const label = [longer, text].find((words) => textWidth(words) + 4 <= width);
    const strength = Math.min(1, Math.max(0, weight / 100));
    return [
      `<rect class="av-weight" fill-opacity="${tenth(0.1 + strength * 0.5)}" x="${tenth(start)}" y="${top}" width="${tenth(Math.max(1, width - 1))}" height="${weightHeight}"><title>${xml(longer)}</title></rect>`,
      ...(label
        ? [
            `<text class="av-label" x="${tenth(start + width / 2)}" y="${top + 12}" text-anchor="middle">${xml(label)}</text>`,
          ]
        : []),
    ];
  });
}
