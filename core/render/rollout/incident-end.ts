import type { RolloutStatus } from "../../rollout/status.ts";
import { code } from "../escape.ts";
import { markdownVoice } from "../markdown.ts";
import { doingSentence, remedyWords, stopSentence } from "./sentences.ts";
import { clockWords } from "./words.ts";

/** What those hear who follow an incident, once the run that told them is over: how it ended, or that it stands. */
export function renderIncidentEnd(status: RolloutStatus, endedAt: string | null): string {
  const now = doingSentence(status, markdownVoice);
  const stands = stopSentence(status, markdownVoice);
  if (endedAt !== null) return `**${endWords[wordOf(status)]} at ${clockWords(endedAt, "")}.** ${now}`;
  if (stands === undefined) return `**Still under way at ${clockWords(status.at, "")}.** ${now}`;
  const words = remedyWords(status).map((word) => code(`/rollout ${word}`));
  const remedy = words.length === 0 ? "" : ` A person may say ${words.join(", ")}.`;
  return `**Still standing at ${clockWords(status.at, "")}:** ${stands}${remedy}`;
}

const endWords = { completed: "Completed", "rolled-back": "Rolled back", overruled: "Overruled" } as const;

function wordOf({ doing }: RolloutStatus): keyof typeof endWords {
  return doing === "completed" || doing === "overruled" ? doing : "rolled-back";
}
