import type { StepPower } from "../../analysis/verdict.ts";
import type { DryRun } from "../../rollout/dry-run.ts";
import { secondsOfStep } from "../../rollout/status.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { rounded } from "../numbers.ts";
import { hanging, type Paper, type Pen, penFor } from "../pen.ts";
import { durationWords } from "../plan.ts";
import { padEndToWidth, padStartToWidth, wrapToWidth } from "../width.ts";
import { whatGoes, windowsWords } from "./sentences.ts";
import { terminalVoice } from "./status.ts";
import { effectWords, shareWords } from "./words.ts";

/** A plan for a terminal, before anything moves: what would be done, asked for and told. */
export function renderPlanTerminal(dryRun: DryRun, paper: Paper = {}): string {
  const pen = penFor(paper);
  const blocks = [
    headLines(dryRun, pen),
    refusalLines(dryRun, pen),
    stepLines(dryRun, pen),
    ruleLines(dryRun, pen),
    requestLines(dryRun, pen),
    [pen.paint("Nothing was moved and nothing was written.", "dim")],
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return terminalLines(`${text.join("\n\n")}\n`);
}

function headLines({ plan, seconds, adopts }: DryRun, pen: Pen): string[] {
  const time =
    plan.steps.length === 0 ? "At once." : `At least ${durationWords(seconds)}, if all stays healthy.`;
  const adopted =
    adopts === null
      ? []
      : wrapToWidth(`It is under way already as ${adopts}; \`run\` goes on with it.`, pen.width);
  return [
    ...wrapToWidth(whatGoes(plan, terminalVoice), pen.width).map((line) => pen.paint(line, "bold")),
    time,
    ...adopted,
  ];
}

function refusalLines({ refusals }: DryRun, pen: Pen): string[] {
  if (refusals.length === 0) return [];
  const lines = refusals.flatMap(({ code, sentence }) =>
    hanging("  - ", `${terminalText(sentence, 500)} (${terminalText(code, 60)})`, pen),
  );
  return [pen.paint("It would not begin:", "red"), ...lines];
}

const headings = ["", "Candidate gets", "healthy for", "at least"] as const;

function stepLines({ plan, power }: DryRun, pen: Pen): string[] {
  if (plan.steps.length === 0) return [];
  const rows = plan.steps.map((step, index) => [
    String(index + 1),
    shareWords(step.share, step.by),
    windowsWords(step),
    durationWords(secondsOfStep(step)),
  ]);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? padStartToWidth : padEndToWidth)(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [
    pen.paint(`  ${line(headings)}`, "dim"),
    ...rows.flatMap((row, index) => [
      `  ${line(row)}`,
      ...powerLines(
        power?.steps?.find(({ weight }) => weight === plan.steps[index]?.share),
        pen,
      ),
    ]),
  ];
}

/** What the step would take back of harm, were it there. */
function powerLines(power: StepPower | undefined, pen: Pen): string[] {
  return (power?.metrics ?? []).flatMap(({ target, chance }) =>
    chance === null
      ? []
      : hanging(
          "      ",
          `${terminalText(target, 120)}: taken back with a chance of ${rounded(100 * chance)} %`,
          pen,
        ).map((line) => pen.paint(line, "dim")),
  );
}

function ruleLines({ plan, warnings, power }: DryRun, pen: Pen): string[] {
  const { approval, bake_seconds, back_within_seconds, unsafe_back, kind } = plan;
  const back = durationWords(back_within_seconds);
  return [
    ...(approval === "cut-over"
      ? hanging("Approval: ", "a person says yes before the last share.", pen)
      : []),
    ...(bake_seconds > 0
      ? hanging(
          "Afterwards: ",
          `the old version stays warm for ${durationWords(bake_seconds)}, rollback armed.`,
          pen,
        )
      : []),
    ...(unsafe_back.length === 0 && kind !== "back"
      ? hanging("Going back: ", `safe as far as was said; people are paged if it takes over ${back}.`, pen)
      : []),
    ...unsafe_back.flatMap((why) =>
      hanging(
        "Going back is not safe: ",
        `${terminalText(why, 300)} A bad verdict holds and pages instead.`,
        pen,
      ),
    ),
    ...[...warnings, ...(power?.motion.sentences ?? []), ...(power?.warnings ?? [])].flatMap((warning) =>
      hanging("Note: ", terminalText(warning, 300), pen),
    ),
  ];
}

function requestLines({ effects }: DryRun, pen: Pen): string[] {
  const known = effects.filter(({ requests }) => requests !== null);
  if (known.length === 0) return [];
  const lines = known.flatMap(({ effect, requests }) => [
    ...hanging("  ", `${effectWords(effect)}:`, pen),
    ...(requests ?? []).map((request) => `    ${terminalText(request, 400)}`),
    ...(requests?.length === 0 ? ["    nothing"] : []),
  ]);
  return [pen.paint("What the target would be asked, as it stands:", "bold"), ...lines];
}
