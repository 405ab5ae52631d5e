import pino, { type DestinationStream, type Logger } from "pino";

const secrets = ["token", "privateKey", "secret", "webhookSecret", "clientSecret", "authorization", "cookie"];
/** What people wrote, and what may carry it along. */
const words = ["payload", "body", "title"];

/** The App's log: one JSON object a line. What a delivery, a token or a key says never gets into it. */
export function logTo(level: "info" | "error", to?: DestinationStream): Logger {
  const options = {
    level,
    serializers: { err: faultOnly, error: faultOnly },
    redact: [...secrets, ...words].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  };
  return to ? pino(options, to) : pino(options);
}

/** A failed request brings its whole payload along; the log gets what went wrong and no more. */
function faultOnly(error: unknown): { type: string; message: string } {
  return error instanceof Error
    ? { type: error.name, message: error.message.slice(0, 500) }
    : { type: "unknown", message: "" };
}
