import type { ArmReport, Backtest } from "../../../backtest/shape.ts";
import type { Drawing } from "../../verdict/plots/frame.ts";
import { armWords, percent } from "../words.ts";
import { type Chart, chartOf, drawingOf, line, wholeTicks } from "./chart.ts";

/** How many failures are found among the riskiest changes, and within so many lines read. */

export function recallPlot(backtest: Backtest): Drawing {
  return curvesPlot(backtest, {
    title: "Failures found, the riskiest changes first",
    caption: "of the changes looked at",
    curveOf: ({ recall_by_changes: curve }) => curve,
  });
}

export function effortPlot(backtest: Backtest): Drawing {
  return curvesPlot(backtest, {
    title: "Failures found, the most risk a line first",
    caption: "of all lines read",
    curveOf: ({ recall_by_effort: curve }) => curve,
  });
}

type Curves = { title: string; caption: string; curveOf: (arm: ArmReport) => readonly number[] };

function curvesPlot({ arms }: Backtest, { title, caption, curveOf }: Curves): Drawing {
  const whole = { ticks: wholeTicks, suffix: " %" };
  const names = arms.map(({ arm }) => arm);
  const chart = chartOf(title, names, { ...whole, caption }, { ...whole, caption: "" });
  const curves = arms.map((arm) => ({ arm, curve: [0, ...curveOf(arm)] }));
  const drawn = curves.toReversed().map(({ arm, curve }) =>
    line(
      curve.map((share, index) => [chart.x(index), chart.y(100 * share)]),
      arm.arm,
    ),
  );
  const said = curves.map(({ arm: { arm }, curve }) => `${armWords[arm]} ${percent(curve[20] ?? 0)}`);
  return drawingOf(chart, title, `In the first 20 %: ${said.join(", ")}.`, [
    ...chart.axes,
    diagonal(chart),
    ...drawn,
  ]);
}

/** What chance would find. */
export function diagonal({ left, right, top, bottom }: Chart): string {
  return `<line class="av-chance" x1="${left}" y1="${bottom}" x2="${right}" y2="${top}"/>`;
}
