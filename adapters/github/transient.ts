import * as z from "zod";

/** Which faults pass by themselves, and when: the worker tries again after those, and sets the others aside. */

const fault = z.looseObject({
  name: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  status: z.number().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
  reasonCode: z.string().optional().catch(undefined),
  retryAfterMs: z.number().optional().catch(undefined),
  /** Present where GitHub answered: an Octokit calls a connection that broke 500, without an answer. */
  response: z
    .looseObject({ headers: z.record(z.string(), z.unknown()).optional() })
    .optional()
    .catch(undefined),
  /** GraphQL answers 200, with its errors and headers here. */
  headers: z.record(z.string(), z.unknown()).optional().catch(undefined),
  errors: z
    .array(z.looseObject({ type: z.string().optional() }))
    .optional()
    .catch(undefined),
});
type Fault = z.infer<typeof fault>;

const passingReasons = new Set([
  "rate-limit",
  "github-unavailable",
  "github-unreachable",
  "database-unavailable",
  "ledger-unavailable",
]);

/** What the operating system, undici and PostgreSQL call a peer that is away, busy or starting. */
const passingCodes =
  /^(E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|AI_AGAIN|NOTFOUND|HOSTUNREACH|NETUNREACH)|UND_ERR_.*|08\d\d.|57P0[1-5]|53\d\d\d|40001|40P01|55P03)$/;

/** What fetch says of a connection that broke, and GraphQL of a timeout of GitHub's own, which has no type. */
const passingWords =
  /^(fetch failed|terminated|other side closed)$|Something went wrong while executing your query/;

const faultOf = (error: unknown): Fault | undefined => {
  if (typeof error !== "object" || error === null) return undefined;
  // Errors keep their message where no enumeration finds it.
  const named = error instanceof Error ? { name: error.name, message: error.message } : {};
  return fault.safeParse({ ...error, ...named }).data;
};

/** The error itself and what caused it, nearest first. */
function chain(error: unknown): Fault[] {
  const faults: Fault[] = [];
  for (let one = error; faults.length < 5; one = one instanceof Error ? one.cause : undefined) {
    const found = faultOf(one);
    if (!found) break;
    faults.push(found);
  }
  return faults;
}

const headersOf = ({ response, headers }: Fault): Record<string, unknown> =>
  response?.headers ?? headers ?? {};

/** GitHub says "come back later" in four ways. */
function isLimited(one: Fault): boolean {
  const headers = headersOf(one);
  if (one.status === 429 || one.errors?.some(({ type }) => type === "RATE_LIMITED")) return true;
  if (one.status !== 403) return false;
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    /secondary rate limit/i.test(one.message ?? "")
  );
}

/** Its owner may bring an installation back, and then wants what happened meanwhile answered. */
function isSuspended({ status, message }: Fault): boolean {
  return status === 403 && /installation has been suspended/i.test(message ?? "");
}

/** The answer of one error of the chain, or undefined where it says nothing by itself. */
function passes(one: Fault): boolean | undefined {
  if (one.retryAfterMs !== undefined || isLimited(one) || isSuspended(one)) return true;
  if (one.status !== undefined) return one.status >= 500 ? (one.response ? true : undefined) : false;
  if (one.code !== undefined && passingCodes.test(one.code)) return true;
  if (one.name === "TimeoutError" || passingWords.test(one.message ?? "")) return true;
  return undefined;
}

/** True where trying again later may well succeed. What GitHub said outweighs the words that were made of it. */
export function isTransient(error: unknown): boolean {
  const faults = chain(error);
  if (faults.some(({ reasonCode }) => reasonCode === "foreign-host")) return false;
  for (const one of faults.toReversed()) {
    const said = passes(one);
    if (said !== undefined) return said;
  }
  return faults.some(
    ({ reasonCode, status }) =>
      status === 500 || (reasonCode !== undefined && passingReasons.has(reasonCode)),
  );
}

/** The same of a question that may have been answered by somebody in between, with a page instead of an object. */
export function mayPass(error: unknown): boolean {
  const isNoAnswer = error instanceof z.ZodError && error.issues.some(({ path }) => path.length === 0);
  return isNoAnswer || isTransient(error);
}

/** A limit that says nothing of its end is taken to last a minute, as GitHub advises. */
const silentLimitMs = 60_000;

/** How long to wait, where the fault says so. */
export function retryAfterMs(error: unknown, nowMs = Date.now()): number | undefined {
  for (const one of chain(error)) {
    if (one.retryAfterMs !== undefined) return one.retryAfterMs;
    if (!isLimited(one)) continue;
    const headers = headersOf(one);
    const seconds = Number(headers["retry-after"] ?? Number.NaN);
    if (Number.isFinite(seconds)) return Math.max(seconds, 1) * 1000;
    const reset = Number(headers["x-ratelimit-reset"] ?? Number.NaN);
    if (headers["x-ratelimit-remaining"] === "0" && Number.isFinite(reset))
      return Math.max(reset * 1000 - nowMs, 0) + 1000;
    return silentLimitMs;
  }
  return undefined;
}
