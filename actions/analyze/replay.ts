import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import { analyze } from "../../core/analysis/analyze.ts";
import { armTexts } from "../../core/analysis/arm-text.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { rolloutReadings } from "../../core/analysis/rollout-readings.ts";
import { rolloutRules } from "../../core/analysis/rollout-rules.ts";
import { metricsOf } from "../../core/analysis/service-metrics.ts";
import { stepsOf } from "../../core/analysis/steps-of.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { optional } from "../../core/optional.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { judgingOf } from "./judging.ts";
import { environmentOf, occasionOf, serviceOf } from "./occasion.ts";
import { telemetryOfService } from "./service-telemetry.ts";

/** A recording, judged as if it ran: the verdict of the window after which it stood. */
export function replay(
  inputs: AnalyzeInputs,
  resolved: ResolvedPolicy,
  recorded: Measurements,
  history: readonly Measurements[],
): { verdict: Verdict; measured: Measurements } {
  const environment = environmentOf(inputs, resolved);
  const service = serviceOf(inputs, resolved);
  const { metrics } = metricsOf(telemetryOfService(inputs, resolved) ?? {}, resolved.policy.queries);
  const asked = { ...inputs, ...optional("service", service), windowSeconds: recorded.window_seconds };
  const judging = judgingOf(resolved.policy, environment, asked, metrics, history);
  const facts = { environment, ...optional("service", service) };
  const readings = rolloutReadings(recorded, judging.metrics, facts);
  const steps = stepsOf(recorded.weights);
  const { window_seconds: windowSeconds } = recorded;
  const supplied = metrics.some(({ metric }) => (metric.supplies ?? []).length > 0);
  const rules = rolloutRules({
    policy: judging.policy,
    rules: judging.rules,
    readings,
    firstEnd: windowSeconds,
    windowSeconds,
    stepSeconds: steps.map((step) => step * windowSeconds),
    probes: { onFailure: inputs.onProbeFailure, failed: () => undefined },
  });
  const unasked =
    supplied || judging.rules.rules.length === 0
      ? []
      : [
          "Guardrails were not asked: no query of the service says which of these metrics supplies the names that they read.",
        ];
  const occasion = occasionOf(inputs, resolved, {
    ...optional("candidate", recorded.candidate),
    ...optional("stable", recorded.stable),
    ...armTexts(inputs),
    baseline: { kind: "given", sentence: "Both arms stand in the recording." },
    warnings: [...judging.warnings, ...unasked],
  });
  const verdict = analyze(recorded, judging.analyzer, judging, occasion, {
    ...optional("windowsPlanned", inputs.windows),
    steps,
    ...(supplied ? { rules } : {}),
  });
  return { verdict, measured: recorded };
}
