import { createHmac, randomUUID } from "node:crypto";
import { Octokit } from "@octokit/rest";
import type { Database } from "../adapters/database/database.ts";
import { ownHostFetch } from "../adapters/github/own-host.ts";
import { publicApi } from "../adapters/github/places.ts";
import { sqlLedger } from "../adapters/ledgers/sql.ts";
import { optional } from "../core/optional.ts";
import { templateAt } from "./api/routes.ts";
import { type ApiAround, apiOf } from "./api-wiring.ts";
import { type AppConfiguration, issuerOf } from "./configuration.ts";
import { createPages } from "./pages/index.ts";
import type { SignIn } from "./pages/options.ts";
import type { Routes } from "./server.ts";
import { webOf } from "./setup/manifest.ts";
import { telemetryOf } from "./telemetry-stores.ts";
import type { Traces } from "./traces.ts";

const nothing = (): void => undefined;
/** What GitHub refuses is an answer here, and nothing to log. */
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export type Doors = Pick<ApiAround, "installed" | "workOf" | "warn" | "now" | "later"> & {
  database: Database;
  traces: Traces;
  metrics: Door;
};
type Door = NonNullable<Routes["others"]>[number];

/** Where programs and people come in: metrics, the API, and the page where there is a sign-in, or the demo on loopback. */
export async function doors(
  configuration: AppConfiguration,
  around: Doors,
): Promise<NonNullable<Routes["others"]>> {
  const { database, now, warn } = around;
  const ledger = (repository: string) => sqlLedger(database, repository);
  const api = await apiOf({
    ...around,
    ledger,
    issuer: configuration.oidc?.issuer ?? issuerOf(configuration.baseUrl),
    // Where nobody said what this server is called, no token of a workflow run can be meant for it.
    audience: configuration.oidc?.audience ?? randomUUID(),
    workflows: configuration.trustedWorkflows ?? [],
    telemetryOf: telemetryOf(configuration.telemetry),
    ...optional("publicUrl", configuration.publicUrl),
  });
  const signIn = signInOf(configuration);
  const programs = traced(around.traces, (request, response) => api.handle(request, response));
  if (!signIn) return [around.metrics, programs];
  const apiUrl = apiUrlOf(configuration);
  const fetch = ownHostFetch(apiUrl, 15_000);
  const pages = createPages({
    database,
    ledger,
    publicUrl: configuration.publicUrl ?? `http://${configuration.host}:${configuration.port}`,
    signIn,
    now,
    warn,
    secret: createHmac("sha256", configuration.webhookSecret).update("cookies of the page").digest("hex"),
    ask: (token) => new Octokit({ auth: token, baseUrl: apiUrl, request: { fetch }, log: quiet }),
  });
  return [around.metrics, programs, (request, response) => pages.handle(request, response)];
}

/** Below the span of whoever asked. The address is told as its template: what fills it in is somebody's name. */
function traced({ span }: Traces, door: Door): Door {
  return async (request, response) => {
    const { method = "GET", url = "/" } = request;
    const template = templateAt(url.split("?", 1)[0] ?? url, method);
    if (template === undefined) return await door(request, response);
    const { traceparent } = request.headers;
    return await span(
      `${method} ${template}`,
      async (note) => {
        const answered = await door(request, response);
        note({ "http.response.status_code": response.statusCode });
        return answered;
      },
      {
        kind: "server",
        attributes: { "http.request.method": method, "http.route": template },
        traceparent: typeof traceparent === "string" ? traceparent : undefined,
      },
    );
  };
}

function signInOf({
  demo,
  signIn,
  publicUrl,
  baseUrl,
}: AppConfiguration): SignIn | "open-on-loopback" | undefined {
  if (demo) return "open-on-loopback";
  if (!signIn || !publicUrl) return undefined;
  const web = webOf(baseUrl);
  return {
    ...signIn,
    authorizeUrl: `${web}/login/oauth/authorize`,
    tokenUrl: `${web}/login/oauth/access_token`,
    apiUrl: apiUrlOf({ ...(baseUrl ? { baseUrl } : {}) }),
  };
}

function apiUrlOf({ baseUrl }: Pick<AppConfiguration, "baseUrl">): string {
  return baseUrl ?? publicApi;
}
