import { setTimeout as sleep } from "node:timers/promises";

/** Two minutes of the policy's windows pass in a second, so that a rollout of an hour can be watched. */
export const timesFaster = 120;

/** It sets out in the past, so that the demo's record holds nothing of tomorrow. */
const earlierMs = 4 * 3600 * 1000;

export type FastClock = { now(): number; sleep(milliseconds: number): Promise<void> };

/** The same in every process that knows when it began, in milliseconds of Unix time. */
export function fastClock(began: number): FastClock {
  return {
    now: () => Math.round(began - earlierMs + (Date.now() - began) * timesFaster),
    sleep: async (milliseconds) => {
      await sleep(milliseconds / timesFaster);
    },
  };
}
