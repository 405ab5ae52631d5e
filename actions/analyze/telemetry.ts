import { openTelemetry } from "../../adapters/telemetry/index.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { RepositoryConfiguration, TelemetrySettings } from "../../core/policy/schema.ts";
import type { Telemetry } from "../../core/ports.ts";

export const tokenVariable = "TELEMETRY_TOKEN";

/** An address of the inputs has the token of the inputs alone: what the configuration names belongs to its own store. */
function telemetrySettings(
  { telemetry }: RepositoryConfiguration,
  url: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): TelemetrySettings {
  if (url !== undefined)
    return {
      kind: "prometheus",
      url,
      ...(environment[tokenVariable] ? { auth: { "bearer-from": tokenVariable } } : {}),
    };
  if (telemetry !== undefined) return telemetry;
  throw new UserError(
    "telemetry-configuration",
    "Nothing says where the telemetry is. Write telemetry: into .github/adaptive-deploy.yml, give telemetry-url, or give measurements of a recording.",
    exitCodes.usage,
  );
}

/** Opened with as many requests as the comparison takes, unless the configuration says how many it may take. */
export function telemetryFor(
  configuration: RepositoryConfiguration,
  url: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): (requests: number) => Telemetry {
  return (requests) => {
    const settings = telemetrySettings(configuration, url, environment);
    return openTelemetry({ ...settings, budget: { requests, ...settings.budget } }, environment);
  };
}
