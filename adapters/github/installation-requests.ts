import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { UserError } from "../../core/errors.ts";
import { isTransient, retryAfterMs } from "./transient.ts";
import type { Turns, Urgency } from "./turns.ts";
import type { Watcher } from "./watcher.ts";

/** Octokit's wrapper around a request: it is given the next one inwards, and what is asked. */
export type RequestHook = <Endpoint extends Asked, Answer>(
  request: (endpoint: Endpoint) => Answer | Promise<Answer>,
  endpoint: Endpoint,
) => Promise<Answer>;
type Asked = {
  method: string;
  url: string;
  headers: { authorization?: string | undefined };
  query?: unknown;
};

export type Care = {
  turns: Turns;
  limits: { retryMs: number; longestWaitMs: number };
  now: () => number;
  warn(sentence: string): void;
  watcher: Watcher;
  /** Absent for the App itself, whose tokens are signed here. */
  renew?(): Promise<void>;
};

const mostRetries = 2;

/**
 * A request in its turn. Reads are asked again after a passing fault; a write only where GitHub said that it did nothing
 * (a limit, a token that ended), because one whose answer was lost may have been done.
 */
export function careful({ turns, limits, now, warn, watcher, renew }: Care): RequestHook {
  return async (request, endpoint) => {
    const urgency = urgencyOf(endpoint);
    let renewed = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await inTurn({ turns, watcher }, urgency, async () => {
          // The hooks below write into what they are given; every attempt gets its own.
          const answer = await request({ ...endpoint, headers: { ...endpoint.headers } });
          noteLimit(answer);
          return answer;
        });
      } catch (error) {
        const waitMs = noteLimit(error);
        if (isUnauthorized(error) && renew && !renewed) {
          renewed = true;
          await renew();
          continue;
        }
        const mayRepeat = waitMs === undefined ? urgency === undefined : waitMs <= limits.longestWaitMs;
        if (attempt >= mostRetries || !mayRepeat || !isTransient(error) || isTurnedAway(error))
          throw causeOf(error);
        if (waitMs === undefined) await sleep(limits.retryMs * 4 ** attempt);
      }
    }
  };

  /** Where GitHub set a limit, all of this installation waits, and nobody else. */
  function noteLimit(said: unknown): number | undefined {
    const fault = said instanceof Error ? said : limitOfGraphql(said);
    const waitMs = fault === undefined || isTurnedAway(fault) ? undefined : retryAfterMs(fault, now());
    if (waitMs === undefined) return undefined;
    turns.pause(now() + waitMs);
    watcher.limited();
    warn(`GitHub's limit for this installation is reached; it is lifted in ${Math.ceil(waitMs / 1000)} s.`);
    return waitMs;
  }
}

async function inTurn<Result>(
  { turns, watcher }: Pick<Care, "turns" | "watcher">,
  urgency: Urgency | undefined,
  act: () => Promise<Result>,
): Promise<Result> {
  if (urgency === undefined) {
    await turns.listening();
    return act();
  }
  const asked = performance.now();
  const end = await turns.take(urgency);
  watcher.waited(urgency, (performance.now() - asked) / 1000);
  try {
    return await act();
  } finally {
    end();
  }
}

const gatePath = /\/deployment_protection_rule$/;
const checkPath = /\/(check-runs|check-suites|statuses)(\/|$)/;
/** What people are notified of; an edit of a comment notifies nobody. */
const commentPath = /\/(comments|reviews|issues|pulls)$/;

/** How urgent a write is; undefined for what only reads. Paths may still hold their placeholders. */
export function urgencyOf({ method, url, query }: Omit<Asked, "headers">): Urgency | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  const path = url.split("?", 1)[0] ?? url;
  if (/\/graphql$/.test(path)) return isMutation(String(query ?? "")) ? "write" : undefined;
  if (/\/access_tokens$/.test(path)) return undefined;
  if (gatePath.test(path)) return "gate";
  if (checkPath.test(path)) return "check";
  return method === "POST" && commentPath.test(path) ? "comment" : "write";
}

export function isMutation(query: string): boolean {
  return /^\s*mutation\b/.test(query);
}

const graphqlLimit = z.looseObject({
  data: z.looseObject({ errors: z.array(z.looseObject({ type: z.string().optional() })) }),
});

/** GraphQL says its limit in an answer of status 200. */
function limitOfGraphql(answer: unknown): unknown {
  const read = graphqlLimit.safeParse(answer);
  if (!read.success || !read.data.data.errors.some(({ type }) => type === "RATE_LIMITED")) return undefined;
  return { errors: read.data.data.errors, headers: read.data.headers };
}

const isTurnedAway = (error: unknown): boolean => error instanceof Error && error.name === "TurnTooLate";

function isUnauthorized(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error && error.status === 401;
}

/** Octokit wraps what its fetch threw; a refusal of ours already says what it has to. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof UserError ? error.cause : error;
}
