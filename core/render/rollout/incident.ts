import type { Notice } from "../../rollout/effect.ts";
import type { RolloutStatus } from "../../rollout/status.ts";
import { code, inline, plain } from "../escape.ts";
import { markdownVoice } from "../markdown.ts";
import { metricTable } from "./markdown.ts";
import { doingSentence, quarantineSentence, remedyWords, whatGoes } from "./sentences.ts";
import { clockWords, shareWords } from "./words.ts";

/** What people are told of a rollout that went wrong: title and body of an issue, or of any other message. */
export function renderIncident(status: RolloutStatus, notice: Notice): { title: string; body: string } {
  const { service, environment, candidate } = status;
  const what = notice.kind === "incident" ? "taken back" : "needs a person";
  const title = plain(`${service} in ${environment}: ${candidate.id} ${what} (${notice.code})`, 200);
  const sections = [
    inline(notice.sentence, 1000),
    `**What moved:** ${whatMoved(status)}`,
    metricTable(status),
    `**Now:** ${doingSentence(status, markdownVoice)}`,
    ...(status.unsafe_back.length === 0
      ? []
      : [`**Going back is not safe:** ${status.unsafe_back.map((why) => inline(why, 300)).join(" ")}`]),
    remedy(status, notice),
    `<sub>Rollout ${code(status.rollout)} · ${code(notice.code)} · ${clockWords(status.at, "")}</sub>`,
  ];
  return { title, body: `${sections.filter((section) => section !== "").join("\n\n")}\n` };
}

function whatMoved(status: RolloutStatus): string {
  const step = status.verdict === null ? undefined : status.steps[status.verdict.step];
  const reached =
    step === undefined
      ? `the candidate had ${status.share} % when it was last looked at`
      : `the candidate had got as far as step ${(status.verdict?.step ?? 0) + 1} of ${status.steps.length}, ${shareWords(step.share, step.by)}`;
  return `${whatGoes(status, markdownVoice)}; ${reached}.`;
}

function remedy(status: RolloutStatus, notice: Notice): string {
  if (notice.kind === "page") {
    const words = remedyWords(status).map((word) => code(`/rollout ${word} <reason>`));
    return words.length === 0 ? "" : `Nothing goes on without a person: ${words.join(", ")}.`;
  }
  if (status.kind === "back") return "";
  const stays = quarantineSentence({ ...status, doing: "rolled-back" }, markdownVoice);
  return `${stays} Was it wrong? ${code("/rollout overrule <reason>")} lets this candidate begin anew at step one, and marks the verdict as disputed.`;
}
