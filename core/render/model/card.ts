import type { ModelCard } from "../../learning/card.ts";
import { percent } from "../backtest/words.ts";
import { cell, code, codeCell } from "../escape.ts";
import { bulletList, markdownTable } from "../markdown.ts";
import { counted, grouped } from "../numbers.ts";
import {
  failureList,
  figuresExplained,
  leftOutList,
  proofSentence,
  proofTable,
  standsUp,
  total,
} from "./words.ts";

const mostColumns = 60;

/** `model-card.md`, beside the model: what it is for, where it comes from, how well it does, and how to be rid of it. */
export function renderModelCard(card: ModelCard): string {
  return `${[
    "# Model card: the model of risk of this repository",
    "Written by `adaptive-deploy learn`, together with `model.json`. The next model brings the next card.",
    "## What it is for",
    `It says of a change how likely it ${outcome(card)}, and what speaks for and against it. \`decide\` asks it as far as \`model:\` in \`thresholds-and-windows.yaml\` lets it: \`shadow\` changes nothing.`,
    `**Not for** other repositories, for judging people, or as the only look at a change: it knows no test, no vulnerability and no performance. Those count by the weights, and the stricter answer holds. ${peopleSentence(card)}`,
    "## What it learnt from",
    markdownTable(["What", ""], sources(card)),
    "## How well it does",
    ...proofParts(card),
    "## What it cannot know",
    bulletList(limits(card)),
    "## How to go back",
    "Revert the pull request that brought this file, or set `model: { state: shadow }`: from then on the weights answer alone. Where the model cannot speak (missing, broken, stale, too much unknown, drifted), they do so by themselves, and the decision says why.",
    "## Who approved it",
    approval,
  ].join("\n\n")}\n`;
}

const approval = [
  "Whoever merged the pull request that brought this file. Git and GitHub keep who that was, and who reviewed it:",
  "",
  "```sh",
  "sha=$(git log -1 --format=%H -- .github/adaptive-deploy/model.json)",
  'gh pr list --state merged --search "$sha" --json number,mergedBy,mergedAt,reviews',
  "```",
  "",
  "Every decision names the model that spoke (`model.version`: SHA-256 of the file), in the ledger as well.",
].join("\n");

function outcome({ trained }: ModelCard): string {
  return trained.outcome === "rolled-back" ? "is rolled back" : "fails once it is merged";
}

function peopleSentence({ authorFacts }: ModelCard): string {
  if (authorFacts.length === 0) return "Nothing about the author is among its columns.";
  const names = authorFacts.map((name) => code(name, 60)).join(", ");
  return `**Facts about the author are among its columns: ${names}.** Policy turned them on (\`author-facts\`).`;
}

const day = (time: string): string => cell(time.slice(0, 10), 20);

function sources(card: ModelCard): string[][] {
  const { trained, failures, leftOut, delay, features } = card;
  const share = trained.rows > 0 ? ` (${percent(trained.failures / trained.rows)})` : "";
  const missing = total(leftOut);
  const more = features.length - mostColumns;
  const columns = features.slice(0, mostColumns).map((name) => codeCell(name, 60));
  const rows: [string, string][] = [
    ["Window", `${day(trained.from)} to ${day(trained.to)}`],
    ["Head", trained.head === undefined ? "" : codeCell(trained.head.slice(0, 12))],
    ["SHA-256 of the changes and their labels", codeCell(trained.data)],
    ["Changes of known outcome", `${grouped(trained.rows)}, of ${grouped(card.changes)} looked at`],
    ["Failures", `${grouped(trained.failures)}${share}: ${failureList(failures)}`.replace(/: $/u, "")],
    ["Left out", missing > 0 ? `${grouped(missing)}: ${leftOutList(leftOut)}` : "none"],
    [
      "Came out after",
      delay === null
        ? ""
        : `${daysOf(delay.middle)} for half of the failures, ${daysOf(delay.nineOfTen)} for nine of ten`,
    ],
    ["Columns", more > 0 ? `${columns.join(", ")} and ${grouped(more)} more` : columns.join(", ")],
    ["From the shipped prior", trained.prior_share === undefined ? "" : percent(trained.prior_share)],
    ["Calibrated by", calibrationWords[card.calibration]],
  ];
  return rows.filter(([, value]) => value !== "");
}

const calibrationWords: Record<ModelCard["calibration"], string> = {
  none: "nothing: too few failed, or it was right as it was",
  line: "a line in log-odds (Platt)",
  steps: "steps (isotonic)",
};

const daysOf = (days: number): string => (days < 1 ? "less than a day" : counted(Math.round(days), "day"));

function proofParts({ proof }: ModelCard): string[] {
  const verdict = `On its own: ${standsUp(proof)}.`;
  return proof === undefined
    ? [verdict]
    : [`${proofSentence(proof)} ${verdict}`, proofTable(proof), figuresExplained];
}

function limits({ trained }: ModelCard): string[] {
  return [
    "A failure that nobody reverted, mended or rolled back counts as a change that went well. What a later fix mends is laid to whoever changed those lines last.",
    "It says what went together before, not what causes a failure.",
    "A change of a kind that was never here before is ranked by what resembles it.",
    trained.failures < 20
      ? `With ${counted(trained.failures, "failure")} its figures say little: more will come with time.`
      : "Its figures are of the past: `shadow` and the drift watch tell how it does from now on.",
  ];
}
