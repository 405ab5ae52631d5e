import type { LedgerEvent } from "./event.ts";
import { parseStream } from "./stream.ts";

/** What an event is about in a few words, for a commit's subject and the column of a table. */
export function summaryOf(event: Pick<LedgerEvent, "kind" | "body">): string {
  const words = told
    .map((name) => event.body[name])
    .filter((value) => typeof value === "string" || typeof value === "number")
    .map(String);
  const first = event.kind === "decision" ? scored(event.body, words) : words;
  return first.slice(0, 3).join(", ");
}

/** Fields that say most of an event, in the order in which they are shown. */
const told = ["action", "verdict", "effect", "result", "outcome", "reason_code", "reason", "holder"];

function scored(body: LedgerEvent["body"], words: string[]): string[] {
  const { risk_score: score, strategy } = body;
  const plan =
    typeof score === "number" && typeof strategy === "string" ? [`${score} / 100 ${strategy}`] : [];
  return [...plan, ...words];
}

export function placeOf(stream: string): { environment: string; service: string } {
  const name = parseStream(stream);
  if (name?.kind === "service") return { environment: name.environment, service: name.service };
  return { environment: "", service: name === null ? stream : "changes" };
}
