import type { RolloutPlan } from "../../rollout/plan.ts";
import type { RolloutState } from "../../rollout/state.ts";
import { statusOf } from "../../rollout/status.ts";
import { code, plain } from "../escape.ts";
import { markdownVoice } from "../markdown.ts";
import { metricTable } from "./markdown.ts";
import { turnSentence } from "./sentences.ts";

export type RevertedFile = { path: string; commitUrl: string };

/** The pull request by which Git goes back too. Without the ledger it says what the plan alone knows. */
export function renderRevert(
  { rollout, service, environment, candidate, stable }: RolloutPlan,
  { path, commitUrl }: RevertedFile,
  state: RolloutState | undefined,
  now: string,
): { title: string; body: string } {
  const [bad, good] = [code(candidate.id), code(stable?.id ?? "nothing")];
  const status = state && statusOf(state, null, now);
  const why = status && turnSentence(status, markdownVoice);
  const sections = [
    `<!-- adaptive-deploy:revert:${rollout} -->`,
    `${code(service)} in ${code(environment)}: ${bad} was taken back to ${good}, and Git still asks for it.`,
    why === undefined ? "" : `**Why:** ${why}`,
    status ? metricTable(status) : "",
    `**This puts back** ${code(path)}, which ${commitUrl} changed.`,
    `**To end the rollback, merge this.** The controller that reads Git brings ${good} then, and the rollout ends once it is ` +
      `there. Nothing merges it by itself, and until it is merged any change of the resource brings ${bad} again.`,
    `Was it wrong? ${code("/rollout overrule <reason>")} lets the candidate begin anew; close this then.`,
    `<sub>Rollout ${code(rollout)}</sub>`,
  ];
  return {
    title: plain(`Revert ${service} in ${environment} to ${stable?.id ?? "nothing"}`, 200),
    body: `${sections.filter((section) => section !== "").join("\n\n")}\n`,
  };
}
