import { exitCodes, UserError } from "../../core/errors.ts";
import { plain } from "../../core/render/escape.ts";

/** Every way in which telemetry can fail to answer; docs/telemetry.md has a row for each. */
export const telemetryReasons = {
  "telemetry-configuration": "What says how to reach the store is not complete, or contradicts itself.",
  "telemetry-unreachable": "Nobody answered at the address, or the line broke.",
  "telemetry-certificate": "The certificate of one side is not believed by the other.",
  "telemetry-timeout": "No whole answer came in time.",
  "telemetry-unauthorized": "The store wants to know who asks, or does not let that one ask (401, 403).",
  "telemetry-redirected": "The answer leads elsewhere, and a token is not carried there.",
  "telemetry-not-found": "The address has no Prometheus API (404).",
  "telemetry-bad-query": "The store refuses the query (400, 422).",
  "telemetry-busy": "The store asks for patience (429), and longer than there was.",
  "telemetry-unavailable": "The store fails (5xx).",
  "telemetry-not-prometheus": "The answer is not one of Prometheus: HTML, cut off, or another form.",
  "telemetry-too-large": "The answer is larger than is allowed.",
  "telemetry-several-series": "One number a window was asked for, and several series came.",
  "telemetry-wrong-form": "Numbers came where histograms were asked for, or the other way round.",
  "telemetry-budget": "The allowed number of requests or samples is used up.",
  "telemetry-file": "The file with recorded answers cannot be read, or does not hold the query.",
} as const;
export type TelemetryReason = keyof typeof telemetryReasons;

const ofTheInput: ReadonlySet<TelemetryReason> = new Set([
  "telemetry-configuration",
  "telemetry-bad-query",
  "telemetry-several-series",
  "telemetry-wrong-form",
  "telemetry-file",
]);

/** What, where and the remedy in one sentence. Nothing of a token or a password ever stands in it. */
export function telemetryFault(reason: TelemetryReason, sentence: string): UserError {
  return new UserError(reason, sentence, ofTheInput.has(reason) ? exitCodes.badInput : exitCodes.unavailable);
}

export function notPrometheus(name: string, what: string): UserError {
  return telemetryFault(
    "telemetry-not-prometheus",
    `${plain(name)} was answered with ${what}, which is no answer of the Prometheus API. Look whether the address leads past every login to the API, for example https://mimir.example.com/prometheus.`,
  );
}
