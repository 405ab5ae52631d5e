import type { ServiceShadow, ShadowReport } from "../../learning/shadow/document.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { hanging, type Paper, type Pen, penFor, upTo } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { wrapToWidth } from "../width.ts";
import {
  armRows,
  asideSentences,
  criterionWords,
  feedbackSentence,
  headSentences,
  outcomeSentences,
  placeWords,
} from "./words.ts";

const voice: Voice = { show: terminalText, name: (text) => terminalText(text, 80), strong: (text) => text };
const mostFeedback = 20;

export function renderShadowTerminal(report: ShadowReport, server: string, paper: Paper = {}): string {
  const pen = penFor(paper);
  const link = (path: string): string => terminalText(`${server}${path}`);
  const said = upTo(
    report.feedback.map((one) => feedbackSentence(one, voice, link)),
    mostFeedback,
  );
  const blocks = [
    headSentences(report, voice).flatMap((sentence) => wrapToWidth(sentence, pen.width)),
    ...report.services.map((one) => serviceLines(one, pen)),
    said.length > 0
      ? [pen.paint("Said with /risk wrong", "bold"), ...said.flatMap((line) => hanging("  ", line, pen))]
      : [],
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return terminalLines(`${text.join("\n\n")}\n`);
}

const styles = { met: "green", "not-met": "red", unknown: "yellow" } as const;

function serviceLines(one: ServiceShadow, pen: Pen): string[] {
  const figures = one.releases > 0 ? armRows(one) : [];
  return [
    pen.paint(placeWords(one, voice), "bold"),
    ...outcomeSentences(one, voice).flatMap((sentence) => hanging("  ", sentence, pen)),
    ...figures.flatMap(([name, weights, model]) =>
      hanging(`  ${name}: `, `weights ${weights} · model ${model}`, pen),
    ),
    ...asideSentences(one, voice).flatMap((sentence) => hanging("  ", sentence, pen)),
    ...one.criteria.flatMap(({ name, answer, sentence }) =>
      hanging(`  ${pen.paint(criterionWords[answer], styles[answer])} `, `${name}: ${sentence}`, pen),
    ),
    ...hanging("  → ", one.verdict.sentence, pen),
  ];
}
