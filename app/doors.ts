import { createHmac, randomUUID } from "node:crypto";
import { Octokit } from "@octokit/rest";
import type { Database } from "../adapters/database/database.ts";
import { ownHostFetch } from "../adapters/github/own-host.ts";
import { sqlLedger } from "../adapters/ledgers/sql.ts";
import { type ApiAround, apiOf } from "./api-wiring.ts";
import { type AppConfiguration, issuerOf } from "./configuration.ts";
import { createPages } from "./pages/index.ts";
import type { SignIn } from "./pages/options.ts";
import type { Routes } from "./server.ts";
import { webOf } from "./setup/manifest.ts";

const nothing = (): void => undefined;
/** What GitHub refuses is an answer here, and nothing to log. */
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export type Doors = Pick<ApiAround, "installed" | "workOf" | "warn" | "now"> & { database: Database };

/** Where programs and people come in: the API, and the page where there is a sign-in, or the demo on loopback. */
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
    workflows: [],
  });
  const signIn = signInOf(configuration);
  if (!signIn) return [(request, response) => api.handle(request, response)];
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
  return [
    (request, response) => api.handle(request, response),
    (request, response) => pages.handle(request, response),
  ];
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
  return baseUrl ?? "https://api.github.com";
}
