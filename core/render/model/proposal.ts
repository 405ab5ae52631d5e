import type { Backtested } from "../../backtest/backtest.ts";
import type { ModelCard } from "../../learning/card.ts";
import type { ModelImpact } from "../../learning/model-impact.ts";
import type { Learnt, Worth } from "../../learning/worth.ts";
import { renderBacktestMarkdown } from "../backtest/markdown.ts";
import { measureTable } from "../backtest/tables.ts";
import { measures, verdictSentence } from "../backtest/words.ts";
import { detailsBlock } from "../details.ts";
import { code, inline, plain } from "../escape.ts";
import { markdownTable } from "../markdown.ts";
import { counted, grouped } from "../numbers.ts";
import { bucketTable, movedDetails } from "../policy-impact.ts";
import { renderModelCard } from "./card.ts";
import { figuresExplained, proofSentence, proofTable, standsUp } from "./words.ts";

export type ModelProposal = {
  card: ModelCard;
  /** The model that is merged; absent where there is none. */
  merged?: Learnt | undefined;
  because: Extract<Worth, { propose: true }>["because"];
  impact?: ModelImpact | undefined;
  backtest?: ProposedBacktest | undefined;
};
export type ProposedBacktest = {
  backtested: Backtested;
  /** Suggested thresholds as YAML; empty where none were asked for. */
  yaml: string;
};
export type PullRequestText = { title: string; body: string };

/**
 * The pull request that brings a model: the verdict first, then why, then what it would do, then how to say no. Each part
 * has its bound, and together they stay far below what GitHub takes.
 */
export function renderModelProposal(proposal: ModelProposal): PullRequestText {
  const { card, backtest, impact } = proposal;
  const sections = [
    verdict(proposal),
    figures(proposal),
    ...(impact ? impactSections(impact) : []),
    detailsBlock("Model card", [withoutHeading(renderModelCard(card))]),
    backtestDetails(backtest),
    yesAndNo(
      "model",
      "`model: { state: shadow }` in `thresholds-and-windows.yaml` keeps it and lets it decide nothing.",
    ),
    provenance(card),
  ];
  return {
    title: plain(`Model of risk, learnt up to ${card.trained.to.slice(0, 10)}`, 200),
    body: `${sections.filter((section) => section !== "").join("\n\n")}\n`,
  };
}

const openings = {
  first: "The first model of risk of this repository",
  newer: "A newer model of risk",
  better: "A better model of risk from the same changes",
};

function verdict({ card, merged, because, impact, backtest }: ModelProposal): string {
  const { trained, proof } = card;
  const learnt = `learnt from ${counted(trained.rows, "change")}, of which ${grouped(trained.failures)} failed`;
  const own = backtest === undefined ? `: ${standsUp(proof)}` : "";
  const changesNothing = impact?.enforced !== undefined && impact.asIs.moved.length === 0;
  const head = [
    `**${openings[because]}, ${learnt}${own}.**`,
    merged === undefined ? "" : `The merged one knew ${grouped(merged.trained.rows)}.`,
    changesNothing ? "Merging it changes no answer by itself." : "",
    backtest === undefined ? comparison(proof, merged?.proof) : "",
  ];
  const told = backtest && verdictSentence(backtest.backtested.backtest);
  return [head.filter(Boolean).join(" "), told].filter(Boolean).join("\n\n");
}

/** Of the backtest, which puts all of them to the same changes; else of the proof that every model brings. */
function figures({ card: { proof }, merged, backtest }: ModelProposal): string {
  if (backtest !== undefined) {
    const { headings, rows } = measureTable(backtest.backtested.backtest, measures.brief, true);
    return markdownTable(headings, rows);
  }
  if (proof === undefined) return "";
  return [proofSentence(proof), proofTable(proof, merged?.proof), figuresExplained].join("\n\n");
}

function backtestDetails(backtest: ProposedBacktest | undefined): string {
  if (backtest === undefined) return "";
  return detailsBlock("Backtest", [renderBacktestMarkdown(backtest.backtested, backtest.yaml).trim()]);
}

function comparison(ours: Learnt["proof"], theirs: Learnt["proof"]): string {
  if (ours === undefined || theirs === undefined) return "";
  const less = ours.auc < theirs.auc_low ? "clearly less" : ours.auc < theirs.auc ? "a little less" : "";
  return less === ""
    ? ""
    : `**On its newest part it ranks ${less} well than the merged one did on its own: look at the backtest.**`;
}

/** What would have become of the newest changes. */
export function impactSections({ asIs, enforced, silent }: ModelImpact): string[] {
  if (asIs.changes === 0) return [];
  const moved = asIs.moved.length;
  const shown = moved > 0 ? asIs : enforced;
  const isShown = shown !== undefined && shown.moved.length > 0;
  const sentences = [
    `As the policy stands, of the newest ${counted(asIs.changes, "change")} ${moved === 0 ? "none" : grouped(moved)} would be answered differently.`,
    moved > 0 || enforced === undefined ? "" : wereItEnforced(enforced.moved.length),
    silent === undefined ? "" : `It would decide nothing: ${inline(silent, 300)}`,
  ];
  return [
    "### What it would change",
    sentences.filter(Boolean).join(" "),
    isShown ? bucketTable(shown, moved > 0 ? "with this" : "were it enforced") : "",
    isShown
      ? "From the diffs alone, by the weights and the model; most of these changes it has learnt from."
      : "",
    isShown ? movedDetails(shown) : "",
  ];
}

function wereItEnforced(moved: number): string {
  return moved === 0
    ? "Nor would they, were it enforced."
    : `Were it enforced, ${grouped(moved)} would be; that takes a pull request of its own.`;
}

export function yesAndNo(what: string, other?: string): string {
  return [
    "### Yes or no",
    `Merging is the sign-off: whoever merges answers for this ${what}, and the merged pull request is the record of it. Reverting it takes the ${what} back${other === undefined ? "." : `; ${other}`}`,
    `To say no, close it: exactly this is not proposed again. A newer proposal closes this one, unless somebody has committed on its branch.`,
  ].join("\n\n");
}

const withoutHeading = (markdown: string): string =>
  markdown
    .replace(/^# .*\n+/u, "")
    .replaceAll(/^## /gmu, "#### ")
    .trim();

function provenance({ trained }: ModelCard): string {
  const head = trained.head === undefined ? "" : ` · up to ${code(trained.head.slice(0, 12))}`;
  return `<sub>Data ${code(trained.data.slice(0, 12))}${head}</sub>`;
}
