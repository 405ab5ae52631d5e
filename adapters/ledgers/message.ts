import type { LedgerEvent } from "../../core/evidence/event.ts";
import { placeOf, summaryOf } from "../../core/evidence/summary.ts";

/** What `git log` shows of an append: what happened, to what, and why; below it which events the commit holds. */
export type CommitMessage = { headline: string; body: string };

const trailer = "Ledger-Head";

export function messageFor(events: LedgerEvent[]): CommitMessage {
  const last = events.at(-1);
  const headlines = events.map(headline);
  const more = events.length > 1 ? headlines.map((line) => `- ${line}\n`).join("") : "";
  const head = last === undefined ? "" : `${trailer}: ${last.sequence} ${last.hash}`;
  const subject =
    headlines.length > 1 ? `${headlines[0]} and ${headlines.length - 1} more` : (headlines[0] ?? "");
  // Services that build every branch pushed to them would build the ledger too, but for this mark.
  return { headline: subject, body: `${more === "" ? "" : `${more}\n`}[skip ci]\n\n${head}` };
}

/** The head as the newest commit tells it, so that appending needs to read nothing else; null where it tells none. */
export function headInMessage(message: string): { sequence: number; hash: string } | null {
  const found = /^Ledger-Head: (\d{1,9}) ([0-9a-f]{64})$/m.exec(message.slice(-2000));
  return found?.[2] === undefined ? null : { sequence: Number(found[1]), hash: found[2] };
}

function headline(event: LedgerEvent): string {
  const { environment, service } = placeOf(event.stream);
  const place = environment === "" ? service : `${service} in ${environment}`;
  const summary = inert(summaryOf(event));
  return `${event.kind}: ${inert(place)}${summary === "" ? "" : `: ${summary}`}`;
}

/** A reason is a stranger's text: it may neither mention people (@) nor link issues (#) nor end the line. */
function inert(text: string): string {
  const kept = text.slice(0, 400).replace(/[^\p{L}\p{N} .,:;/_%()+=<>'!?*-]+/gu, " ");
  const line = kept.replace(/ {2,}/g, " ").trim();
  return [...line].length > 80 ? `${[...line].slice(0, 79).join("")}…` : line;
}
