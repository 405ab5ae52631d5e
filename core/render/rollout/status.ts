import type { RolloutStatus } from "../../rollout/status.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { hanging, type Paper, type Pen, penFor, type Style } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { padEndToWidth, padStartToWidth, wrapToWidth } from "../width.ts";
import {
  doingSentence,
  lastVerdictSentence,
  leaseSentence,
  metricSentence,
  quarantineSentence,
  remedyWords,
  standingWords,
  stopSentence,
  turnSentence,
  whatGoes,
  windowsWords,
} from "./sentences.ts";
import { clockWords, type StepState, shareWords, stepStatesOf } from "./words.ts";

export const terminalVoice: Voice = {
  show: terminalText,
  name: (text) => terminalText(text, 100),
  strong: (text) => text,
};

/** Where a rollout stands, for a terminal: what it is about, its steps, and who has to do what. */
export function renderStatusTerminal(status: RolloutStatus, paper: Paper = {}): string {
  const pen = penFor(paper);
  const blocks = [
    headLines(status, pen),
    stepLines(status, pen),
    toldLines(status, pen),
    footLines(status, pen),
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return terminalLines(`${text.join("\n\n")}\n`);
}

function styleOf({ doing, stop, turned }: RolloutStatus): Style {
  if (doing === "completed") return "green";
  if (turned !== null || doing === "rolled-back") return "red";
  return stop !== null || doing === "approval" ? "yellow" : "bold";
}

function headLines(status: RolloutStatus, pen: Pen): string[] {
  const goes = wrapToWidth(whatGoes(status, terminalVoice), pen.width).map((line) => pen.paint(line, "bold"));
  const standing = standingWords(status);
  const mark = `${standing.slice(0, 1).toUpperCase()}${standing.slice(1)}: `;
  const lines = hanging(mark, doingSentence(status, terminalVoice), pen);
  return [...goes, ...lines.map((line, index) => (index === 0 ? pen.paint(line, styleOf(status)) : line))];
}

const stepMarks: Record<StepState, [string, Style]> = {
  done: ["✓", "green"],
  now: ["▸", "bold"],
  failed: ["✗", "red"],
  later: ["·", "dim"],
  "not reached": ["·", "dim"],
};

function stepLines(status: RolloutStatus, pen: Pen): string[] {
  const shares = status.steps.map(({ share, by }) => shareWords(share, by));
  const longest = Math.max(0, ...shares.map((share) => share.length));
  return stepStatesOf(status).map((state, index) => {
    const [mark, style] = stepMarks[state];
    const step = status.steps[index];
    const windows = step === undefined ? "" : windowsWords(step);
    const number = padStartToWidth(String(index + 1), 2);
    return pen.paint(
      `  ${mark} ${number}  ${padEndToWidth(shares[index] ?? "", longest)}  ${windows}`,
      style,
    );
  });
}

function toldLines(status: RolloutStatus, pen: Pen): string[] {
  const told = [
    ["Verdict: ", lastVerdictSentence(status, terminalVoice)],
    ["Metric: ", metricSentence(status, terminalVoice)],
    ["Why: ", stopSentence(status, terminalVoice)],
    [status.doing === "moving" ? "Goes back: " : "Went back: ", turnSentence(status, terminalVoice)],
    ["Quarantine: ", quarantineSentence(status, terminalVoice)],
    ...status.unsafe_back.map((why) => ["Going back is not safe: ", terminalText(why, 300)] as const),
    ...status.notices.map(
      ({ notice, told: known }) =>
        [known ? "Told: " : "To be told: ", `${notice.kind} ${terminalText(notice.code, 60)}`] as const,
    ),
  ] as const;
  return told.flatMap(([mark, sentence]) => (sentence === undefined ? [] : hanging(mark, sentence, pen)));
}

function footLines(status: RolloutStatus, pen: Pen): string[] {
  const remedies = remedyWords(status);
  const lease = leaseSentence(status, terminalVoice);
  const decision =
    status.decision_id === undefined ? "" : ` · decision ${terminalText(status.decision_id, 12)}`;
  const names = `${terminalText(status.rollout, 40)}${decision} · opened ${clockWords(status.opened_at, status.at)}`;
  return [
    ...(remedies.length === 0
      ? []
      : hanging("Say: ", `adaptive-deploy rollout switch ${remedies.join("|")}`, pen)),
    ...(lease === undefined ? [] : wrapToWidth(lease, pen.width)).map((line) => pen.paint(line, "dim")),
    ...wrapToWidth(names, pen.width).map((line) => pen.paint(line, "dim")),
  ];
}
