import { exitCodes, UserError } from "../../core/errors.ts";

/** What is asked of GitHub: any Octokit serves, and so does a recording in a test. */
export type GitHubClient = {
  request(route: string, parameters?: Record<string, unknown>): Promise<{ data: unknown }>;
  graphql(query: string, variables?: Record<string, unknown>): Promise<unknown>;
};

type Answered = {
  status?: unknown;
  message?: unknown;
  response?: { headers?: Record<string, unknown> };
  /** GraphQL answers 200, with its errors and headers here. */
  errors?: { type?: unknown; message?: unknown }[];
  headers?: Record<string, unknown>;
};

/** What a GraphQL error's type would be as a status of REST. */
const statusOfType: Record<string, number> = {
  RATE_LIMITED: 429,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INSUFFICIENT_SCOPES: 403,
};

/** A failed request as an error that names what was asked, what is missing, and the remedy; never the token. */
export function githubError(error: unknown, what: string): UserError {
  if (error instanceof UserError) return error;
  const answered = (typeof error === "object" && error !== null ? error : {}) as Answered;
  const { response, errors } = answered;
  const status = answered.status ?? statusOfType[String(errors?.[0]?.type)];
  const message = errors?.[0]?.message ?? answered.message;
  const headers = response?.headers ?? answered.headers ?? {};
  const said = typeof message === "string" ? message.split("\n")[0]?.slice(0, 300) : "no message";
  // What GitHub itself said stays behind the sentence: it tells whether to try again, and when.
  const unavailable = (code: string, text: string) =>
    Object.assign(new UserError(code, text, exitCodes.unavailable), { cause: error });

  if (status === 401) {
    return unavailable(
      "bad-token",
      `GitHub does not accept the token for ${what}. Pass github-token: \${{ github.token }}, or set GITHUB_TOKEN.`,
    );
  }
  if (status === 429 || headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== undefined) {
    return unavailable(
      "rate-limit",
      `GitHub's rate limit is reached at ${what}. ${resetsAt(headers)} Run the job again then.`,
    );
  }
  if (status === 403) {
    const accepted = headers["x-accepted-github-permissions"];
    const needs =
      typeof accepted === "string" && accepted
        ? ` It needs permissions: ${accepted.replaceAll("=", ": ")}.`
        : "";
    return unavailable(
      "missing-permission",
      `The token may not do this: ${what} (${said}).${needs} Add it under permissions: of the job.`,
    );
  }
  if (status === 404) {
    return unavailable(
      "not-found",
      `GitHub shows nothing at ${what}: it is not there, or the token may not see it (contents: read, pull-requests: read).`,
    );
  }
  // An Octokit calls a connection that broke 500, without an answer to show.
  if (typeof status === "number" && status >= 500 && response !== undefined) {
    return unavailable(
      "github-unavailable",
      `GitHub answered ${status} to ${what}. Run the job again; githubstatus.com says more.`,
    );
  }
  if (typeof status === "number" && status >= 400 && status < 500) {
    return unavailable(
      "github-refused",
      `GitHub refuses ${what}: ${said} (${status}). Asking again changes nothing; correct what is asked for.`,
    );
  }
  return unavailable(
    "github-unreachable",
    `GitHub could not be reached for ${what}: ${said}. Run the job again; behind a proxy, set https_proxy.`,
  );
}

/** A secondary limit says how long to wait; the hour's reset, which every answer carries, is the primary one's. */
function resetsAt(headers: Record<string, unknown>): string {
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  if (Number.isFinite(seconds)) return `It is lifted in ${seconds} s.`;
  const reset = Number(headers["x-ratelimit-reset"]);
  if (Number.isFinite(reset) && reset > 0) return `It is lifted at ${new Date(reset * 1000).toISOString()}.`;
  return "It is lifted within the hour.";
}

/** Asks, and turns a failure into a UserError that says what was asked. */
export async function ask<Answer>(what: string, request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    throw githubError(error, what);
  }
}
