import type { Figure } from "../../../backtest/intervals.ts";
import type { Backtest } from "../../../backtest/shape.ts";
import { plain, xml } from "../../escape.ts";
import { type Drawing, tenth } from "../../verdict/plots/frame.ts";
import { niceTicks } from "../../verdict/plots/ticks.ts";
import { tickTexts } from "../../verdict/units.ts";
import { cutToWidth } from "../../width.ts";
import { armWords, figureText, measureWords } from "../words.ts";
import { axisText, drawingOf, plotWidth } from "./chart.ts";

/** Lying bars with the intervals of what they stand for. */

type Bar = { label: string; kind: string; figure: Figure; text: string; space: boolean };

const left = 172;
const right = plotWidth - 12;
const top = 34;
const tall = 20;
const space = 12;

function barsPlot(title: string, caption: string, bars: readonly Bar[]): Drawing {
  const ends = bars.flatMap(({ figure: { value, low, high } }) => [0, value, low ?? value, high ?? value]);
  const ticks = niceTicks(Math.min(0, ...ends), Math.max(1e-3, ...ends));
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const x = (value: number): number => tenth(left + ((value - low) / (high - low)) * (right - left));
  let y = top;
  const rows = bars.map((bar) => {
    y += bar.space ? space : 0;
    const row = drawnBar(bar, y, x);
    y += tall;
    return row;
  });
  const texts = tickTexts(ticks, "");
  const axis = ticks.flatMap((tick, index) => [
    `<line class="${tick === 0 ? "av-zero" : "av-grid"}" x1="${x(tick)}" y1="${top}" x2="${x(tick)}" y2="${y + 4}"/>`,
    axisText(x(tick), y + 18, texts[index] ?? ""),
  ]);
  const said = bars.map(({ label, text }) => `${label}: ${text}`);
  return drawingOf({ width: plotWidth, height: y + 46 }, title, `${said.join("; ")}.`, [
    `<text class="av-title" x="8" y="17">${xml(title)}</text>`,
    ...axis,
    ...rows,
    axisText((left + right) / 2, y + 36, caption),
  ]);
}

function drawnBar(
  { label, kind, figure: { value, low, high }, text }: Bar,
  y: number,
  x: (value: number) => number,
): string {
  const [from, to] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))];
  const middle = y + tall / 2;
  const reach =
    low === null || high === null
      ? ""
      : `<line class="av-whisker av-over" x1="${x(low)}" y1="${middle}" x2="${x(high)}" y2="${middle}"/>`;
  return `<g><text class="av-label" x="8" y="${middle + 4}">${xml(cutToWidth(plain(label), 23))}</text><rect class="av-bar av-${kind}" x="${from}" y="${y + 3}" width="${tenth(Math.max(1, to - from))}" height="${tall - 6}"/>${reach}<title>${xml(`${label}: ${text}`)}</title></g>`;
}

/** What each arm asks for without need. */
export function burdenPlot({ arms }: Backtest): Drawing {
  const asked = [
    "unneeded_canaries_per_100",
    "unneeded_blue_greens_per_100",
    "unneeded_approvals_per_100",
  ] as const;
  const short = ["canary", "blue-green", "approval"];
  const bars = asked.flatMap((name, index) =>
    arms.flatMap(({ arm, figures }, place): Bar[] => {
      const figure = figures[name];
      if (figure === undefined) return [];
      const text = `${measureWords[name].name}: ${figureText(figure, "perHundred")}`;
      return [
        {
          label: `${short[index]}, ${armWords[arm]}`,
          kind: arm,
          figure,
          text,
          space: place === 0 && index > 0,
        },
      ];
    }),
  );
  return barsPlot("Asked for without need", "of 100 changes, those that went well", bars);
}

/** What each group of columns is worth. */
export function ablationPlot({ ablation }: Backtest): Drawing {
  const bars = ablation.map(({ name, lost }) => ({
    ...{ label: `without ${name}`, kind: "new", figure: lost },
    ...{ text: `AUC lost ${figureText(lost, "area", true)}`, space: false },
  }));
  return barsPlot("What each group of columns is worth", "AUC lost without it", bars);
}
