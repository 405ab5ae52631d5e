import { setTimeout as sleep } from "node:timers/promises";

/** By the real clock; over at once, and without a fault, where it is broken off. */
export async function pause(milliseconds: number, over: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: over }).catch(() => undefined);
}
