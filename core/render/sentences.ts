import { leastHistoryChanges } from "../change/fact.ts";
import type { Decision } from "../decision/shape.ts";
import { blocked } from "../decision/strictest.ts";
import { modelLeads, modelRisk, scoreInShort } from "./model-says.ts";
import { counted, grouped, listed } from "./numbers.ts";
import { unknownFact } from "./values.ts";
import { reasonPhrases } from "./words.ts";

/**
 * Sentences that every renderer says alike. What comes from a change passes through `show`, which escapes for
 * Markdown or for a terminal; `strong` sets off a number.
 */
export type Voice = {
  show: (text: string, longest?: number) => string;
  name: (text: string) => string;
  strong: (text: string) => string;
};

/** A model brings what is typical along. */
export function historyIsThin(decision: Decision): boolean {
  return !modelLeads(decision) && (decision.history_changes ?? 0) < leastHistoryChanges;
}

export function historySentence(decision: Decision): string | undefined {
  const { rank, history_changes: changes, model } = decision;
  if (model && modelLeads(decision)) return modelRisk(model);
  if (historyIsThin(decision)) {
    return `Too little history (${grouped(changes ?? 0)}) to say what is typical here: the points count from an empty change.`;
  }
  if (!rank) return undefined;
  const among = rank.among === "bots" ? " by bots" : "";
  const others = `the last ${grouped(rank.changes)} changes${among} merged here`;
  const percent = Math.round(rank.percent);
  if (percent <= 0) return `No riskier than any of ${others}.`;
  return `Riskier than ${percent >= 100 ? "all" : `${percent} %`} of ${others}.`;
}

/** Said where a caution of the policy moves the look-up but not the score. */
export function bandSentence(decision: Decision): string | undefined {
  const { band_score, risk_score } = decision;
  if (band_score === risk_score) return undefined;
  return `The rollout is picked as for a score of ${band_score}: policy is ${band_score - risk_score} points more careful with where this runs.`;
}

/** What a model's points count from is its expectation, where nothing is known. */
function referenceWords(decision: Decision): string {
  if (modelLeads(decision)) return "the average change";
  return historyIsThin(decision) ? "an empty change" : "the typical change";
}

export function sumSentence(decision: Decision, voice: Voice): string {
  const { reference_score: reference, risk_score: score } = decision;
  const start = `${reference} for ${referenceWords(decision)}`;
  const points = score - reference;
  return `${start} ${points < 0 ? "−" : "+"} ${Math.abs(points)} = ${voice.strong(String(score))}.`;
}

const notCountedWords = new Map([
  ["lock", "lock-file"],
  ["policy", "policy-listed"],
  ["rename", "moved"],
]);

export function notCountedSentence(decision: Decision, voice: Voice): string | undefined {
  const left = decision.not_counted;
  if (!left || (left.lines === 0 && left.files === 0)) return undefined;
  const reasons = Object.entries(left.by_reason)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 4)
    .map(([reason]) => notCountedWords.get(reason) ?? reason);
  const kinds = reasons.length > 0 ? `${voice.show(listed(reasons), 120)} ` : "";
  const what =
    left.lines > 0
      ? `${grouped(left.lines)} ${kinds}${left.lines === 1 ? "line" : "lines"}`
      : `${kinds}${counted(left.files, "file")}`;
  const examples = left.examples.slice(0, 3).map(voice.name);
  const more = left.files - examples.length;
  if (examples.length > 0 && more > 0) examples.push(`${grouped(more)} more`);
  return `Not counted: ${what}${examples.length > 0 ? ` (${examples.join(", ")})` : ""}.`;
}

/** The unknowns by what they could add, named up to `most`. */
export function unknownNames(decision: Decision, voice: Voice, most: number): string {
  const sorted = [...decision.unknowns].sort((left, right) => right.worst - left.worst);
  const names = sorted.slice(0, most).map((unknown) => voice.show(unknownFact(unknown.name), 60));
  const more = sorted.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${grouped(more)} more` : names.join(", ");
}

export function worstSentence(decision: Decision): string {
  const { worst_score: worst, risk_score: score, strategy } = decision;
  if (modelLeads(decision)) return worstAnswer(decision);
  if (worst <= score) return "None of it could raise the score.";
  const then = decision.at_worst;
  if (!then) return `At worst ${worst}.`;
  const asks = worstAsks(decision, then);
  return `At worst ${worst}: ${then.strategy === strategy ? "same strategy" : then.strategy}${asks}.`;
}

/** Points of the weights and a model's score cannot be added: what could come of it can be said. */
function worstAnswer(decision: Decision): string {
  const then = decision.at_worst;
  if (!then) return "";
  const [same, asks] = [then.strategy === decision.strategy, worstAsks(decision, then)];
  if (same && asks === "") return "At worst nothing else is asked for.";
  return `At worst: ${same ? "same strategy" : then.strategy}${asks}.`;
}

function worstAsks(decision: Decision, then: NonNullable<Decision["at_worst"]>): string {
  if (then.blocked) return blocked(decision) ? "" : ", blocked";
  return then.needs_approval && !decision.needs_approval ? ", with an approval" : "";
}

export function lowerOptions(decision: Decision, voice: Voice): string[] {
  return decision.counterfactuals
    .slice(0, 3)
    .map(
      ({ change, score }) =>
        `${voice.show(change, 160)} → ${voice.strong(scoreInShort({ ...decision, risk_score: score }))}`,
    );
}

/** Who may approve, as the policy lists them. */
export function approverSentence(decision: Decision, voice: Voice): string {
  const sources = (decision.approvers ?? []).slice(0, 6).map((approver) => voice.show(approver, 100));
  const more = (decision.approvers?.length ?? 0) - sources.length;
  if (more > 0) sources.push(`${grouped(more)} more`);
  const whom = sources.length > 0 ? sources.join(", ") : "whoever the policy allows";
  return `${whom}. Never the author, and for this commit only.`;
}

/** "`dana` (rehearsed on staging), `lee` (…)", each person once. */
export function approvedBy(decision: Decision, voice: Voice): string {
  const reasons = new Map(decision.approvals.map((approval) => [approval.actor, approval.reason]));
  const people = [...reasons].slice(0, 5).map(([actor, reason]) => {
    const why = voice.show(reason, 120);
    return why === "" ? voice.name(actor) : `${voice.name(actor)} (${why})`;
  });
  if (reasons.size > people.length) people.push(`${grouped(reasons.size - people.length)} more`);
  return people.join(", ");
}

/** ", until 2026-03-05 12:00 UTC": the earliest end of what counts, because then one is missing. */
export function heldUntil({ approvals }: Decision): string {
  const [first] = approvals.flatMap(({ until }) => (until === undefined ? [] : [until])).sort();
  return first === undefined ? "" : `, until ${momentWords(first)}`;
}

export function momentWords(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** Why what was approved does not count, with the reason for machines: "… (`approval-expired`)". */
export function refusedSentences(decision: Decision, voice: Voice): string[] {
  const refused = decision.approvals_refused ?? [];
  const shown = refused
    .slice(0, 3)
    .map((one) => `${voice.show(one.sentence, 300)} (${voice.name(one.reason_code)})`);
  return refused.length > shown.length
    ? [...shown, `and ${grouped(refused.length - shown.length)} more`]
    : shown;
}

/** "2 needed", "1 of 2 so far", or nothing where one is enough. */
export function approvalCount(decision: Decision): string | undefined {
  const needed = decision.approvals_needed ?? 1;
  const people = new Set(decision.approvals.map((approval) => approval.actor)).size;
  if (people > 0) return `${people} of ${needed} so far`;
  return needed > 1 ? `${needed} needed` : undefined;
}

/** The first seven characters of a commit, the whole of any other name. */
export function shortCommit(commit: string): string {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u.test(commit) ? commit.slice(0, 7) : commit;
}

/** A comment may be posted before the record is tried: without a reason nothing is said. */
export function recordedSentence(decision: Decision): string | undefined {
  if (decision.recorded || !decision.recorded_reason) return undefined;
  return `Not recorded: ${reasonPhrases[decision.recorded_reason]}.`;
}
