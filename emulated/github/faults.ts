import type { Answer } from "./route.ts";

/** What can be made to go wrong: each fault is spent on the next requests that it matches. */

export type Fault = {
  method?: string;
  /** Whole path without the host, or a pattern; absent matches every path. */
  path?: string | RegExp;
  /** GitHub's OpenAPI name of the operation, for example "checks/create". */
  operation?: string;
  /** Words that the body holds, for example the owner in a GraphQL query's variables. */
  mentions?: string;
  /** How many requests it spoils; 1 where nothing is said. */
  times?: number;
  /**
   * What the answer is. `lost` does what was asked and then cuts the connection, so that nobody hears of it; `cut` does
   * it and breaks off in the middle of the answer; `errors` is GraphQL's 200 that holds nothing but errors.
   */
  kind?:
    | "status"
    | "primary-rate-limit"
    | "secondary-rate-limit"
    | "slow"
    | "dropped"
    | "lost"
    | "cut"
    | "garbage"
    | "errors";
  status?: number;
  message?: string;
  delayMs?: number;
  retryAfterSeconds?: number;
  /** The type of a GraphQL error; GitHub's own timeouts have none. */
  type?: string;
};

export type Request = { method: string; path: string; operation: string; body?: string };

function matches(fault: Fault, request: Request): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== request.method) return false;
  if (fault.operation !== undefined && fault.operation !== request.operation) return false;
  if (fault.mentions !== undefined && !request.body?.includes(fault.mentions)) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === "string" ? fault.path === request.path : fault.path.test(request.path);
}

export type Faults = { add(fault: Fault): void; take(request: Request): Fault | undefined; clear(): void };

export function faults(): Faults {
  let waiting: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => waiting.push({ fault, left: fault.times ?? 1 }),
    take(request) {
      const found = waiting.find(({ fault }) => matches(fault, request));
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) waiting = waiting.filter((one) => one !== found);
      return found.fault;
    },
    clear: () => {
      waiting = [];
    },
  };
}

const documentation = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

/** The answer in place of the true one; undefined where the fault only delays or cuts. */
export function faultAnswer(fault: Fault, now: Date): Answer | undefined {
  const seconds = fault.retryAfterSeconds ?? 60;
  switch (fault.kind ?? "status") {
    case "primary-rate-limit":
      return {
        status: fault.status ?? 403,
        body: {
          message: fault.message ?? "API rate limit exceeded for installation.",
          documentation_url: documentation,
        },
        headers: {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Math.ceil(now.getTime() / 1000) + seconds),
        },
      };
    case "secondary-rate-limit":
      return {
        status: fault.status ?? 403,
        body: {
          message: fault.message ?? "You have exceeded a secondary rate limit.",
          documentation_url: documentation,
        },
        headers: { "retry-after": String(seconds) },
      };
    case "garbage":
      return {
        status: fault.status ?? 502,
        raw: "<html><body>Unicorn!</body></html>",
        headers: { "content-type": "text/html" },
      };
    case "errors": {
      const message = fault.message ?? "Something went wrong while executing your query.";
      const error = { message, ...(fault.type === undefined ? {} : { type: fault.type }) };
      return { status: 200, body: { data: null, errors: [error] } };
    }
    case "status": {
      const status = fault.status ?? 500;
      return { status, body: { message: fault.message ?? "Server Error", status: String(status) } };
    }
    default:
      return undefined;
  }
}
