import type { Verdict } from "../../analysis/verdict.ts";
import { detailsBlock } from "../details.ts";
import { cell, code, codeCell, inline } from "../escape.ts";
import { fitSections, type Section } from "../fit.ts";
import { bulletList, headingVoice, markdownTable, markdownVoice } from "../markdown.ts";
import { counted, grouped } from "../numbers.ts";
import { upTo } from "../pen.ts";
import {
  baselineSentence,
  chanceWords,
  crossedWords,
  deadlineSentence,
  falseAlarmSentence,
  guardrailSentence,
  marginWords,
  standingSentence,
  verdictHeadline,
} from "./sentences.ts";
import { windowsBlock } from "./windows.ts";
import { guardrailsThat, metricRows, noiseNames, pairText, stateMarks, verdictMarks } from "./words.ts";

/** The hidden line by which the comment is found again. */
export const verdictMarker = "<!-- adaptive-deploy:verdict:v1 -->";

/** GitHub takes 65,536 characters in a comment, and 1 MiB in a summary: see core/render/summary.ts. */
const longestComment = 65_000;
const longestSummary = 340_000;

type Amounts = { metrics: number; rows: number; lines: number };
const inComment: Amounts = { metrics: 12, rows: 60, lines: 6 };
const inSummary: Amounts = { metrics: 200, rows: 2000, lines: 50 };

/** The verdict for the comment on a pull request, in GitHub-flavoured Markdown. */
export function renderVerdictComment(verdict: Verdict, options: { marker?: string } = {}): string {
  const marker = options.marker === "" ? "" : `${options.marker ?? verdictMarker}\n`;
  const sections: Section[] = [
    ...answerSections(verdict, "###", inComment),
    { text: detailsBlock("Details", detailTexts(verdict, inComment)), drop: 4 },
    { text: windowsBlock(verdict, inComment.rows), drop: 5 },
    { text: provenance(verdict), drop: 1 },
  ];
  return `${marker}${fitSections(sections, longestComment - marker.length)}\n`;
}

/** The verdict for a step summary: the comment's answer, and all that an operator may ask of it. */
export function renderVerdictSummary(verdict: Verdict, longest = longestSummary): string {
  const sections: Section[] = [
    ...answerSections(verdict, "##", inSummary),
    ...titled("Metrics one by one", metricSentences(verdict, inSummary).join("\n\n"), 3),
    ...titled("Power", powerTable(verdict, inSummary), 4),
    { text: falseAlarmSentence(verdict), drop: 3 },
    { text: windowsBlock(verdict, inSummary.rows), drop: 6 },
    ...titled("Record", recordTable(verdict), 1),
  ];
  return `${fitSections(sections, longest)}\n`;
}

function titled(title: string, text: string, drop: number): Section[] {
  return text === "" ? [] : [{ text: `### ${title}\n\n${text}`, drop }];
}

function answerSections(verdict: Verdict, heading: string, amounts: Amounts): Section[] {
  const headline = `${heading} ${verdictMarks[verdict.verdict]} ${verdictHeadline(verdict, headingVoice)}`;
  return [
    { text: headline, drop: 0 },
    { text: `${inline(verdict.reason, 400)}\n\n${standingSentence(verdict, markdownVoice)}`, drop: 0 },
    { text: sharedFaultText(verdict), drop: 1 },
    { text: metricsTable(verdict, amounts.metrics), drop: 2 },
    { text: waitingText(verdict, amounts.lines), drop: 1 },
    { text: guardrailsText(verdict, amounts.lines), drop: 2 },
    { text: flipText(verdict), drop: 2 },
    { text: `**Baseline:** ${baselineSentence(verdict, markdownVoice)}`, drop: 2 },
    { text: warningsText(verdict, amounts.lines), drop: 3 },
  ];
}

/** The deciding metric first. What matters most stands at the left: on a phone the rest has to be scrolled to. */
function metricsTable(verdict: Verdict, most: number): string {
  const rows = metricRows(verdict, most).map(({ metric, effect, evidence, state, strong }) => [
    `${stateMarks[metric.state]}${codeCell(metric.name, 60)}`,
    together(pairText(metric)),
    together(effect),
    `\`${evidence.bar}\` ${together(evidence.figure)}`,
    strong ? `**${state}**` : state,
  ]);
  const headings = ["Metric", "--: candidate vs baseline", "--: effect", "evidence of harm", "state"];
  const more = verdict.metrics.length - rows.length;
  const rest = more > 0 ? `\n\nand ${counted(more, "more metric")}` : "";
  return markdownTable(headings, rows) + rest;
}

/** A figure is not torn from its unit at the end of a line. */
function together(figures: string): string {
  return figures.replace(/ (?=[^\s\d+−(±v])|(?<=±|of) /gu, "\u00a0");
}

function sharedFaultText({ shared_fault: fault }: Verdict): string {
  if (!fault) return "";
  const page = fault.page ? " A person has to look." : "";
  return `**Shared fault** since window ${grouped(fault.began_at_window)}: ${inline(fault.sentence, 300)}${page}`;
}

function waitingText(verdict: Verdict, most: number): string {
  const deadline = deadlineSentence(verdict);
  if (!verdict.waiting || !deadline) return "";
  const missing = upTo(
    verdict.waiting.missing.map((item) => inline(item, 240)),
    most,
  );
  const what = missing.length > 0 ? `**Missing:**\n\n${bulletList(missing)}\n\n` : "";
  return `${what}${deadline}`;
}

function guardrailsText(verdict: Verdict, most: number): string {
  const lists = [
    { title: "Guardrails that apply", truth: true as const },
    { title: "Guardrails not known", truth: "unknown" as const },
  ].flatMap(({ title, truth }) => {
    const lines = guardrailsThat(verdict, truth).map((rule) => guardrailSentence(rule, markdownVoice));
    return lines.length > 0 ? [`**${title}:**\n\n${bulletList(upTo(lines, most))}`] : [];
  });
  const quiet = guardrailsThat(verdict, false).length;
  if (quiet > 0)
    lists.push(`${counted(quiet, "guardrail")} checked that ${quiet === 1 ? "does" : "do"} not apply.`);
  return lists.join("\n\n");
}

function flipText({ metrics: [deciding] }: Verdict): string {
  const flips = deciding ? inline(deciding.flips, 300) : "";
  return flips === "" ? "" : `**Would have flipped it:** ${flips}`;
}

function warningsText(verdict: Verdict, most: number): string {
  const warnings = upTo(
    verdict.warnings.map((warning) => inline(warning, 240)),
    most,
  );
  return warnings.length === 1 ? `**Note:** ${warnings[0]}` : bulletList(warnings);
}

function detailTexts(verdict: Verdict, amounts: Amounts): string[] {
  return [...metricSentences(verdict, amounts), powerTable(verdict, amounts), falseAlarmSentence(verdict)];
}

function metricSentences(verdict: Verdict, { metrics }: Amounts): string[] {
  return verdict.metrics.slice(0, metrics).map((metric, index) => {
    const margin = marginWords(metric);
    const crossed = crossedWords(metric);
    const facts = [
      margin ? `margin ${margin}` : undefined,
      crossed,
      noiseNames[metric.noise],
      metric.group ? `group ${code(metric.group, 60)}` : undefined,
    ];
    const flips =
      metric.flips === "" || index === 0 ? "" : ` Would have flipped it: ${inline(metric.flips, 240)}`;
    return `${code(metric.name, 80)}: ${inline(metric.sentence, 300)}${flips} (${facts.filter(Boolean).join(" · ")})`;
  });
}

function powerTable({ power = [] }: Verdict, { metrics }: Amounts): string {
  const rows = power
    .flatMap((step) =>
      step.metrics.map((metric) => [
        `${grouped(step.weight)} %`,
        grouped(step.windows),
        codeCell(metric.name, 60),
        cell(metric.target, 100),
        chanceWords(metric.chance),
        metric.windows_needed === null ? "not within reach" : grouped(metric.windows_needed),
      ]),
    )
    .slice(0, metrics);
  const headings = ["--: Weight", "--: Windows", "Metric", "To be seen", "--: Chance", "--: Windows needed"];
  return markdownTable(headings, rows);
}

function provenance(verdict: Verdict): string {
  const { policy_version: policy, decision_id: decision } = verdict;
  const parts = [
    `verdict ${code(verdict.id, 80)}`,
    decision ? `decision ${code(decision.slice(0, 12), 12)}` : undefined,
    policy ? `policy ${code(policy.hash.slice(0, 7), 7)}` : undefined,
    `schema ${verdict.schema_version}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** What an auditor copies: whole hashes. */
function recordTable(verdict: Verdict): string {
  const { policy_version: policy } = verdict;
  const entries: [string, string | undefined][] = [
    ["Reason", codeCell(verdict.reason_code)],
    ["Decision", verdict.decision_id ? codeCell(verdict.decision_id) : undefined],
    ["Policy", policy ? `${codeCell(policy.hash)} at ${codeCell(policy.commit)}` : undefined],
    ["Started", verdict.started_at ? cell(verdict.started_at, 40) : undefined],
    ["Schema", String(verdict.schema_version)],
  ];
  const rows = entries.flatMap(([name, value]) => (value ? [[name, value]] : []));
  return markdownTable(["Verdict", codeCell(verdict.id, 200)], rows);
}
