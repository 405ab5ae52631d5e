import pino, { type Logger } from "pino";

/** The App's log: one JSON object a line. What a delivery, a token or a key says never gets into it. */
export function logTo(level: "info" | "error"): Logger {
  return pino({
    level,
    serializers: { err: faultOnly },
    redact: ["*.token", "*.privateKey", "*.secret", "*.authorization", "*.payload"],
  });
}

/** A failed request brings its whole payload along; the log gets what went wrong and no more. */
function faultOnly(error: unknown): { type: string; message: string } {
  return error instanceof Error
    ? { type: error.name, message: error.message.slice(0, 500) }
    : { type: "unknown", message: "" };
}
