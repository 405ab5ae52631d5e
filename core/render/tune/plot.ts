import type { JudgeFigures, TargetFigures } from "../../analysis/tune/trade-off.ts";
import type { Tuning } from "../../analysis/tune/tuning.ts";
import { plain, xml } from "../escape.ts";
import { type Drawing, defaultWidth, tenth, textWidth, valueAxis } from "../verdict/plots/frame.ts";
import { sideLabels } from "../verdict/plots/marks.ts";
import { niceTicks, rangeOf } from "../verdict/plots/ticks.ts";
import { tickTexts } from "../verdict/units.ts";
import { cutToWidth } from "../width.ts";
import { judgeName } from "./words.ts";

/** False alarms against what they buy: how much of each target is found, and how soon. */

const panelHeight = 200;
const left = 56;
const mostTargets = 6;

export function tradeOffPlot({ judges, promised }: Tuning, width = defaultWidth): Drawing {
  const targets = (judges[0]?.targets ?? []).slice(0, mostTargets);
  const panels = [
    panel(judges, targets, promised, width, {
      title: "found, of rollouts with the harm",
      suffix: " %",
      figureOf: ({ found, of }) => (of > 0 ? (100 * found) / of : null),
    }),
    panel(judges, targets, promised, width, {
      title: "minutes until half of them were found",
      suffix: " min",
      figureOf: ({ median_minutes: minutes }) => minutes,
    }),
  ];
  const body = panels.map(
    (lines, index) => `<g transform="translate(0 ${index * panelHeight})">${lines.join("\n")}</g>`,
  );
  return {
    width,
    height: panels.length * panelHeight + 8,
    title: "False alarms against detection",
    description: judges.map((one) => `${judgeName(one)}: ${described(one)}`).join(" "),
    body,
  };
}

function described({ false_alarms: { alarms, of }, targets }: JudgeFigures): string {
  const found = targets.map(
    (target) =>
      `${target.target} ${target.found} of ${target.of}, median ${target.median_minutes ?? "no"} minutes`,
  );
  return `${alarms} false alarms of ${of}; ${found.join("; ")}.`;
}

type Panel = { title: string; suffix: string; figureOf(target: TargetFigures): number | null };
type Point = { x: number; y: number; judge: JudgeFigures };

function panel(
  judges: readonly JudgeFigures[],
  targets: readonly TargetFigures[],
  promised: number,
  width: number,
  { title, suffix, figureOf }: Panel,
): string[] {
  const alarms = judges.map(alarmPercent);
  const acrossTicks = niceTicks(0, Math.max(100 * promised * 1.5, ...alarms));
  const values = judges.flatMap((judge) => judge.targets.flatMap((target) => figureOf(target) ?? []));
  const range = rangeOf(values);
  const upTicks = niceTicks(
    Math.max(0, range.least),
    suffix === " %" ? Math.min(100, range.most) : range.most,
  );
  const [top, bottom] = [30, panelHeight - 42];
  const labels = targets.map(({ target }) => cutToWidth(plain(target), 22));
  const right = width - Math.min(190, Math.max(90, ...labels.map((label) => textWidth(label) + 10)));
  const place = (value: number, ticks: readonly number[], from: number, to: number): number => {
    const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
    return tenth(from + Math.min(1, Math.max(0, (value - low) / (high - low))) * (to - from));
  };
  const x = (value: number): number => place(value, acrossTicks, left, right);
  const y = (value: number): number => place(value, upTicks, bottom, top);
  const upTexts = tickTexts(upTicks, suffix);
  const points = targets.map((target, index) =>
    judges.flatMap((judge): Point[] => {
      const own = judge.targets[index];
      const value = own && own.metric === target.metric ? figureOf(own) : null;
      return value === null ? [] : [{ x: x(alarmPercent(judge)), y: y(value), judge }];
    }),
  );
  return [
    `<text class="av-title" x="8" y="17">${xml(title)}</text>`,
    ...valueAxis({
      left,
      right,
      y,
      ticks: upTicks.map((value, index) => ({ value, text: upTexts[index] ?? "" })),
    }),
    ...acrossTicks.map(
      (value, index) =>
        `<text class="av-axis" x="${x(value)}" y="${bottom + 15}" text-anchor="middle">${xml(tickTexts(acrossTicks, " %")[index] ?? "")}</text>`,
    ),
    `<text class="av-axis" x="${tenth(width / 2)}" y="${bottom + 30}" text-anchor="middle">false alarms · dashed: policy's promise · rings: other judges</text>`,
    `<line class="av-limit" x1="${x(100 * promised)}" y1="${top}" x2="${x(100 * promised)}" y2="${bottom}"/>`,
    ...points.flatMap((own, index) => drawnTarget(own, kindOf(index))),
    ...sideLabels(
      { top, bottom, right },
      points.flatMap((own, index) => {
        const last = own.filter(isOurs).at(-1) ?? own.at(-1);
        return last ? [{ y: last.y, text: labels[index] ?? "", kind: kindOf(index) }] : [];
      }),
    ),
  ];
}

const kinds = ["baseline", "candidate", "effect"] as const;
const kindOf = (index: number): string => kinds[index % kinds.length] ?? "effect";
const isOurs = ({ judge }: Point): boolean => judge.judge === "sequential";
const alarmPercent = ({ false_alarms: { alarms, of } }: JudgeFigures): number =>
  of > 0 ? (100 * alarms) / of : 0;

/** Our rates are joined by a line; the one that policy has is larger, and Kayenta is a ring by itself. */
function drawnTarget(points: readonly Point[], kind: string): string[] {
  const ours = points.filter(isOurs);
  const line = ours.map(({ x, y }) => `${x},${y}`).join(" ");
  return [
    ...(ours.length > 1 ? [`<polyline class="av-line av-${kind}" points="${line}"/>`] : []),
    ...points.map(({ x, y, judge }) => {
      const named = `<title>${xml(judgeName(judge))}</title>`;
      return judge.judge !== "sequential"
        ? `<circle class="av-hollow av-${kind}" cx="${x}" cy="${y}" r="6">${named}</circle>`
        : `<circle class="av-dot av-${kind}" cx="${x}" cy="${y}" r="${judge.policys_own ? 5 : 3}">${named}</circle>`;
    }),
  ];
}
