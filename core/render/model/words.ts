import type { CensorReason, FailureReason } from "../../learning/sample.ts";
import type { Proof } from "../../model/file.ts";
import { markdownTable } from "../markdown.ts";
import { counted, grouped, listed } from "../numbers.ts";

/** What a model card and the pull request that brings a model say in the same words. */

const failureWords: Record<FailureReason, string> = {
  "rolled-back": "rolled back",
  "objective-missed": "missed an objective",
  "deployment-failed": "deployment failed",
  reverted: "reverted",
  hotfixed: "hotfixed",
  fixed: "mended by a later fix",
};
const censorWords: Record<CensorReason, string> = {
  "too-new": "too new to know",
  disputed: "disputed",
  "shared-fault": "a fault that others shared",
  "shared-release": "released with others, and one of them failed",
  "unrelated-rollback": "rolled back for another reason",
  "not-judged": "a rollout that nobody judged",
  "nothing-counted": "no line that counts",
  "merge-of-history": "a merge of another history",
};

/** "412 mended by a later fix, 60 reverted", the most frequent first. */
export function failureList(counts: Partial<Record<FailureReason, number>>): string {
  return byCount(counts, failureWords);
}
export function leftOutList(counts: Partial<Record<CensorReason, number>>): string {
  return byCount(counts, censorWords);
}

function byCount<Name extends string>(
  counts: Partial<Record<Name, number>>,
  words: Record<Name, string>,
): string {
  const all: [string, number][] = [];
  for (const name in words) if (counts[name]) all.push([words[name], counts[name]]);
  all.sort(([, one], [, other]) => other - one);
  return all.map(([word, count]) => `${grouped(count)} ${word}`).join(", ");
}

export const total = (counts: Partial<Record<string, number>>): number =>
  Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);

/** .761, as such figures are written. */
export const figure = (value: number): string => value.toFixed(3).replace(/^(-?)0\./u, "$1.");

const interval = ({ auc_low: low, auc_high: high }: Proof): string => `${figure(low)} to ${figure(high)}`;

/** Its figures on the newest changes, beside what they are to be better than. */
export function proofTable(proof: Proof, merged?: Proof): string {
  const { lines_added_auc: lines, heuristic_auc: weights } = proof;
  const others: [string, number | undefined][] = [
    ["the weights (heuristic)", weights],
    ["lines added", lines],
  ];
  const known = others.flatMap(([name, auc]) => (auc === undefined ? [] : [[name, figure(auc), "", ""]]));
  const row = (name: string, one: Proof): string[] => [
    name,
    `${figure(one.auc)} (${interval(one)})`,
    figure(one.brier),
    figure(one.ece),
  ];
  return markdownTable(
    ["Ranked by", "--: AUC", "--: Brier", "--: ECE"],
    [
      row("**this model**", proof),
      ...(merged === undefined ? [] : [row("the merged model, on its own newest part", merged)]),
      ...known,
    ],
  );
}

export function proofSentence({ rows, failures }: Proof): string {
  return `Learnt without the newest ${counted(rows, "change")}, asked about them: ${grouped(failures)} of them failed.`;
}

export const figuresExplained =
  "AUC: of two changes of which one failed, how often it names that one; .500 is chance, in brackets what chance leaves open. Brier and ECE: how far its probabilities are off; less is better.";

/** What its own proof says of its ranking, as the end of a sentence. */
export function standsUp(proof: Proof | undefined): string {
  if (proof === undefined)
    return "too few of the newest changes failed to try it on: keep the state at `shadow`";
  const { auc, auc_low: low, lines_added_auc: lines, heuristic_auc: weights } = proof;
  const others = [
    { name: "the weights", auc: weights },
    { name: "lines added", auc: lines },
  ].flatMap((one) => (one.auc === undefined ? [] : [{ name: one.name, auc: one.auc }]));
  const ahead = others.filter((one) => one.auc >= auc);
  if (low <= 0.5)
    return "its ranking cannot be told from chance on so few changes: keep the state at `shadow`";
  if (ahead.length > 0)
    return `it does not rank better than ${named(ahead)}: there is no reason to go beyond \`shadow\``;
  if (others.length === 0) return "it ranks better than chance";
  const isClear = others.every((one) => one.auc < low);
  return `it ranks better than ${named(others)}${isClear ? "" : ", though by less than chance leaves open"}`;
}

const named = (others: readonly { name: string }[]): string => listed(others.map(({ name }) => name));
