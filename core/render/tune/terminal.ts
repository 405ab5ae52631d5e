import type { Tuning } from "../../analysis/tune/tuning.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { counted } from "../numbers.ts";
import { hanging, type Paper, penFor, upTo } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { textTable } from "../text-table.ts";
import { wrapToWidth } from "../width.ts";
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
    textTable(tradeOffTable(tuning, voice), pen),
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
