import type { Backtested } from "../../backtest/backtest.ts";
import type { VerdictWord } from "../../backtest/shape.ts";
import { detailsBlock } from "../details.ts";
import { cell, code } from "../escape.ts";
import { fitSections } from "../fit.ts";
import { bulletList, markdownTable, markdownVoice as voice } from "../markdown.ts";
import {
  ablationTable,
  bucketTable,
  learningTable,
  measureTable,
  overTimeTable,
  suggestionTable,
  suggestionTitle,
  type TextTable,
} from "./tables.ts";
import {
  criterionSentence,
  holdsWords,
  measures,
  scopeSentences,
  verdictSentence,
  verdictWords,
} from "./words.ts";

/** For a pull request: the verdict, one table, and the rest folded. */

const marks: Record<VerdictWord, string> = { better: "🟢", unsure: "🟡", worse: "🔴" };
/** Far below what a comment holds: it stands beside others in one text. */
const longest = 20_000;
const mostServices = 5;

export function renderBacktestMarkdown({ backtest, suggestions }: Backtested, yaml: string): string {
  const { verdict, criteria, data } = backtest;
  const folded = (title: string, parts: readonly string[], drop: number) => ({
    text: parts.some(Boolean) ? detailsBlock(title, [...parts]) : "",
    drop,
  });
  const sections = [
    { text: `### ${marks[verdict.word]} Backtest: ${verdictWords[verdict.word].toLowerCase()}`, drop: 0 },
    { text: verdictSentence(backtest), drop: 0 },
    { text: tableText(measureTable(backtest, measures.brief, true)), drop: 0 },
    {
      text: bulletList(criteria.map((one) => `**${holdsWords[one.holds]}**: ${criterionSentence(one)}`)),
      drop: 0,
    },
    folded(
      "What was tested, and every figure",
      [
        bulletList(scopeSentences(backtest)),
        tableText(measureTable(backtest, [...measures.order, ...measures.probability])),
        tableText(bucketTable(backtest)),
        tableText(measureTable(backtest, measures.policy)),
      ],
      1,
    ),
    folded(
      "Over time, and where it comes from",
      [
        overTimeTable(backtest),
        learningTable(backtest),
        ablationTable(backtest, { ...voice, name: cellName }),
      ].map(tableText),
      3,
    ),
    folded(
      "Thresholds that would keep the burden",
      [
        ...suggestions
          .slice(0, mostServices)
          .flatMap((one) => [suggestionTitle(one, voice), tableText(suggestionTable(one))]),
        yaml === "" ? "" : `\`\`\`yaml\n${yaml.slice(0, 6000)}\`\`\``,
      ],
      2,
    ),
    {
      text: `<sub>Data ${code(data.digest.slice(0, 12), 12)}${data.head === "" ? "" : ` up to ${code(data.head.slice(0, 12), 12)}`}</sub>`,
      drop: 4,
    },
  ];
  return `${fitSections(sections, longest)}\n`;
}

const cellName = (text: string): string => cell(text, 60);

function tableText({ headings, rows }: TextTable): string {
  return markdownTable(headings, rows);
}
