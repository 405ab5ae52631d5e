import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { UserError } from "../../core/errors.ts";
import { plain } from "../../core/render/escape.ts";
import type { Budget } from "./budget.ts";
import { notPrometheus, type TelemetryReason, telemetryFault } from "./fault.ts";
import { networkFault } from "./network-fault.ts";
import type { Answered, Transport } from "./prometheus-transport.ts";

export type Asking = {
  transport: Transport;
  budget: Budget;
  shown: string;
  retries: number;
  longestWaitMs: number;
  timeoutSeconds: number;
};

/** Reasons that may be gone a moment later. */
const passing: ReadonlySet<string> = new Set([
  "telemetry-busy",
  "telemetry-unavailable",
  "telemetry-timeout",
  "telemetry-unreachable",
]);

/** The text of a good answer; what passes is asked again, a few times, and everything else is a UserError. */
export async function askPrometheus(
  asking: Asking,
  name: string,
  path: string,
  form?: URLSearchParams,
): Promise<string> {
  for (let count = 0; ; count += 1) {
    asking.budget.request(name);
    const { text, fault, waitMs } = await once(asking, name, path, form);
    if (fault === undefined) return text;
    const wait = waitMs ?? 500 * 2 ** count;
    if (count >= asking.retries || !passing.has(fault.reasonCode) || wait > asking.longestWaitMs) throw fault;
    await sleep(wait);
  }
}

type Outcome = { text: string; fault?: UserError; waitMs?: number };

async function once(asking: Asking, name: string, path: string, form?: URLSearchParams): Promise<Outcome> {
  const { transport, budget, shown } = asking;
  let answered: Answered;
  try {
    answered = await budget.turn(() => transport.send(path, form));
  } catch (error) {
    if (error instanceof UserError) throw error;
    return { text: "", fault: networkFault(error, name, asking) };
  }
  const { status, text, retryAfter } = answered;
  if (status >= 200 && status < 300) return { text };
  const waitMs = waitOf(retryAfter);
  const fault =
    status >= 300 && status < 400
      ? redirected(answered, name, shown)
      : refusal(name, shown, status, transport.withoutSecrets(saidBy(text)));
  return { text, fault, ...(waitMs === undefined ? {} : { waitMs }) };
}

/** Seconds, or a date, which is read against our own clock. */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = Number(retryAfter);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

const errorAnswer = z.looseObject({ error: z.string(), errorType: z.string().optional() });

function saidBy(text: string): string {
  try {
    const { error, errorType } = errorAnswer.parse(JSON.parse(text));
    return errorType === undefined ? error : `${errorType}: ${error}`;
  } catch {
    return text.trimStart().startsWith("<") ? "a page of HTML" : text.slice(0, 1000);
  }
}

function redirected({ status, location }: Answered, name: string, shown: string): UserError {
  const to = URL.parse(location, shown);
  const where = to === null ? "nowhere" : `${to.origin}${to.pathname}`;
  return telemetryFault(
    "telemetry-redirected",
    `${plain(name)}: ${shown} answered ${status} and points to ${plain(where)}. Redirects are not followed, so that no token goes astray: write the address of the API itself, or say who asks, where that is a login.`,
  );
}

type Refusal = { reason: TelemetryReason; remedy: string };

function refusalOf(status: number): Refusal {
  if (status === 401 || status === 403)
    return {
      reason: "telemetry-unauthorized",
      remedy: "Look at telemetry.auth, at what that account may read, and at the tenant's header.",
    };
  if (status === 404)
    return {
      reason: "telemetry-not-found",
      remedy:
        "Write the path before /api/v1 into telemetry.url, for example /prometheus for Mimir or /select/0/prometheus for VictoriaMetrics.",
    };
  if (status === 429)
    return {
      reason: "telemetry-busy",
      remedy: "Ask less often, or let the store's limits for this account rise.",
    };
  if (status >= 500)
    return {
      reason: "telemetry-unavailable",
      remedy:
        "Look at the store's own log; a query that takes too long there is cheaper as a recording rule.",
    };
  return { reason: "telemetry-bad-query", remedy: "Try the query in the store's own page." };
}

function refusal(name: string, shown: string, status: number, said: string): UserError {
  // Prometheus itself never answers HTML: somebody in between refused.
  if (said === "a page of HTML" && status < 500 && ![401, 403, 404, 429].includes(status))
    return notPrometheus(`${name} at ${shown}`, `${status} and a page of HTML`);
  const { reason, remedy } = refusalOf(status);
  const sentence = said === "" ? "" : ` (${plain(said, 400)})`;
  return telemetryFault(reason, `${plain(name)}: ${shown} answered ${status}${sentence}. ${remedy}`);
}
