import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Known, Question } from "./judge.ts";
import type { Answered, Sent } from "./judge-thread.ts";

export type Judges = {
  /** What has to be known beforehand is asked for where it is not known yet. */
  judge(question: Question, known: () => Promise<Known>): Promise<Verdict>;
  /** Before the first window is over, so that its verdict comes with its data. */
  prepare(question: Question, known: () => Promise<Known>): Promise<void>;
  close(): Promise<void>;
};

/** Of one judgement; boundaries of many metrics take a few seconds. */
const longestMs = 60_000;
const mostMegabytes = 512;

/**
 * Judges in one thread of its own, one comparison after the other: boundaries are simulated, and webhooks and gates are
 * answered meanwhile. A thread that ends takes its judgement along, and whoever asks next gets a new one.
 */
export function judgesApart(
  thread = new URL("./judge-thread.ts", import.meta.url),
  longest = longestMs,
): Judges {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const started = (): Worker => {
    const fresh = new Worker(thread, { resourceLimits: { maxOldGenerationSizeMb: mostMegabytes } });
    fresh.unref();
    const gone = (): void => {
      if (worker === fresh) worker = undefined;
    };
    // What ends between two judgements is nobody's fault, and must not end the App.
    fresh.on("error", gone).on("exit", gone);
    return fresh;
  };

  const ask = async (sent: Sent): Promise<Answered> => {
    worker ??= started();
    const mine = worker;
    const settled = new AbortController();
    const signal = AbortSignal.any([settled.signal, AbortSignal.timeout(longest)]);
    const ended = once(mine, "exit", { signal }).then(() => {
      throw new Error("it ended by itself");
    });
    try {
      mine.postMessage(sent);
      const [answer]: Answered[] = await Promise.race([once(mine, "message", { signal }), ended]);
      if (answer !== undefined) return answer;
      throw new Error("it answered nothing");
    } catch (error) {
      if (worker === mine) worker = undefined;
      await mine.terminate();
      throw stopped(signal.aborted ? `it took more than ${longest / 1000} s` : messageOf(error));
    } finally {
      settled.abort();
      ended.catch(() => undefined);
    }
  };

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    waiting += 1;
    const mine = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = mine.catch(() => undefined);
    return mine;
  };

  /** What has to be known is fetched between two turns, so that a slow store keeps nobody else waiting. */
  const knowing = async (
    asked: Pick<Sent, "question" | "ahead">,
    known: () => Promise<Known>,
  ): Promise<Answered> => {
    const send = (more: Pick<Sent, "known">) =>
      inTurn(() => ask({ ...asked, ...more, quiet: waiting === 1 }));
    const first = await send({});
    const answer = "lacks" in first ? await send({ known: await known() }) : first;
    if ("refused" in answer) throw new UserError(answer.refused.reasonCode, answer.refused.message);
    return answer;
  };

  return {
    async judge(question, known) {
      const answer = await knowing({ question, ahead: false }, known);
      if ("verdict" in answer) return answer.verdict;
      throw stopped("it answered another question");
    },
    async prepare(question, known) {
      await knowing({ question, ahead: true }, known);
    },
    close: () => inTurn(async () => void (await worker?.terminate())),
  };
}

function stopped(why: string): UserError {
  return new UserError(
    "judging-stopped",
    `The comparison could not be judged: the thread that judges was given up, because ${why}. The next ask begins another one; where it goes on, fewer metrics or shorter comparisons help.`,
    exitCodes.unavailable,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
