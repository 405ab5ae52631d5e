import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** A load balancer before the replicas: what does not answer is left out, and the request goes to the next one. */
export type Request = { path: string; body: string; headers: Record<string, string> };
export type Replied = { status: number; text: string; ms: number; tries: number };

/** A replica that takes connections and says nothing is left, too. */
const longestMs = 30_000;
/** A request that is not answered by then has failed. */
const patienceMs = 180_000;

export function failover(urls: () => readonly string[]): (request: Request) => Promise<Replied> {
  let turn = 0;
  return async ({ path, body, headers }) => {
    const started = performance.now();
    const key = randomUUID();
    let last = "no replica was there";
    let tries = 0;
    while (performance.now() - started < patienceMs) {
      tries += 1;
      const all = urls();
      turn += 1;
      const answer = await fetch(`${all[turn % all.length]}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": key, ...headers },
        body,
        signal: AbortSignal.timeout(longestMs),
      })
        .then(async (given) => ({ given, text: await given.text() }))
        .catch((error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error));
      const ms = performance.now() - started;
      if (typeof answer === "string") {
        last = answer;
        if (tries >= all.length) await sleep(Math.min(1000, 50 * tries));
        continue;
      }
      const { status } = answer.given;
      last = `${status} ${answer.text.slice(0, 300)}`;
      // Another request holds the key, or the caller is asked to come back.
      const isBusy = (status === 409 && answer.text.includes("request-in-progress")) || status === 429;
      if (!isBusy && status < 500) return { status, text: answer.text, ms, tries };
      await sleep(isBusy ? 1000 * Number(answer.given.headers.get("retry-after") ?? 1) : 100);
    }
    return { status: 0, text: last, ms: performance.now() - started, tries };
  };
}
