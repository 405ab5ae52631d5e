import { setTimeout as sleep } from "node:timers/promises";
import { plain, terminalLines } from "../../core/render/escape.ts";
import type { Toolkit } from "../runner.ts";
import type { WaitPorts } from "./wait.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * A wait in a job: what is to be done stands in its log, how it goes in a group below. A job that is cancelled gets
 * SIGINT, then SIGTERM, and a few seconds in which the result is written.
 */
export function waitingIn(toolkit: Toolkit): WaitPorts {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of signals) process.on(signal, stop);
  let isOpen = false;
  const line = (sentence: string) => toolkit.info(terminalLines(plain(sentence, 2000)));
  return {
    now: Date.now,
    random: Math.random,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
    stop: stopping.signal,
    say: line,
    progress: (sentence) => {
      if (!isOpen) toolkit.startGroup("Waiting for an approval");
      isOpen = true;
      line(sentence);
    },
    close: () => {
      if (isOpen) toolkit.endGroup();
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
