import type { Tuning } from "../../analysis/tune/tuning.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { counted } from "../numbers.ts";
import { hanging, type Paper, type Pen, penFor, upTo } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { displayWidth, padEndToWidth, padStartToWidth, wrapToWidth } from "../width.ts";
import { headSentences, noiseSentences, tradeOffTable, unlikeSentence } from "./words.ts";

const voice: Voice = {
  show: terminalText,
  name: (text) => terminalText(text, 60),
  strong: (text) => text,
};
const mostUnlike = 12;

/** What tuning found, for a terminal of any width. */
export function renderTuningTerminal(tuning: Tuning, paper: Paper = {}): string {
  const pen = penFor(paper);
  const unlike = upTo(
    tuning.unlike.map((one) => unlikeSentence(one, voice)),
    mostUnlike,
  );
  const blocks = [
    wrapToWidth(headSentences(tuning, voice).join(" "), pen.width),
    tableLines(tuning, pen),
    ...tuning.noise.map((metric) => [
      pen.paint(voice.name(metric.metric), "bold"),
      ...noiseSentences(metric).flatMap((sentence) => hanging("  ", sentence, pen)),
    ]),
    unlike.length > 0
      ? [
          pen.paint(`${counted(tuning.unlike.length, "baseline")} to look at`, "bold"),
          ...unlike.flatMap((sentence) => hanging("  ", sentence, pen)),
        ]
      : [],
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return terminalLines(`${text.join("\n\n")}\n`);
}

/** A table where it fits, else one judge after the other. */
function tableLines(tuning: Tuning, pen: Pen): string[] {
  const { headings, rows } = tradeOffTable(tuning, voice);
  const names = headings.map((heading) => heading.replace(/^--: /u, ""));
  const widths = names.map((name, column) =>
    Math.max(displayWidth(name), ...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, column) => (column === 0 ? padEndToWidth : padStartToWidth)(text, widths[column] ?? 0))
      .join("  ");
  if (displayWidth(line(names)) <= pen.width) return [pen.paint(line(names), "dim"), ...rows.map(line)];
  return rows.flatMap(([first = "", ...cells]) => [
    pen.paint(first, "bold"),
    ...cells.flatMap((text, index) => hanging(`  ${names[index + 1] ?? ""}: `, text, pen)),
  ]);
}
