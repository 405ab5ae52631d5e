import type { BudgetLimits } from "./budget.ts";
import { telemetryFault } from "./fault.ts";

export type PrometheusConfig = {
  /** Where the API begins, before /api/v1. A user and a password in it are taken as basic authentication. */
  url: string;
  bearer?: string;
  /** Read before each request, since such files are renewed under way. */
  bearerFile?: string;
  basic?: { user: string; password: string };
  /** For servers that ask who the client is (mTLS); PEM files. */
  certificateFile?: string;
  keyFile?: string;
  /** PEM file of authorities that are believed instead of the public ones. */
  authorityFile?: string;
  /** Absent: as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say; null: none. */
  proxy?: string | null;
  /** For example X-Scope-OrgID. */
  headers?: Record<string, string>;
  /** The same for values that no message may show. */
  secretHeaders?: Record<string, string>;
  /** What becomes of an answer in which parts of the store are missing: marked as partial (default), or refused. */
  partialAnswers?: "mark" | "refuse";
  timeoutSeconds?: number;
  /** How often a request is made again that failed for a reason that passes. */
  retries?: number;
  /** The longest that is waited before asking again, whatever the store proposes. */
  longestWaitSeconds?: number;
  mostBytes?: number;
  budget?: Partial<BudgetLimits>;
};

export const prometheusDefaults = {
  timeoutSeconds: 30,
  retries: 2,
  longestWaitSeconds: 10,
  mostBytes: 64 * 1024 * 1024,
  budget: { requests: 500, samples: 5_000_000, concurrent: 4 },
};

export type Place = {
  /** Without user, password, query and fragment: what messages may show. */
  shown: string;
  /** The address of one endpoint, with the query that the configured address had. */
  endpoint(path: string): string;
  basic: { user: string; password: string } | undefined;
};

export function placeOf(address: string): Place {
  const url = URL.parse(address);
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw telemetryFault(
      "telemetry-configuration",
      "telemetry.url is not an address. Write https:// and the host, with the path before /api/v1 where there is one, for example https://mimir.example.com/prometheus.",
    );
  const path = url.pathname.replace(/\/(api\/v1\/?)?$/, "");
  const basic =
    url.username === "" && url.password === ""
      ? undefined
      : { user: decoded(url.username, "telemetry.url"), password: decoded(url.password, "telemetry.url") };
  return {
    shown: `${url.origin}${path}`,
    endpoint: (name) => `${url.origin}${path}${name}${url.search}`,
    basic,
  };
}

/** The user or the password of an address, which the message leaves out. */
export function decoded(part: string, setting: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw telemetryFault(
      "telemetry-configuration",
      `The user or the password in ${setting} has a % that begins no escape. Write %25 for a percent sign that belongs to it.`,
    );
  }
}

/** Contradictions that would otherwise show as a refusal of the store. */
export function checkConfig(config: PrometheusConfig, place: Place): void {
  const ways = [
    ["bearer token", config.bearer],
    ["bearer token file", config.bearerFile],
    ["basic authentication", config.basic],
    ["user in the url", place.basic],
  ].filter(([, value]) => value !== undefined);
  if (ways.length > 1)
    throw telemetryFault(
      "telemetry-configuration",
      `The telemetry of ${place.shown} has more than one way to say who asks: ${ways.map(([way]) => way).join(", ")}. Keep one.`,
    );
  if ((config.certificateFile === undefined) !== (config.keyFile === undefined))
    throw telemetryFault(
      "telemetry-configuration",
      `The telemetry of ${place.shown} has a certificate without its key, or a key without its certificate. Name both files.`,
    );
}
