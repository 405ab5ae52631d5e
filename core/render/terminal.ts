import type { Decision } from "../decision/shape.ts";
import { bar } from "./bars.ts";
import { terminalLines, terminalText } from "./escape.ts";
import { askFor } from "./headline.ts";
import {
  modelSentence,
  rescaledSentence,
  scoreInShort,
  scorerName,
  scoreWords,
  shadowSentence,
} from "./model-says.ts";
import { counted, grouped, signed } from "./numbers.ts";
import type { RenderOptions } from "./options.ts";
import { filled, hanging, type Paper, type Pen, penFor, upTo } from "./pen.ts";
import { paceWithWindows, paceWords } from "./plan.ts";
import { largestPoints, printedReasons, topReasons } from "./points.ts";
import {
  approvalCount,
  approvedBy,
  approverSentence,
  bandSentence,
  historyIsThin,
  historySentence,
  lowerOptions,
  notCountedSentence,
  recordedSentence,
  refusedSentences,
  shortCommit,
  sumSentence,
  unknownNames,
  type Voice,
  worstSentence,
} from "./sentences.ts";
import { liftedSentences, stopLine, stopsOf, stopTitle } from "./stops.ts";
import { factWords, typicalWords, valueWords } from "./values.ts";
import { cutToWidth, padEndToWidth, padStartToWidth, wrapToWidth } from "./width.ts";
import {
  decisionOutcome,
  levelOfAnswer,
  modeSentence,
  serviceOutcome,
  shortAsk,
  strictestFirst,
} from "./words.ts";

export type TerminalOptions = RenderOptions & Paper;

const mostReasons = 10;
const mostServices = 20;
const mostLines = 8;

const voice: Voice = {
  show: terminalText,
  name: (text) => terminalText(text, 60),
  strong: (text) => text,
};

/** The decision for a terminal: paragraphs and one table, within the width, with no control character of others. */
export function renderTerminal(decision: Decision, options: TerminalOptions = {}): string {
  const pen = penFor(options);
  const blocks = [
    headLines(decision, pen),
    introductionLines(decision, pen),
    stopLines(decision, pen),
    reasonLines(decision, pen),
    serviceLines(decision, pen),
    outlookLines(decision, pen),
    noteLines(decision, pen),
    provenanceLines(decision, options, pen),
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return terminalLines(`${text.join("\n\n")}\n`);
}

const levelStyles = { low: "green", medium: "yellow", high: "red" } as const;
const outcomeStyles = { go: "green", "cut-over": "yellow", approve: "yellow", block: "red" } as const;

function headLines(decision: Decision, pen: Pen): string[] {
  const level = levelOfAnswer(decision);
  const plan = paceWords(decision.strategy, decision.pace);
  const [first = "", ...more] = wrapToWidth(`${scoreWords(decision)} · ${level} → ${plan}`, pen.width);
  const ask = askFor(decision);
  const sentence = `${ask.charAt(0).toUpperCase()}${ask.slice(1)}.`;
  const style = outcomeStyles[decisionOutcome(decision)];
  return [
    ...[first, ...more].map((line) => pen.paint(pen.paint(line, "bold"), levelStyles[level])),
    ...wrapToWidth(sentence, pen.width).map((line) => pen.paint(line, style)),
  ];
}

function introductionLines(decision: Decision, pen: Pen): string[] {
  const sentences = [
    historySentence(decision),
    modelSentence(decision),
    bandSentence(decision),
    modeSentence(decision),
    shadowSentence(decision, voice),
  ];
  return sentences.flatMap((sentence) => (sentence ? wrapToWidth(sentence, pen.width) : []));
}

function stopLines(decision: Decision, pen: Pen): string[] {
  const outcome = decisionOutcome(decision);
  if (outcome === "go") {
    return decision.approvals.length > 0 ? hanging("Approved by: ", approvedBy(decision, voice), pen) : [];
  }
  const stops = stopsOf(decision);
  const lines = (["block", "approve"] as const).flatMap((verdict) => {
    const sentences = stops.filter((stop) => stop.verdict === verdict).map((stop) => stopLine(stop, voice));
    if (sentences.length === 0) return [];
    const title = pen.paint(`${stopTitle(decision, verdict)}:`, "bold");
    return [title, ...upTo(sentences, mostLines).flatMap((sentence) => hanging("  - ", sentence, pen))];
  });
  if (outcome === "block") return lines;
  const count = approvalCount(decision);
  const title = `Who may approve${count ? ` (${count})` : ""}:`;
  const refused = refusedSentences(decision, voice).flatMap((sentence) => hanging("  - ", sentence, pen));
  const uncounted = refused.length > 0 ? [pen.paint("Does not count:", "bold"), ...refused] : [];
  const who = hanging("    ", approverSentence(decision, voice), pen);
  return [...lines, ...uncounted, pen.paint(title, "bold"), ...who];
}

const valueColumns = 13;
const typicalColumns = 10;
const barColumns = 7;
const pointColumns = 5;

function reasonLines(decision: Decision, pen: Pen): string[] {
  const shown = topReasons(printedReasons(decision), mostReasons);
  const thin = historyIsThin(decision);
  const figureColumns = thin ? valueColumns : valueColumns + typicalColumns;
  const labelColumns = pen.width - 2 - figureColumns - 2 - barColumns - pointColumns;
  const largest = largestPoints(shown);
  const line = (label: string, value: string, typical: string, points: string): string[] => {
    const [first = "", ...more] = wrapToWidth(label, labelColumns);
    const figures = `${figure(value, valueColumns)}${thin ? "" : figure(typical, typicalColumns)}  ${points}`;
    const second = more.length > 0 ? [`    ${cutToWidth(more.join(" "), labelColumns - 2)}`] : [];
    return [`  ${padEndToWidth(first, labelColumns)}${figures}`, ...second];
  };
  const drawn = (points: number) =>
    pen.paint(
      bar(points, largest, barColumns) + padStartToWidth(signed(points), pointColumns),
      points > 0 ? "yellow" : "green",
    );
  const table = shown.rows.flatMap((reason) =>
    line(
      terminalText(reason.sentence),
      terminalText(valueWords(reason.name, reason.value), 40),
      terminalText(typicalWords(reason.value, reason.typical), 40),
      drawn(reason.points),
    ),
  );
  if (shown.rest) {
    const { count, points } = shown.rest;
    const sum = points === 0 ? padStartToWidth("0", barColumns + pointColumns) : drawn(points);
    table.push(
      ...line(`${counted(count, "smaller reason")}${points === 0 ? ", which cancel out" : ""}`, "", "", sum),
    );
  }
  const headings = padStartToWidth("points", barColumns + pointColumns);
  const head =
    table.length > 0
      ? line("Why", "this change", "typical", headings).map((text) => pen.paint(text, "dim"))
      : [];
  const sum = [sumSentence(decision, voice), rescaledSentence(decision), notCountedSentence(decision, voice)]
    .filter(Boolean)
    .join(" ");
  return [...head, ...table, ...hanging("  ", sum, pen)];
}

function figure(text: string, columns: number): string {
  return padStartToWidth(cutToWidth(text, columns - 1), columns);
}

function serviceLines(decision: Decision, pen: Pen): string[] {
  if (decision.services.length < 2) return [];
  const services = strictestFirst(decision);
  const shown = services.slice(0, mostServices);
  const answers = new Map(
    shown.map((service) => [service, shortAsk(service, serviceOutcome(decision, service))]),
  );
  const differ = [...answers.values()].some((answer) => answer !== "may go");
  const lines = shown.flatMap((service) => {
    const name = padEndToWidth(cutToWidth(terminalText(service.name, 60), 22), 23);
    const answer = differ ? `${answers.get(service)} · ` : "";
    const mark = `  ${name}${padStartToWidth(scoreInShort(service), 3)}  `;
    return hanging(mark, `${answer}${paceWithWindows(service.strategy, service.pace)}`, pen);
  });
  const more = services.length - shown.length;
  const rest = more > 0 ? [`  and ${grouped(more)} more services, none stricter than these`] : [];
  return [pen.paint("Services:", "bold"), ...lines, ...rest];
}

function outlookLines(decision: Decision, pen: Pen): string[] {
  const unknown =
    decision.unknowns.length > 0
      ? wrapToWidth(
          `Not known yet: ${unknownNames(decision, voice, mostLines)}. ${worstSentence(decision)}`,
          pen.width,
        )
      : [];
  const lowering = lowerOptions(decision, voice);
  if (lowering.length === 0) return unknown;
  return [...unknown, "Would lower it:", ...lowering.flatMap((option) => hanging("  - ", option, pen))];
}

function noteLines(decision: Decision, pen: Pen): string[] {
  const notes = [...liftedSentences(decision), ...decision.notes].map((note) => terminalText(note, 240));
  return upTo(notes, mostLines).flatMap((note) => hanging("Note: ", note, pen));
}

function provenanceLines(decision: Decision, options: TerminalOptions, pen: Pen): string[] {
  const { subject, policy_version: policy } = decision;
  const base = options.baseBranch ?? (subject.base ? shortCommit(subject.base) : undefined);
  const parts = [
    subject.head ? `commit ${terminalText(shortCommit(subject.head), 60)}` : undefined,
    base ? `base ${terminalText(base, 60)}` : undefined,
    terminalText(decision.environment, 60),
    `policy ${terminalText(`${policy.name}@${policy.hash.slice(0, 7)}`, 60)}${policy.repository ? ` of ${terminalText(policy.repository, 120)}` : ""}`,
    scorerName(decision, (version) => terminalText(version, 60)),
    `decision ${terminalText(decision.decision_id.slice(0, 12), 12)}`,
  ];
  const passed = decision.gates
    .filter((gate) => gate.verdict === "pass")
    .map((gate) => terminalText(factWords(gate.name), 60));
  const checked = passed.length > 0 ? `Checked and fine: ${upTo(passed, mostLines).join(", ")}.` : "";
  return [checked, ...filled(parts, pen.width), recordedSentence(decision) ?? ""]
    .filter((line) => line !== "")
    .flatMap((line) => wrapToWidth(line, pen.width))
    .map((line) => pen.paint(line, "dim"));
}
