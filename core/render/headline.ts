import type { Decision } from "../decision/shape.ts";
import { scoreWords } from "./model-says.ts";
import { paceWords } from "./plan.ts";
import type { Voice } from "./sentences.ts";
import { askOf, decisionOutcome, levelMarks, levelOf, levelOfAnswer } from "./words.ts";

/** "🟡 47 / 100 · medium → canary 10 → 25 → 50 → 100 % (about 32 min) · may go, nothing for you to do" */
export function headline(decision: Decision, voice: Voice, ask = askFor(decision)): string {
  const level = levelOfAnswer(decision);
  const score = voice.strong(scoreWords(decision));
  const plan = paceWords(decision.strategy, decision.pace);
  return `${levelMarks[level]} ${score} · ${level} → ${plan} · ${ask}`;
}

export function askFor(decision: Decision): string {
  return askOf(decision, decisionOutcome(decision), decision.approvals.length);
}

/** Low risk, rolling, allowed by plain policy, nothing to note, and nothing unknown that would change that: one line is enough. */
export function mayStayQuiet(decision: Decision): boolean {
  const lenient = (answer: Pick<Decision, "strategy" | "gates">) =>
    answer.strategy === "rolling" && answer.gates.every((gate) => gate.reason_code === "within-policy");
  return (
    decisionOutcome(decision) === "go" &&
    (decision.model?.level ?? levelOf(decision.band_score)) === "low" &&
    decision.notes.length === 0 &&
    [decision, ...decision.services].every(lenient) &&
    worstIsQuietToo(decision)
  );
}

/** Without the policy's word on the worst score, the worst must still be low. */
function worstIsQuietToo(decision: Decision): boolean {
  if (decision.unknowns.length === 0) return true;
  const then = decision.at_worst;
  if (then) return then.strategy === "rolling" && !then.needs_approval && !then.blocked;
  return levelOf(decision.worst_score) === "low";
}
