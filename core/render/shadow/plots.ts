import type { Drawn, ServiceShadow } from "../../learning/shadow/document.ts";
import { axisText, chartOf, drawingOf, line, whisker, wholeTicks } from "../backtest/plots/chart.ts";
import { diagonal } from "../backtest/plots/curves.ts";
import { plain, xml } from "../escape.ts";
import { counted } from "../numbers.ts";
import { type Drawing, tenth } from "../verdict/plots/frame.ts";
import { percent } from "./words.ts";

/** What the model said against what came, with intervals: on the line from corner to corner both are the same. */
export function reliabilityPlot({ reliability }: ServiceShadow): Drawing {
  const title = "How likely it was said to fail, and how often it did";
  const whole = { ticks: wholeTicks, suffix: " %" };
  const chart = chartOf(title, [], { ...whole, caption: "said" }, { ...whole, caption: "" });
  const points = reliability.map((part) => ({
    ...part,
    x: chart.x(100 * part.said),
    y: chart.y(100 * part.came),
  }));
  const said = reliability.map(
    (part) =>
      `${percent(part.said)} said, ${percent(part.came)} of ${counted(part.releases, "release")} failed`,
  );
  return drawingOf(chart, title, `${said.join("; ")}.`, [
    ...chart.axes,
    diagonal(chart),
    line(
      points.map(({ x, y }) => [x, y]),
      "new",
    ),
    ...points.map(({ x, y, low, high }, index) =>
      whisker(x, y, [chart.y(100 * low), chart.y(100 * high)], "new", said[index] ?? ""),
    ),
  ]);
}

const lanes = [
  { title: "failed, asked", failed: true, asked: true },
  { title: "failed, missed", failed: true, asked: false },
  { title: "went well, asked", failed: false, asked: true },
  { title: "went well, let go", failed: false, asked: false },
] as const;
const [width, left, right, top, tall] = [480, 118, 468, 40, 38];
/** Weights above the middle of a lane, the model below it. */
const apart = 7;
/** More would be a bar of ink; the newest tell most. */
const mostDrawn = 400;

/** When each of the two would have asked for a person, and whether it was needed. */
export function timelinePlot({ releases_over_time: all }: ServiceShadow): Drawing {
  const releases = all.slice(-mostDrawn);
  const title = "Asked for a person: squares weights, dots model";
  const times = releases.map(({ at }) => Date.parse(at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const x = (at: string): number =>
    tenth(
      last > first
        ? left + 6 + ((Date.parse(at) - first) / (last - first)) * (right - left - 12)
        : (left + right) / 2,
    );
  const bottom = top + lanes.length * tall;
  const body = lanes.flatMap((lane, index) => {
    const y = top + (index + 0.5) * tall;
    const mark = (one: Drawn, who: "heuristic" | "model"): string => {
      const asked = one.asked_by === "both" || one.asked_by === who;
      if (one.failed !== lane.failed || asked !== lane.asked) return "";
      const isModel = who === "model";
      const said = `${one.at.slice(0, 10)}: the model said ${percent(one.probability)}`;
      const shape = isModel
        ? `<circle class="av-dot av-new" cx="${x(one.at)}" cy="${y + apart}" r="3.5">`
        : `<rect class="av-bar av-heuristic" x="${x(one.at) - 3}" y="${y - apart - 3}" width="6" height="6">`;
      return `${shape}<title>${xml(said)}</title></${isModel ? "circle" : "rect"}>`;
    };
    return [
      `<line class="av-grid" x1="${left}" y1="${y + tall / 2}" x2="${right}" y2="${y + tall / 2}"/>`,
      axisText(left - 8, y + 4, lane.title, "end"),
      ...releases.flatMap((one) => [mark(one, "heuristic"), mark(one, "model")]).filter(Boolean),
    ];
  });
  const ends = [...new Set([first, last])].filter(Number.isFinite);
  const dates = ends.map((time, index) =>
    axisText(
      index === 0 ? left : right,
      bottom + 17,
      new Date(time).toISOString().slice(0, 10),
      index === 0 ? "start" : "end",
    ),
  );
  const told = lanes.map(({ title: what, failed, asked }) => {
    const count = (who: "heuristic" | "model"): number =>
      releases.filter(
        (one) => one.failed === failed && (one.asked_by === "both" || one.asked_by === who) === asked,
      ).length;
    return `${what}: weights ${count("heuristic")}, model ${count("model")}`;
  });
  return drawingOf({ width, height: bottom + 30 }, title, `${told.join("; ")}.`, [
    `<text class="av-title" x="8" y="17">${xml(plain(title))}</text>`,
    ...body,
    ...dates,
  ]);
}
