import * as z from "zod";
import type { UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/json-text.ts";
import { plain } from "../../core/render/escape.ts";
import { refused, unavailable } from "../targets/faults.ts";
import { certificateCodes, networkCode } from "../telemetry/network-fault.ts";

/** What the API server says of a request that it did not carry out. */
const said = z.looseObject({
  kind: z.literal("Status"),
  message: z.string().default(""),
  details: z.looseObject({ name: z.string().optional() }).nullish(),
});

/**
 * A fault that asking again may mend is told apart from one that it does not. A server that has just started may know
 * neither its roles nor its resources for a moment: its 401, and a 404 that names no object, are of the first kind.
 */
export function statusFault(status: number, text: string, what: string): UserError {
  const parsed = jsonText.pipe(said).safeParse(text);
  const message = parsed.success ? plain(parsed.data.message, 400) : "";
  const because = message === "" ? "" : `: ${message}`;
  if (status === 401)
    return unavailable(
      `The API server does not know who asks to ${what} (401)${because}. Renew the token or the certificate.`,
    );
  if (status === 403)
    return refused(
      `There is no right to ${what} (403)${because}. integrations/argo/role.yaml has the rights that are needed.`,
    );
  if (status === 404 && parsed.data?.details?.name !== undefined)
    return refused(
      `There is nothing to ${what} (404)${because}. Look at the namespace, the name and the cluster.`,
    );
  if (status === 404 || status === 409 || status === 429 || status >= 500)
    return unavailable(`The API server cannot ${what} now (${status})${because}.`);
  return refused(`The API server refuses to ${what} (${status})${because}.`);
}

/** Addresses and codes alone, nothing of what was sent. */
export function lineFault(error: unknown, shown: string, what: string): UserError {
  const code = plain(networkCode(error), 60);
  const remedy = certificateCodes.test(code)
    ? "Look at the authority and the certificate of the kubeconfig."
    : "Look at the address, the network between, and the API server.";
  return unavailable(`The API server at ${shown} does not answer to ${what} (${code}). ${remedy}`);
}
