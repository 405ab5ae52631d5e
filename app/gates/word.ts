import { effective } from "../../core/decision/envelope.ts";
import { exitCodeOf } from "../../core/decision/exit.ts";
import type { Decision } from "../../core/decision/shape.ts";
import { blocked } from "../../core/decision/strictest.ts";
import { exitCodes } from "../../core/errors.ts";
import { inline } from "../../core/render/escape.ts";
import { scoreWords } from "../../core/render/model-says.ts";
import { holding, type NextMoment, waitsForTime } from "./next-moment.ts";

/** What a gate says to GitHub: a state ends the wait, a comment alone reports that it goes on. */
export type Word = { state: "approved" | "rejected" | "waiting"; comment: string };

/** GitHub takes no more in one report. */
const longestComment = 1024;
const shownReasons = 5;

/** What a report says of the next look: one that differs in this alone says nothing new. */
export const lookAgainAt = (moment: string): string => ` It is looked at again at ${moment}.`;

/** Only a policy that enforces holds anything up; what would have been held is said all the same. */
export function wordOf(decision: Decision, next?: NextMoment): Word {
  const code = exitCodeOf(decision, "never");
  const score = `Risk ${scoreWords(decision)}, strategy ${inline(decision.strategy_name, 60)}.`;
  if (code === exitCodes.go) return word("approved", `${score} ${passes(decision)}`);
  if (code === exitCodes.blocked && !waitsForTime(decision))
    return word("rejected", `Blocked by policy. ${score} ${reasons(decision)}`);
  return word(
    "waiting",
    `${waits(decision, code === exitCodes.blocked, next)} ${score} ${reasons(decision)}`,
  );
}

export function word(state: Word["state"], text: string): Word {
  const characters = [...text.trim()];
  const fits = text.trim().length <= longestComment;
  // A character may count twice; half of the limit in whole characters is below it for certain.
  const comment = fits ? text.trim() : `${characters.slice(0, longestComment / 2 - 1).join("")}…`;
  return { state, comment };
}

function passes(decision: Decision): string {
  const approvers = decision.approvals.map(({ actor }) => inline(actor, 60));
  if (decision.needs_approval && effective(decision).reasonCode === "approved")
    return `Approved by ${[...new Set(approvers)].slice(0, 5).join(", ")}.`;
  if (blocked(decision))
    return `Policy would block this, and its mode is ${decision.mode}, so it goes. ${reasons(decision)}`;
  if (decision.needs_approval && !decision.allowed)
    return `Policy would wait for an approval, and its mode is ${decision.mode}, so it goes. ${reasons(decision)}`;
  return "Within policy.";
}

function waits(decision: Decision, forTime: boolean, next: NextMoment | undefined): string {
  const asked =
    next === undefined || next.guessed ? "" : lookAgainAt(`${next.at.toISOString().slice(0, 16)}Z`);
  if (forTime) return `Waits until policy lets it go.${asked}`;
  const needed = decision.approvals_needed ?? 1;
  const people = needed === 1 ? "an approval" : `${needed} approvals`;
  const who = decision.approvers?.length
    ? ` by ${decision.approvers
        .slice(0, 5)
        .map((one) => inline(one, 60))
        .join(", ")}`
    : "";
  const refused = (decision.approvals_refused ?? [])
    .slice(0, 2)
    .map((one) => ` ${inline(one.sentence, 400)} (${one.reason_code})`);
  return `Waits for ${people}${who}.${asked}${refused.join("")}`;
}

function reasons(decision: Decision): string {
  const sentences = [...new Set(holding(decision).map(({ sentence }) => inline(sentence, 160)))];
  const more = sentences.length - shownReasons;
  return [...sentences.slice(0, shownReasons), ...(more > 0 ? [`And ${more} more.`] : [])].join(" ");
}
