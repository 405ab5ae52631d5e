import type { Backtest } from "../../../backtest/shape.ts";
import { counted } from "../../numbers.ts";
import type { Drawing } from "../../verdict/plots/frame.ts";
import { armWords, percent } from "../words.ts";
import { chartOf, drawingOf, line, whisker, wholeTicks } from "./chart.ts";
import { diagonal } from "./curves.ts";

/** What was said against what came: on the line from corner to corner both are the same. */
export function reliabilityPlot({ arms }: Backtest): Drawing {
  const title = "How likely it was said to fail, and how often it did";
  const told = arms.filter(({ reliability }) => reliability.length > 0);
  const whole = { ticks: wholeTicks, suffix: " %" };
  const names = told.map(({ arm }) => arm);
  const chart = chartOf(title, names, { ...whole, caption: "said" }, { ...whole, caption: "" });
  const body = told.toReversed().flatMap(({ arm, reliability }) => [
    line(
      reliability.map(({ said, came }) => [chart.x(100 * said), chart.y(100 * came)]),
      arm,
    ),
    ...reliability.map(({ rows, said, came, low, high }) =>
      whisker(
        chart.x(100 * said),
        chart.y(100 * came),
        [chart.y(100 * low), chart.y(100 * high)],
        arm,
        `${armWords[arm]}: said ${percent(said)}, ${percent(came)} of ${counted(rows, "change")} failed`,
      ),
    ),
  ]);
  const said = told.map(
    ({ arm, reliability }) =>
      `${armWords[arm]}: ${reliability.map((bin) => `${percent(bin.said)} said, ${percent(bin.came)} came`).join("; ")}`,
  );
  return drawingOf(chart, title, said.join(". "), [...chart.axes, diagonal(chart), ...body]);
}
