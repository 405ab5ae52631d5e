import { openTelemetry } from "../../adapters/telemetry/index.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { RepositoryConfiguration, TelemetrySettings } from "../../core/policy/schema.ts";
import type { Telemetry } from "../../core/ports.ts";

export const tokenVariable = "TELEMETRY_TOKEN";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the Action hands to whoever asks the store. An address of the inputs gets the token of the inputs or none: the
 * step's secrets belong to the store of the configuration.
 */
export function environmentOfStep(
  environment: Environment,
  { telemetryUrl }: { telemetryUrl?: string },
  telemetryToken: string,
): Environment {
  const given = telemetryToken ? { [tokenVariable]: telemetryToken } : {};
  return telemetryUrl === undefined ? { ...environment, ...given } : given;
}

/** An address of the inputs has the token of the inputs alone: what the configuration names belongs to its own store. */
function telemetrySettings(
  { telemetry }: RepositoryConfiguration,
  url: string | undefined,
  environment: Environment,
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
  environment: Environment,
): (requests: number) => Telemetry {
  return (requests) => {
    const settings = telemetrySettings(configuration, url, environment);
    return openTelemetry({ ...settings, budget: { requests, ...settings.budget } }, environment);
  };
}
