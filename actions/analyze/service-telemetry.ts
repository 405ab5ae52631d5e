import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import type { BaselineWish } from "../../core/analysis/baseline.ts";
import { metricsOf, type ServiceMetric } from "../../core/analysis/service-metrics.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { ServiceTelemetry } from "../../core/policy/schema.ts";
import { printable } from "../io.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { serviceOf } from "./occasion.ts";

/** What services.yaml says of the service's telemetry, under what the inputs say; undefined where neither does. */
export function telemetryOfService(
  inputs: AnalyzeInputs,
  resolved: ResolvedPolicy,
): ServiceTelemetry | undefined {
  const name = serviceOf(inputs, resolved);
  const written = resolved.policy.services?.services.find((one) => one.name === name)?.telemetry;
  if (written === undefined && inputs.sets.length === 0) return undefined;
  return {
    ...written,
    ...(inputs.sets.length > 0 ? { sets: inputs.sets } : {}),
    variables: { ...written?.variables, ...inputs.variables },
  };
}

/** What the input asks for, else what services.yaml says. */
export function baselineWish(inputs: AnalyzeInputs, resolved: ResolvedPolicy): BaselineWish {
  const written = telemetryOfService(inputs, resolved)?.baseline;
  return inputs.baseline === "auto" && written === "same-time" ? written : inputs.baseline;
}

/** The metrics that are asked. That arms are not told apart is no fault where another week may be the baseline. */
export function metricsToAsk(inputs: AnalyzeInputs, resolved: ResolvedPolicy): ServiceMetric[] {
  const telemetry = telemetryOfService(inputs, resolved);
  const service = serviceOf(inputs, resolved);
  const { metrics, faults } = metricsOf(
    { ...telemetry, ...(inputs.baseline === "concurrent" ? {} : { baseline: "same-time" as const }) },
    resolved.policy.queries,
  );
  const [fault] = faults;
  if (fault !== undefined)
    throw new UserError(
      "telemetry-misconfigured",
      `The telemetry of ${service === undefined ? "these inputs" : `the service "${printable(service)}"`}, at ${fault.path.join(".")}: ${fault.message}.`,
    );
  if (metrics.length > 0) return metrics;
  const known = Object.keys(resolved.policy.queries?.sets ?? {});
  throw new UserError(
    "nothing-to-measure",
    `Nothing says what is measured of ${service === undefined ? "the candidate" : `"${printable(service)}"`}. Name sets of queries.yaml in the input sets, or under telemetry.sets of the service in services.yaml. Sets: ${known.join(", ") || "none; add queries.yaml to the policy"}.`,
    exitCodes.usage,
  );
}
