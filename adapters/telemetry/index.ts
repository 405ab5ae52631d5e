import { durationSeconds } from "../../core/policy/duration.ts";
import type { TelemetryKind, TelemetrySettings } from "../../core/policy/schema.ts";
import type { Telemetry } from "../../core/ports.ts";
import { telemetryFault } from "./fault.ts";
import { fileTelemetry } from "./file.ts";
import { prometheus } from "./prometheus.ts";
import { type PrometheusConfig, prometheusDefaults } from "./prometheus-config.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every kind of telemetry; documentation and the schema take their lists from here. */
export const telemetryHomes = {
  prometheus: (settings: TelemetrySettings, environment: Environment): Telemetry =>
    prometheus(prometheusConfig(settings, environment)),
  file: ({ path }: TelemetrySettings): Telemetry => {
    if (path === undefined) throw missing("file", "path: the file with the recorded answers");
    return fileTelemetry({ path });
  },
} satisfies Record<TelemetryKind, (settings: TelemetrySettings, environment: Environment) => Telemetry>;

/** Opens what the configuration names. One comparison opens it once, since the budget is of what was opened. */
export function openTelemetry(settings: TelemetrySettings, environment: Environment): Telemetry {
  return telemetryHomes[settings.kind](settings, environment);
}

function prometheusConfig(settings: TelemetrySettings, environment: Environment): PrometheusConfig {
  const { url, auth = {}, tls = {}, proxy, timeout, retries, budget = {} } = settings;
  if (url === undefined) throw missing("prometheus", "url: the store's address before /api/v1");
  if ((auth.user === undefined) !== (auth["password-from"] === undefined))
    throw missing("prometheus", "user and password-from together");
  const secret = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : secretOf(name, environment);
  const password = secret(auth["password-from"]);
  const secretHeaders = Object.entries(settings["headers-from"] ?? {}).map(([header, name]) => [
    header,
    secretOf(name, environment),
  ]);
  const { mebibytes, ...limits } = budget;
  return {
    url,
    bearer: secret(auth["bearer-from"]),
    bearerFile: auth["bearer-file"],
    ...(auth.user === undefined || password === undefined ? {} : { basic: { user: auth.user, password } }),
    certificateFile: tls.certificate,
    keyFile: tls.key,
    authorityFile: tls.authority,
    proxy: proxy === "none" ? null : proxy,
    headers: settings.headers,
    secretHeaders: Object.fromEntries(secretHeaders),
    partialAnswers: settings["partial-answers"],
    timeoutSeconds: timeout === undefined ? undefined : durationSeconds(timeout),
    retries,
    mostBytes: mebibytes === undefined ? undefined : mebibytes * 1024 * 1024,
    budget: { ...prometheusDefaults.budget, ...limits },
  };
}

function secretOf(name: string, environment: Environment): string {
  // Secrets are pasted with a line break at their end more often than not.
  const value = environment[name]?.trim();
  if (value !== undefined && value !== "") return value;
  throw telemetryFault(
    "telemetry-configuration",
    `The telemetry wants the variable ${name}, which is not set. Hand it to the step: env: { ${name}: \${{ secrets.${name} }} }.`,
  );
}

function missing(kind: TelemetryKind, what: string): Error {
  return telemetryFault(
    "telemetry-configuration",
    `The telemetry "${kind}" needs ${what}. Write it under \`telemetry:\` in .github/adaptive-deploy.yml.`,
  );
}
