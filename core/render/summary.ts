import type { Decision } from "../decision/shape.ts";
import { cell, code, codeCell } from "./escape.ts";
import { fitSections, type Section } from "./fit.ts";
import { headline } from "./headline.ts";
import { headingVoice, markdownTable, servicesTable } from "./markdown.ts";
import { modelSentence, scorerName } from "./model-says.ts";
import { modelTable } from "./model-table.ts";
import { grouped, rounded } from "./numbers.ts";
import type { RenderOptions } from "./options.ts";
import { durationSeconds, durationWords, sharePercent } from "./plan.ts";
import { gatesTable, noteText, outlookParagraphs, pointsSections, stopSections } from "./sections.ts";
import { bandSentence, historySentence, recordedSentence } from "./sentences.ts";
import { unknownFact } from "./values.ts";
import { modeSentence } from "./words.ts";

/**
 * GitHub takes 1 MiB a step. A UTF-16 unit is at most three bytes in UTF-8, so that this many units always fit.
 */
const longestSummary = 340_000;
const mostRows = 200;

/** The step summary: the comment's answer, and all that a maintainer, an operator or an auditor may ask of it. */
export function renderSummary(
  decision: Decision,
  options: RenderOptions = {},
  longest = longestSummary,
): string {
  return `${fitSections(summarySections(decision, options), longest)}\n`;
}

function summarySections(decision: Decision, options: RenderOptions): Section[] {
  const introduction = [
    historySentence(decision),
    modelSentence(decision),
    bandSentence(decision),
    modeSentence(decision),
  ];
  const services = decision.services.length > 1 ? servicesTable(decision, mostRows) : "";
  return [
    { text: `## ${headline(decision, headingVoice)}`, drop: 0 },
    { text: introduction.filter(Boolean).join(" "), drop: 0 },
    ...stopSections(decision),
    { text: outlookParagraphs(decision, 8).join("\n\n"), drop: 2 },
    { text: noteText(decision), drop: 3 },
    ...titled(
      "Points",
      pointsSections(decision, 50)
        .map((section) => section.text)
        .join("\n\n"),
      3,
    ),
    ...titled("Model", modelTable(decision, 50), 5),
    ...titled("Services", services, 4),
    ...titled("Rollout", paceTable(decision), 4),
    ...titled("Gates", gatesTable(decision, mostRows), 5),
    ...titled("Not known", unknownsTable(decision), 6),
    ...titled("Approvals", approvalsTable(decision), 5),
    ...titled("Record", recordTable(decision, options), 1),
  ];
}

function titled(title: string, text: string, drop: number): Section[] {
  return text === "" ? [] : [{ text: `### ${title}\n\n${text}`, drop }];
}

function paceTable(decision: Decision): string {
  const rows = decision.pace.slice(0, mostRows).map((step, index) => {
    const seconds = durationSeconds(step.window);
    const window = seconds === undefined ? cell(step.window, 20) : durationWords(seconds);
    return [String(index + 1), sharePercent(step), window, rounded(step.healthy_windows)];
  });
  if (decision.strategy === "blue-green" && (decision.pace.at(-1)?.weight ?? 100) < 100) {
    rows.push(["cut-over", "100 % of traffic", "", ""]);
  }
  return markdownTable(["Step", "--: Share", "--: Window", "--: Healthy windows"], rows);
}

function unknownsTable(decision: Decision): string {
  const sorted = [...decision.unknowns].sort((left, right) => right.worst - left.worst);
  const rows = sorted
    .slice(0, mostRows)
    .map(({ name, worst }) => [cell(unknownFact(name), 80), worst > 0 ? `+${rounded(worst)}` : "0"]);
  const more = sorted.length > rows.length ? `\n\nand ${grouped(sorted.length - rows.length)} more` : "";
  return markdownTable(["Fact", "--: Could add"], rows) + more;
}

function approvalsTable(decision: Decision): string {
  const rows = decision.approvals
    .slice(0, mostRows)
    .map(({ actor, reason, sha, source, at }) => [
      codeCell(actor, 60),
      cell(reason, 200),
      codeCell(sha, 64),
      cell(source, 120),
      cell(at, 40),
    ]);
  return markdownTable(["By", "Reason", "Commit", "Source", "At"], rows);
}

/** What an auditor copies: whole hashes, and who decided when. */
function recordTable(decision: Decision, options: RenderOptions): string {
  const { subject, policy_version: policy } = decision;
  const entries: [string, string | undefined][] = [
    ["Subject", cell(subjectWords(decision))],
    ["Commit", subject.head ? codeCell(subject.head) : undefined],
    ["Base", subject.base ? codeCell(subject.base) : undefined],
    ["Candidate", subject.candidate ? codeCell(subject.candidate, 200) : undefined],
    ["Environment", codeCell(decision.environment)],
    ["Mode", decision.mode],
    [
      "Policy",
      `${codeCell(policy.name)} ${codeCell(policy.hash)} at ${codeCell(policy.commit)}${policy.repository ? ` of ${codeCell(policy.repository)}` : ""}`,
    ],
    ["Model", scorerName(decision, codeCell)],
    ["Facts", codeCell(decision.facts_digest)],
    ["Decided", `${cell(decision.decided_at, 40)} by ${codeCell(decision.actor)}`],
    ["Recorded", decision.recorded ? "yes" : (recordedSentence(decision) ?? "no")],
    ["Same result locally", options.localCommand ? codeCell(options.localCommand, 200) : undefined],
  ];
  const rows = entries.flatMap(([name, value]) => (value ? [[name, value]] : []));
  return markdownTable(["Decision", codeCell(decision.decision_id)], rows);
}

function subjectWords(decision: Decision): string {
  const { kind, pull_request: pullRequest, repository } = decision.subject;
  const words = { change: "change", group: "merge group", release: "release" }[kind];
  const number = pullRequest === undefined ? "" : ` ${pullRequest}`;
  const what = kind === "change" && pullRequest !== undefined ? `pull request${number}` : words;
  return repository ? `${what} of ${code(repository)}` : what;
}
