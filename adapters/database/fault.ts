import { exitCodes, UserError } from "../../core/errors.ts";

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === "23505";

/** Whole classes of SQLSTATE: 08 is the connection, 57P the server going down or coming up, 53 out of something. */
const gone = /^(?:08...|57P0[1235]|53...|58...)$/;
const refused: Record<string, string> = {
  "28P01": "refuses the password",
  "28000": "refuses this user",
  "3D000": "has no such database",
  "42501": "does not give this user the right that is needed",
};
const sockets = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
  "EACCES",
]);
/** What the driver says without a code. */
const said =
  /connection terminated|connection ended|timeout exceeded when trying to connect|timeout expired|client was closed|not queryable|client has encountered a connection error|query read timeout|server does not support ssl|handshake|certificate/i;

/** Whether the connection broke, so that it is of no use any more. */
export function isConnectionFault(error: unknown): boolean {
  const code = codeOf(error);
  if (gone.test(code) || sockets.has(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isConnectionFault);
  return error instanceof Error && said.test(error.message);
}

/**
 * A database that cannot be reached becomes a sentence; an error of the SQL itself passes as it is. The driver's own
 * error is left out of it, because some of them carry the address with its password.
 */
export function databaseFault(place: string, error: unknown): unknown {
  const code = codeOf(error);
  const why = Object.hasOwn(refused, code) ? refused[code] : undefined;
  if (why === undefined && !isConnectionFault(error)) return error;
  const seen = code === "" ? "the connection broke" : code;
  return unavailable(
    why === undefined
      ? `${place} cannot be reached (${seen}). Nothing is lost: what was not written is tried again once it is back. Look whether it runs, and at DATABASE_URL.`
      : `${place} ${why} (${code}). Look at DATABASE_URL.`,
  );
}

export function unavailable(sentence: string): UserError {
  return new UserError("database-unavailable", sentence, exitCodes.unavailable);
}
