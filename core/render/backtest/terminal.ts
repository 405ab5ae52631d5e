import type { Backtested } from "../../backtest/backtest.ts";
import type { VerdictWord } from "../../backtest/shape.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { hanging, type Paper, penFor, type Style } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { textTable } from "../text-table.ts";
import { wrapToWidth } from "../width.ts";
import { measureTable, suggestionTable, suggestionTitle } from "./tables.ts";
import {
  criterionSentence,
  holdsWords,
  measures,
  scopeSentences,
  verdictSentence,
  verdictWords,
} from "./words.ts";

const voice: Voice = {
  show: terminalText,
  name: (text) => terminalText(text, 60),
  strong: (text) => text,
};
const colours: Record<VerdictWord, Style> = { better: "green", unsure: "yellow", worse: "red" };
const mostServices = 10;

/** The verdict, the figures that decide it and what policy asks for, for a terminal of any width. */
export function renderBacktestTerminal(
  { backtest, suggestions }: Backtested,
  yaml: string,
  paper: Paper = {},
): string {
  const pen = penFor(paper);
  const { verdict, criteria } = backtest;
  const blocks = [
    [
      pen.paint(verdictWords[verdict.word], colours[verdict.word]),
      ...wrapToWidth(verdictSentence(backtest), pen.width),
    ],
    scopeSentences(backtest).flatMap((sentence) => wrapToWidth(sentence, pen.width)),
    textTable(measureTable(backtest, measures.brief, true), pen),
    criteria.flatMap((one) => hanging("  ", `${holdsWords[one.holds]}: ${criterionSentence(one)}`, pen)),
    ...suggestions
      .slice(0, mostServices)
      .map((one) => [
        pen.paint(suggestionTitle(one, voice), "bold"),
        ...textTable(suggestionTable(one), pen),
      ]),
    yaml === "" ? [] : yaml.trimEnd().split("\n"),
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return terminalLines(`${text.join("\n\n")}\n`);
}
