import type { ModelCard } from "../learning/card.ts";
import type { Delay } from "../learning/delay.ts";
import { failureList, figure, leftOutList, standsUp, total } from "./model/words.ts";
import { counted, grouped } from "./numbers.ts";

const fewestFailures = 10;

/** What `learn` found, in a few lines. */
export function learntLines(card: ModelCard, { seconds, isMeasured }: Delay, leastLabels: number): string[] {
  const { trained, proof, failures, leftOut, changes } = card;
  const why = failureList(failures);
  const missing = total(leftOut);
  const lines = [
    `${counted(changes, "change")}; of ${grouped(trained.rows)} it is known how they went, and ${grouped(trained.failures)} failed${why && ` (${why})`}.`,
    missing > 0 ? `Left out: ${leftOutList(leftOut)}.` : "Nothing is left out.",
    `A change counts once it has been quiet for ${counted(Math.round(seconds / 86_400), "day")}: ${isMeasured ? "by then nine of ten failures were known" : "too few failures are known to measure how long they take to come out"}.`,
  ];
  if (trained.failures < fewestFailures)
    lines.push(
      "Too few failures to learn from: the model is the shipped prior, which knows this repository's own ranks and nothing of its failures.",
    );
  if (proof !== undefined)
    lines.push(
      `On the newest ${counted(proof.rows, "change")}: AUC ${figure(proof.auc)} (${figure(proof.auc_low)} to ${figure(proof.auc_high)})${proof.lines_added_auc === undefined ? "" : `, lines added alone ${figure(proof.lines_added_auc)}`}.`,
    );
  lines.push(mayLeave(card, leastLabels));
  return lines;
}

/** Whether it may do more than be looked at, as far as that can be told without its releases. */
function mayLeave({ trained, proof }: ModelCard, leastLabels: number): string {
  if (trained.rows < leastLabels)
    return `It stays in shadow: ${counted(trained.rows, "change")} of known outcome, and policy asks for ${grouped(leastLabels)}.`;
  return `By what is known here ${standsUp(proof)}.`;
}
