import type { Decision, Gate } from "../../core/decision/shape.ts";
import { plain } from "../../core/render/escape.ts";
import { askFor } from "../../core/render/headline.ts";
import { scoreInShort } from "../../core/render/model-says.ts";
import { shortCommit, type Voice } from "../../core/render/sentences.ts";
import { decisionOutcome, levelOfAnswer, type Outcome } from "../../core/render/words.ts";
import type { Found } from "./decisions.ts";
import { type Content, html, type Markup } from "./html.ts";

/** Pieces that several pages show alike. */

/** The renderers' sentences as plain text; the template escapes them when they are set. */
export const voice: Voice = {
  show: (text, longest) => plain(text, longest),
  name: plain,
  strong: (text) => text,
};

export function scorePill(decision: Decision): Markup {
  const level = levelOfAnswer(decision);
  return html`<span class="score ${level}">${scoreInShort(decision)} <small>${level}</small></span>`;
}

/** What is asked of people now: somebody's hold says more than any approval. */
export function asks(decision: Decision, hold: Found["hold"]): string {
  if (hold) return `On hold by ${plain(hold.actor, 60)}`;
  const words = askFor(decision);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Why it is held, and how it goes on. */
export function holdWords({ reason, elsewhere }: NonNullable<Found["hold"]>): string {
  const why = plain(reason, 300);
  const where = elsewhere === undefined ? "" : `on #${elsewhere}, which has the same commit`;
  return [where, why].filter(Boolean).join(": ");
}

/** The colour of what is asked, which is not that of the risk: a high risk that was approved may go. */
export function answerLevel(decision: Decision, hold: Found["hold"]): string {
  const level = outcomeLevels[decisionOutcome(decision)];
  return hold && level === "low" ? "medium" : level;
}

const outcomeLevels: Record<Outcome, string> = {
  go: "low",
  "cut-over": "medium",
  approve: "medium",
  block: "high",
};

const verdicts: Record<Gate["verdict"], { words: string; level: string }> = {
  pass: { words: "passes", level: "low" },
  approve: { words: "needs approval", level: "medium" },
  block: { words: "blocks", level: "high" },
};
const approved = { words: "approved", level: "low" };

export function verdictPill(verdict: Gate["verdict"], isApproved: boolean): Markup {
  const { words, level } = verdict === "approve" && isApproved ? approved : verdicts[verdict];
  return html`<span class="verdict ${level}">${words}</span>`;
}

/** "Pull request 7", or what else was decided on. */
export function subjectWords({ subject }: Decision): string {
  if (subject.pull_request !== undefined) return `Pull request ${subject.pull_request}`;
  const at = subject.head ?? subject.candidate;
  const kind = { change: "Change", group: "Merge group", release: "Release" }[subject.kind];
  return at === undefined ? kind : `${kind} ${shortCommit(at)}`;
}

/** A commit short enough to read, whole where a pointer rests on it. */
export function commit(sha: string | undefined): Content {
  return sha === undefined ? "not known" : html`<code title="${sha}">${shortCommit(sha)}</code>`;
}
