import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";

/** What Octokit throws, over REST and over GraphQL, as far as it is looked at. */
const thrown = z.looseObject({
  status: z.number().optional().catch(undefined),
  message: z.string().catch(""),
  errors: z
    .array(z.looseObject({ type: z.string().catch(""), message: z.string().catch("") }))
    .optional()
    .catch(undefined),
  response: z
    .looseObject({ headers: z.record(z.string(), z.unknown()).catch({}) })
    .optional()
    .catch(undefined),
});

export type Failure = {
  status: number | null;
  /** GraphQL's own word, for example STALE_DATA. */
  type: string;
  message: string;
  headers: Record<string, unknown>;
};

export function failureOf(error: unknown): Failure {
  const parsed = thrown.safeParse(error instanceof Error ? { ...error, message: error.message } : error);
  if (!parsed.success) return { status: null, type: "", message: String(error), headers: {} };
  const { status, message, errors, response } = parsed.data;
  const first = errors?.[0];
  return {
    status: status ?? null,
    type: status === undefined ? (first?.type ?? "") : "",
    message: (status === undefined ? first?.message : undefined) ?? message,
    headers: response?.headers ?? {},
  };
}

export type Attempt = { repository: string; writing: boolean };

/** The failure as a person may mend it. Whether the request was carried out all the same is for the caller to find. */
export function ledgerFault(error: unknown, attempt: Attempt): UserError {
  if (error instanceof UserError) return error;
  const failure = failureOf(error);
  const { status, type, headers } = failure;
  const said = failure.message.replace(/\s+/g, " ").trim().slice(0, 300);
  const doing = `${attempt.writing ? "writing" : "reading"} the ledger in ${attempt.repository}`;
  if (isRateLimit(failure)) {
    return unavailable(
      `GitHub's rate limit is reached while ${doing}. ${lifted(headers)} Run the step again then.`,
    );
  }
  if (status === 403 || type === "FORBIDDEN") {
    if (!attempt.writing) {
      return unavailable(
        `The token may not read ${attempt.repository} (${said}). Give it \`contents: read\`.`,
      );
    }
    return new UserError(
      "read-only-token",
      `The token may not write the ledger in ${attempt.repository} (${said}). Give the job ` +
        "`permissions: contents: write`. Runs of forks and of Dependabot get a read-only token: there the decision travels as a file.",
      exitCodes.unavailable,
    );
  }
  if (status === 401) {
    return unavailable(
      `GitHub does not accept the token while ${doing} (${said}). Pass a token that is still valid.`,
    );
  }
  if (status === 404 || type === "NOT_FOUND") {
    return unavailable(
      `GitHub shows no ${attempt.repository} to this token while ${doing}: the name is wrong, or the token needs ` +
        "`contents: read` (and `contents: write` to append) on that repository.",
    );
  }
  if (status === 409 && /empty/i.test(said)) {
    return unavailable(
      `${attempt.repository} has no commits yet, so it can hold no ledger. Push a first commit to it.`,
    );
  }
  if (/rule violations|protected branch|cannot be updated|required status/i.test(said)) {
    return unavailable(
      `A rule of ${attempt.repository} forbids ${doing}: ${said}. Let the rule for \`adaptive-deploy/**\` forbid force ` +
        "pushes and deletion only, or let this App or token bypass it.",
    );
  }
  const answered = status === null ? "" : ` ${status}`;
  return unavailable(
    `GitHub answered${answered} while ${doing}: ${said || "no message"}. Run the step again.`,
  );
}

function unavailable(message: string): UserError {
  return new UserError("ledger-unavailable", message, exitCodes.unavailable);
}

function isRateLimit({ status, type, message, headers }: Failure): boolean {
  if (type === "RATE_LIMITED" || status === 429) return true;
  const limited = headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined;
  return status === 403 && (limited || /rate limit/i.test(message));
}

function lifted(headers: Record<string, unknown>): string {
  // Given for a secondary limit, beside the time at which the hourly one is counted anew.
  const seconds = Number(headers["retry-after"]);
  if (Number.isFinite(seconds)) return `It is lifted in ${seconds} s.`;
  const reset = Number(headers["x-ratelimit-reset"]);
  const latest = 4_102_444_800;
  if (reset > 0 && reset < latest) return `It is lifted at ${new Date(reset * 1000).toISOString()}.`;
  return "It is lifted within the hour.";
}
