import type { RolloutStatus } from "../../rollout/status.ts";
import { secondsOfStep } from "../../rollout/status.ts";
import { code, codeCell, inline } from "../escape.ts";
import { fitSections, type Section } from "../fit.ts";
import { bulletList, headingVoice, markdownTable, markdownVoice } from "../markdown.ts";
import { durationWords } from "../plan.ts";
import {
  doingSentence,
  figureOf,
  lastVerdictSentence,
  leaseSentence,
  quarantineSentence,
  remedyWords,
  rolloutHeadline,
  stopSentence,
  turnSentence,
  windowsWords,
} from "./sentences.ts";
import { clockWords, markOf, type StepState, shareWords, stepStatesOf } from "./words.ts";

const longestComment = 65_000;

/** A rollout for a step summary, a pull request's comment or an answer to `/rollout status`, in Markdown. */
export function renderRolloutMarkdown(status: RolloutStatus): string {
  const sections: Section[] = [
    { text: `### ${markOf(status)} ${rolloutHeadline(status, headingVoice)}`, drop: 0 },
    { text: doingSentence(status, markdownVoice), drop: 0 },
    { text: whyText(status), drop: 0 },
    { text: metricTable(status), drop: 1 },
    { text: stepsTable(status), drop: 2 },
    { text: unsafeText(status), drop: 1 },
    { text: noticesText(status), drop: 3 },
    { text: remedyText(status), drop: 1 },
    { text: footText(status), drop: 4 },
  ];
  return `${fitSections(sections, longestComment)}\n`;
}

function whyText(status: RolloutStatus): string {
  const parts = [
    ["Why", stopSentence(status, markdownVoice)],
    [status.doing === "moving" ? "Goes back" : "Went back", turnSentence(status, markdownVoice)],
    ["Last verdict", lastVerdictSentence(status, markdownVoice)],
  ] as const;
  return parts.flatMap(([title, text]) => (text === undefined ? [] : [`**${title}:** ${text}`])).join("\n\n");
}

/** The deciding metric with both values; nothing where none decided. */
export function metricTable({ verdict }: RolloutStatus): string {
  const metric = verdict?.metric;
  if (metric === undefined) return "";
  const row = [codeCell(metric.name), figureOf(metric.candidate), figureOf(metric.baseline)];
  return markdownTable(["Deciding metric", "--: candidate", "--: baseline"], [row]);
}

const stateMarks: Record<StepState, string> = {
  done: "🟢 healthy",
  now: "🔵 now",
  failed: "🔴 taken back here",
  later: "later",
  "not reached": "not reached",
};

function stepsTable(status: RolloutStatus): string {
  const states = stepStatesOf(status);
  const rows = status.steps.map((step, index) => [
    String(index + 1),
    shareWords(step.share, step.by),
    windowsWords(step),
    durationWords(secondsOfStep(step)),
    stateMarks[states[index] ?? "later"],
  ]);
  return markdownTable(["--: Step", "candidate gets", "healthy for", "at least", "state"], rows);
}

function unsafeText({ unsafe_back: unsafe }: RolloutStatus): string {
  return unsafe.length === 0
    ? ""
    : `**Going back is not safe:**\n\n${bulletList(unsafe.map((why) => inline(why, 300)))}`;
}

function noticesText({ notices }: RolloutStatus): string {
  if (notices.length === 0) return "";
  const lines = notices.map(
    ({ notice, told }) => `${notice.kind} ${code(notice.code)}${told ? "" : ", to be told"}`,
  );
  return `**Told:** ${lines.join("; ")}`;
}

function remedyText(status: RolloutStatus): string {
  const words = remedyWords(status);
  const quarantine = quarantineSentence(status, markdownVoice);
  const lines = [
    ...(quarantine === undefined ? [] : [quarantine]),
    ...(words.length === 0
      ? []
      : [`A person may say ${words.map((word) => code(`/rollout ${word} <reason>`)).join(", ")}.`]),
  ];
  return lines.join("\n\n");
}

function footText(status: RolloutStatus): string {
  const lease = leaseSentence(status, markdownVoice);
  const decision =
    status.decision_id === undefined ? "" : ` · decision ${code(status.decision_id.slice(0, 12))}`;
  const names = `Rollout ${code(status.rollout)}${decision} · opened ${clockWords(status.opened_at, status.at)} · as of ${clockWords(status.at, status.at)}`;
  return `<sub>${names}${lease === undefined ? "" : ` · ${lease}`}</sub>`;
}
