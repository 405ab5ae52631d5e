import type { Decision } from "../decision/shape.ts";
import { decisionOutcome } from "./words.ts";

/** A button of a check. GitHub takes three of them: 20 characters of label and identifier, 40 of description. */
export type CheckAction = { label: string; description: string; identifier: string };

export const actionNames = ["rescore", "explain", "approve"] as const;
export type ActionName = (typeof actionNames)[number];

const buttons: Record<ActionName, CheckAction> = {
  rescore: { label: "Re-score", description: "Measure again and decide anew", identifier: "rescore" },
  explain: { label: "Explain", description: "Every point of the score, as a comment", identifier: "explain" },
  approve: {
    label: "Approve",
    description: "Posts the command for you to complete",
    identifier: "approve",
  },
};

export function actionButton(name: ActionName): CheckAction {
  return buttons[name];
}

/** The buttons of a check. To approve is offered only where an approval is asked for, and on a pull request. */
export function checkActions(decision: Decision): CheckAction[] {
  const outcome = decisionOutcome(decision);
  const asks = outcome === "approve" || outcome === "cut-over";
  const isPull = decision.subject.pull_request !== undefined;
  return actionNames
    .filter((name) => name === "rescore" || isPull)
    .filter((name) => name !== "approve" || asks)
    .map((name) => buttons[name]);
}
