import type { MetricState, Verdict } from "../../analysis/verdict.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { counted, grouped } from "../numbers.ts";
import { filled, hanging, type Paper, type Pen, penFor, type Style, upTo } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { cutToWidth, displayWidth, padEndToWidth, padStartToWidth, wrapToWidth } from "../width.ts";
import {
  baselineSentence,
  deadlineSentence,
  falseAlarmSentence,
  guardrailSentence,
  standingSentence,
  verdictHeadline,
} from "./sentences.ts";
import { guardrailsThat, type MetricRow, metricRows } from "./words.ts";

const mostMetrics = 20;
const mostLines = 8;

const voice: Voice = {
  show: terminalText,
  name: (text) => terminalText(text, 60),
  strong: (text) => text,
};

/** The verdict for a terminal: paragraphs and one table, within the width, with no control character of others. */
export function renderVerdictTerminal(verdict: Verdict, paper: Paper = {}): string {
  const pen = penFor(paper);
  const blocks = [
    headLines(verdict, pen),
    metricLines(verdict, pen),
    waitingLines(verdict, pen),
    guardrailLines(verdict, pen),
    outlookLines(verdict, pen),
    provenanceLines(verdict, pen),
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return terminalLines(`${text.join("\n\n")}\n`);
}

const verdictStyles = { promote: "green", slow: "yellow", hold: "yellow", rollback: "red" } as const;

function headLines(verdict: Verdict, pen: Pen): string[] {
  const headline = wrapToWidth(verdictHeadline(verdict, voice), pen.width);
  const standing = wrapToWidth(standingSentence(verdict, voice), pen.width);
  const fault = verdict.shared_fault;
  return [
    ...headline.map((line) => pen.paint(pen.paint(line, "bold"), verdictStyles[verdict.verdict])),
    ...wrapToWidth(terminalText(verdict.reason, 400), pen.width),
    ...(fault
      ? hanging(
          `Shared fault since window ${grouped(fault.began_at_window)}: `,
          terminalText(fault.sentence, 300),
          pen,
        )
      : []),
    ...standing.map((line) => pen.paint(line, "dim")),
  ];
}

const stateStyles: Record<MetricState, Style> = {
  healthy: "green",
  unsure: "dim",
  marginal: "yellow",
  worse: "red",
  unknown: "dim",
};

/** A table where it fits, without its bars where only that fits, else a list. */
function metricLines(verdict: Verdict, pen: Pen): string[] {
  const rows = metricRows(verdict, mostMetrics);
  if (rows.length === 0) return [];
  const more = verdict.metrics.length - rows.length;
  const rest = more > 0 ? [`  and ${counted(more, "more metric")}`] : [];
  const drawn = tableLines(rows, true, pen) ?? tableLines(rows, false, pen);
  return [...(drawn ?? rows.flatMap((row) => listedRow(row, pen))), ...rest];
}

const headings = ["Metric", "candidate", "baseline", "effect", "evidence", "state"];
const alignments = [padEndToWidth, padStartToWidth, padStartToWidth, padStartToWidth, padEndToWidth];

/** Columns as wide as what stands in them; undefined where the terminal is narrower. */
function tableLines(rows: readonly MetricRow[], withBars: boolean, pen: Pen): string[] | undefined {
  const cells = rows.map((row) => [
    cutToWidth(terminalText(row.metric.name, 60), 24),
    row.candidate,
    row.baseline,
    row.effect,
    withBars ? `${row.evidence.bar} ${row.evidence.figure}` : row.evidence.figure,
    row.state,
  ]);
  const widths = headings.map((heading, column) =>
    Math.max(displayWidth(heading), ...cells.map((row) => displayWidth(row[column] ?? ""))),
  );
  if (widths.reduce((sum, width) => sum + width + 2, 0) > pen.width) return undefined;
  const front = (row: readonly string[]) =>
    alignments.map((align, column) => align(row[column] ?? "", widths[column] ?? 0)).join("  ");
  return [
    pen.paint(`  ${front(headings)}  ${headings[5]}`, "dim"),
    ...cells.map(
      (row, index) =>
        `  ${front(row)}  ${pen.paint(row[5] ?? "", stateStyles[rows[index]?.metric.state ?? "unknown"])}`,
    ),
  ];
}

function listedRow(row: MetricRow, pen: Pen): string[] {
  const name = cutToWidth(terminalText(row.metric.name, 60), pen.width - 30);
  const figures = `${row.candidate} vs ${row.baseline} · ${row.effect} · evidence ${row.evidence.figure}`;
  return [
    `  ${name}: ${pen.paint(row.state, stateStyles[row.metric.state])}`,
    ...hanging("    ", figures, pen),
  ];
}

function waitingLines(verdict: Verdict, pen: Pen): string[] {
  const deadline = deadlineSentence(verdict);
  if (!verdict.waiting || !deadline) return [];
  const missing = verdict.waiting.missing.map((item) => terminalText(item, 240));
  const list = upTo(missing, mostLines).flatMap((item) => hanging("  - ", item, pen));
  const title = list.length > 0 ? [pen.paint("Missing:", "bold")] : [];
  return [...title, ...list, ...wrapToWidth(deadline, pen.width)];
}

function guardrailLines(verdict: Verdict, pen: Pen): string[] {
  const lists = [
    { title: "Guardrails that apply:", truth: true as const },
    { title: "Guardrails not known:", truth: "unknown" as const },
  ];
  return lists.flatMap(({ title, truth }) => {
    const found = guardrailsThat(verdict, truth).map((rule) => guardrailSentence(rule, voice));
    if (found.length === 0) return [];
    return [
      pen.paint(title, "bold"),
      ...upTo(found, mostLines).flatMap((line) => hanging("  - ", line, pen)),
    ];
  });
}

function outlookLines(verdict: Verdict, pen: Pen): string[] {
  const flips = terminalText(verdict.metrics[0]?.flips ?? "", 300);
  const warnings = upTo(
    verdict.warnings.map((warning) => terminalText(warning, 240)),
    mostLines,
  );
  return [
    ...(flips === "" ? [] : hanging("Would have flipped it: ", flips, pen)),
    ...hanging("Baseline: ", baselineSentence(verdict, voice), pen),
    ...warnings.flatMap((warning) => hanging("Note: ", warning, pen)),
  ];
}

function provenanceLines(verdict: Verdict, pen: Pen): string[] {
  const { policy_version: policy, decision_id: decision } = verdict;
  const parts = [
    `verdict ${terminalText(verdict.id, 60)}`,
    decision ? `decision ${terminalText(decision.slice(0, 12), 12)}` : undefined,
    policy ? `policy ${terminalText(policy.hash.slice(0, 7), 7)}` : undefined,
  ];
  return [...wrapToWidth(falseAlarmSentence(verdict), pen.width), ...filled(parts, pen.width)]
    .flatMap((line) => wrapToWidth(line, pen.width))
    .map((line) => pen.paint(line, "dim"));
}
