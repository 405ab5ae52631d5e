import type { TrafficQuestion, TrafficTold } from "../../adapters/telemetry/traffic.ts";
import type { TelemetrySettings } from "../../core/policy/schema.ts";

/** Requests a second and error budget from the telemetry that the base's configuration names; loaded where it names one. */
export async function trafficFrom(
  settings: TelemetrySettings | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  question: TrafficQuestion,
): Promise<TrafficTold> {
  if (settings === undefined) return { given: [], problems: [] };
  const { trafficOfChange, trafficTimeoutSeconds } = await import("../../adapters/telemetry/traffic.ts");
  const { openTelemetry } = await import("../../adapters/telemetry/index.ts");
  // What is no longer waited for ends as well, so that the step can.
  const brief = { ...settings, timeout: `${trafficTimeoutSeconds}s`, retries: 0 };
  return await trafficOfChange(() => openTelemetry(brief, environment), question);
}
