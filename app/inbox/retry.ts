import { isTransient, retryAfterMs } from "../../adapters/github/transient.ts";

/** Some days of trying: a database or a GitHub that is away comes back, and a write that waits its turn is no fault. */
const mostAttempts = 500;
const longestWaitMs = 10 * 60_000;

/** What may pass is tried again, later each time; what a bug or a bad payload causes is set aside after two more tries. */
export function retryOf(error: unknown, attempts: number): number | undefined {
  if (!isTransient(error) && attempts >= 3) return undefined;
  if (attempts >= mostAttempts) return undefined;
  return Math.max(retryAfterMs(error) ?? 0, Math.min(longestWaitMs, 500 * 2 ** attempts));
}
