import { setTimeout as sleep } from "node:timers/promises";
import { plain, terminalLines } from "../../core/render/escape.ts";
import type { Toolkit } from "../runner.ts";
import { stopOfProcess } from "../stopping.ts";
import type { WaitPorts } from "./wait.ts";

/** A wait in a job: what is to be done stands in its log, how it goes in a group below. */
export function waitingIn(toolkit: Toolkit): WaitPorts {
  const { stop, close } = stopOfProcess();
  let isOpen = false;
  const line = (sentence: string) => toolkit.info(terminalLines(plain(sentence, 2000)));
  return {
    now: Date.now,
    random: Math.random,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
    stop,
    say: line,
    progress: (sentence) => {
      if (!isOpen) toolkit.startGroup("Waiting for an approval");
      isOpen = true;
      line(sentence);
    },
    close: () => {
      if (isOpen) toolkit.endGroup();
      close();
    },
  };
}
