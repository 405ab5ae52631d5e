import type { UserError } from "../../core/errors.ts";
import { plain } from "../../core/render/escape.ts";
import { notPrometheus, telemetryFault } from "./fault.ts";

/** The code of an error, or of what caused it: undici, OpenSSL and the operating system each put it elsewhere. */
export function networkCode(error: unknown): string {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    if ("code" in one && typeof one.code === "string") return one.code;
    if (one.name === "TimeoutError" || one.name === "AbortError") return "TIMEOUT";
    if (one instanceof AggregateError && one.errors.length > 0) return networkCode(one.errors[0]);
  }
  return "unknown";
}

export const certificateCodes =
  /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL|ERR_OSSL|HOSTNAME|ALERT|EPROTO/;
const lateCodes = /TIMEOUT|ETIMEDOUT/;

type Where = { shown: string; timeoutSeconds: number };

/** What a connection that was not made, or broke, means to a person. Addresses and codes alone, no text of others. */
export function networkFault(error: unknown, name: string, { shown, timeoutSeconds }: Where): UserError {
  const code = plain(networkCode(error), 60);
  // What zlib says of a body that it cannot unpack.
  if (code.startsWith("Z_")) return notPrometheus(`${name} at ${shown}`, `what cannot be unpacked (${code})`);
  if (code === "UND_ERR_INVALID_ARG")
    return telemetryFault(
      "telemetry-configuration",
      `${plain(name)}: a token or header for ${shown} holds what no header may, such as a line break. Set it anew.`,
    );
  if (lateCodes.test(code))
    return telemetryFault(
      "telemetry-timeout",
      `${plain(name)}: no whole answer of ${shown} within ${timeoutSeconds} s. Make the query cheaper, for example as a recording rule, or raise telemetry.timeout.`,
    );
  if (certificateCodes.test(code))
    return telemetryFault(
      "telemetry-certificate",
      `${plain(name)}: no safe connection to ${shown} (${code}). Name the authority that signed its certificate under telemetry.tls, and our certificate and key where it asks for them.`,
    );
  return telemetryFault(
    "telemetry-unreachable",
    `${plain(name)}: ${shown} cannot be reached (${code}). Look at the address, at the network between, and at the proxy.`,
  );
}
