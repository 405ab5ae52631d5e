import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";

/** An error as RFC 9457 writes it; `detail` says what, where and the remedy. */
export const problemDocument = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  reason_code: z.string(),
});
export type ProblemDocument = z.infer<typeof problemDocument>;

export const problemTitles: Record<number, string> = {
  400: "The request is not understood",
  401: "The caller is not known",
  403: "The caller may not do this",
  404: "There is no such thing",
  405: "The method is not allowed here",
  409: "The state does not allow it",
  413: "The body is too large",
  415: "The body is not JSON",
  422: "The content is not accepted",
  429: "Too many requests",
  500: "A bug in adaptive-deploy",
  503: "Something needed is not available",
};

/** A refusal on its way to the caller. */
export class Problem extends Error {
  readonly status: number;
  readonly reasonCode: string;
  readonly headers: Record<string, string>;

  constructor(status: number, reasonCode: string, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.reasonCode = reasonCode;
    this.headers = headers;
  }
}

export function documentOf({ status, reasonCode, message }: Problem): ProblemDocument {
  return {
    type: `urn:adaptive-deploy:problem:${reasonCode}`,
    title: problemTitles[status] ?? "Refused",
    status,
    detail: message,
    reason_code: reasonCode,
  };
}

const statusOfReason: Record<string, number> = {
  "bad-stream": 400,
  "bad-event": 422,
  "ledger-tampered": 409,
  "policy-not-found": 404,
  "policy-invalid": 422,
  "github-refused": 422,
};

/** What went wrong, for the caller. A bug shows nothing of itself; `warn` is told what it was. */
export function problemOf(error: unknown, warn: (sentence: string) => void): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HeadMoved) return new Problem(409, "head-moved", error.message);
  if (error instanceof UserError) {
    const known = Object.hasOwn(statusOfReason, error.reasonCode);
    const status = known ? statusOfReason[error.reasonCode] : undefined;
    const otherwise = error.exitCode === exitCodes.unavailable ? 503 : 422;
    return new Problem(status ?? otherwise, error.reasonCode, error.message);
  }
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  warn(`The API could not answer a request (${said.slice(0, 300)}).`);
  return new Problem(
    500,
    "bug",
    "The App could not answer because of a fault of its own; its log says which. Try again later.",
  );
}
