import type { Backtest } from "../../../backtest/shape.ts";
import type { Drawing } from "../../verdict/plots/frame.ts";
import { niceTicks } from "../../verdict/plots/ticks.ts";
import { armWords, dayText, figureText } from "../words.ts";
import { axisText, chartOf, drawingOf, line, whisker } from "./chart.ts";

const apart = 5;

/** The area of each part of the tested time, with its interval. */
export function overTimePlot({ over_time: parts, arms }: Backtest): Drawing {
  const title = "AUC over time";
  const ends = parts.flatMap(({ auc }) =>
    auc.flatMap(({ figure }) => [figure.low ?? figure.value, figure.high ?? figure.value]),
  );
  const least = Math.min(0.5, ...ends);
  const most = Math.max(0.6, ...ends);
  const names = arms.map(({ arm }) => arm);
  const caption = "each part is asked of what was learnt before it";
  const chart = chartOf(title, names, null, { ticks: niceTicks(least, most), suffix: "", caption });
  const wide = (chart.right - chart.left) / Math.max(1, parts.length);
  const middle = (index: number): number => chart.left + wide * (index + 0.5);
  const dates = parts.map(({ from }, index) =>
    axisText(middle(index), chart.bottom + 15, dayText(from).slice(0, 7)),
  );
  const drawn = arms.map(({ arm }, place) => {
    const shift = (place - (arms.length - 1) / 2) * apart;
    const points = parts.flatMap(({ auc, from }, index) => {
      const figure = auc.find((one) => one.arm === arm)?.figure;
      if (figure === undefined) return [];
      const x = Math.round(middle(index) + shift);
      return [{ x, y: chart.y(figure.value), figure, from }];
    });
    return { arm, points };
  });
  const body = drawn.toReversed().flatMap(({ arm, points }) => [
    ...(points.length > 1
      ? [
          line(
            points.map(({ x, y }) => [x, y]),
            arm,
          ),
        ]
      : []),
    ...points.map(({ x, y, figure, from }) =>
      whisker(
        x,
        y,
        figure.low === null || figure.high === null ? null : [chart.y(figure.low), chart.y(figure.high)],
        arm,
        `${armWords[arm]}, from ${dayText(from)}: ${figureText(figure, "area")}`,
      ),
    ),
  ]);
  const said = parts.map(
    ({ from, auc }) =>
      `From ${dayText(from)}: ${auc.map(({ arm, figure }) => `${armWords[arm]} ${figureText(figure, "area")}`).join(", ")}`,
  );
  return drawingOf(chart, title, `${said.join(". ")}.`, [...chart.axes, ...dates, ...body]);
}
