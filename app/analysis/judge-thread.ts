import { parentPort } from "node:worker_threads";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { UserError } from "../../core/errors.ts";
import { bench, type Known, type Question } from "./judge.ts";

/** What the thread of judge-apart.ts is sent, one at a time. */
export type Sent = {
  question: Question;
  known?: Known;
  /** Before the first window: there is nothing to judge yet. */
  ahead: boolean;
  /** Nobody waits: what the next window needs is worked out after the answer. */
  quiet: boolean;
};
export type Answered =
  | { verdict: Verdict }
  | { refused: Pick<UserError, "reasonCode" | "message"> }
  | { prepared: true }
  /** It has to be sent along. */
  | { lacks: "known" };

const judging = bench();

parentPort?.on("message", (sent: Sent) => {
  const answer = answerTo(sent);
  parentPort?.postMessage(answer);
  if (sent.quiet && "verdict" in answer) judging.workAhead(sent.question, answer.verdict);
});

function answerTo({ question, known, ahead }: Sent): Answered {
  try {
    if (ahead) return judging.prepare(question, known) ? { prepared: true } : { lacks: "known" };
    const verdict = judging.judge(question, known);
    return verdict === undefined ? { lacks: "known" } : { verdict };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refused: { reasonCode: error.reasonCode, message: error.message } };
  }
}
