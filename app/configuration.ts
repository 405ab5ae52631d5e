import { wantsTraces } from "../adapters/opentelemetry/wanted.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { type Credentials, credentialsFile, readCredentials } from "./setup/credentials.ts";
import { isPrivateKey } from "./setup/private-key.ts";
import { readStores, type Stores } from "./telemetry-stores.ts";

export type AppConfiguration = {
  appId: string;
  privateKey: string;
  webhookSecret: string;
  /** Present where people can sign in with GitHub. */
  signIn?: { clientId: string; clientSecret: string };
  /** GitHub's API; absent: github.com. */
  baseUrl?: string;
  /** Where people and GitHub reach this server. */
  publicUrl?: string;
  database: { url?: string; folder?: string };
  /** Whose tokens the API takes from GitHub Actions; the demo takes none. */
  oidc?: { issuer: string; audience?: string };
  /** Values of `job_workflow_ref` that are trusted beside the default branch; a `*` at the end stands for any end. */
  trustedWorkflows?: string[];
  /** The telemetry that the App may ask. */
  telemetry?: Stores;
  /** Who carries it may read the metrics; absent: this machine alone. */
  metricsToken?: string;
  /** True where OpenTelemetry's variables name a collector. */
  traces?: boolean;
  host: string;
  port: number;
  /** The demo's GitHub is on loopback and answers at once: there is nothing to throttle. */
  demo?: boolean;
};

/** What is known before there are credentials: enough to make them. */
export type PlaceConfiguration = Pick<AppConfiguration, "baseUrl" | "publicUrl" | "host" | "port"> & {
  /** Holds the credentials, and the database where none is named. */
  folder: string;
};

type Environment = Record<string, string | undefined>;

/** Our own variables, all of them: any other of this beginning is a misspelling. */
const ownVariables = [
  "ADAPTIVE_DEPLOY_SETUP",
  "ADAPTIVE_DEPLOY_DATA",
  "ADAPTIVE_DEPLOY_OIDC_ISSUER",
  "ADAPTIVE_DEPLOY_OIDC_AUDIENCE",
  "ADAPTIVE_DEPLOY_METRICS_TOKEN",
  "ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS",
  "ADAPTIVE_DEPLOY_TELEMETRY",
];

/** The command line's, which a shell may have set for it. */
const commandLine = ["ADAPTIVE_DEPLOY_DEBUG", "ADAPTIVE_DEPLOY_TOKEN"];

/** The App's settings from its environment and its credentials file; nothing starts without a webhook secret. */
export async function appConfiguration(environment: Environment): Promise<AppConfiguration> {
  const { folder, ...place } = placeConfiguration(environment);
  const { clientId, clientSecret, ...keys } = await credentials(environment, folder);
  const audience = environment.ADAPTIVE_DEPLOY_OIDC_AUDIENCE ?? place.publicUrl;
  const database = databaseUrl(environment.DATABASE_URL);
  const telemetry = await readStores(environment);
  return {
    ...keys,
    ...(clientId && clientSecret ? { signIn: { clientId, clientSecret } } : {}),
    ...place,
    ...metricsToken(environment),
    ...trustedWorkflows(environment),
    ...traces(environment),
    ...(telemetry ? { telemetry } : {}),
    database: database ? { url: database } : { folder },
    oidc: {
      issuer: address(environment, "ADAPTIVE_DEPLOY_OIDC_ISSUER") ?? issuerOf(place.baseUrl),
      ...(audience ? { audience } : {}),
    },
  };
}

export function placeConfiguration(environment: Environment): PlaceConfiguration {
  const unknown = Object.keys(environment).filter(
    (name) =>
      name.startsWith("ADAPTIVE_DEPLOY_") && !ownVariables.includes(name) && !commandLine.includes(name),
  );
  if (unknown.length > 0) {
    throw usage(
      `${unknown.sort().join(", ")} is not known. Allowed are ${ownVariables.join(", ")}, and without our beginning: ` +
        "APP_ID, PRIVATE_KEY, WEBHOOK_SECRET, CLIENT_ID, CLIENT_SECRET, DATABASE_URL, GITHUB_API_URL, PUBLIC_URL, HOST, PORT.",
    );
  }
  const port = Number(environment.PORT || "3000");
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw usage(`PORT is "${environment.PORT}", which is no port from 0 to 65535.`);
  const baseUrl = address(environment, "GITHUB_API_URL");
  const publicUrl = address(environment, "PUBLIC_URL");
  return {
    folder: environment.ADAPTIVE_DEPLOY_DATA || "./data",
    ...(baseUrl ? { baseUrl } : {}),
    ...(publicUrl ? { publicUrl } : {}),
    host: environment.HOST || "127.0.0.1",
    port,
  };
}

const fromEnvironment = {
  APP_ID: "GitHub shows it on the App's page",
  PRIVATE_KEY: "it is the PEM that GitHub made for the App",
  WEBHOOK_SECRET: "without it anyone could send events",
} as const;

async function credentials(environment: Environment, folder: string): Promise<Credentials> {
  const names = ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET"] as const;
  if (!names.some((name) => environment[name])) {
    const kept = await readCredentials(folder);
    if (kept) return kept;
  }
  const needed = (name: keyof typeof fromEnvironment): string => {
    const value = environment[name];
    if (value) return value;
    throw usage(
      `${name} is not set: ${fromEnvironment[name]}. Set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET, or let ` +
        `\`ADAPTIVE_DEPLOY_SETUP=1 npm start\` make ${credentialsFile(folder)}. \`npm start\` without any runs the demo.`,
    );
  };
  const { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = environment;
  return {
    appId: needed("APP_ID"),
    privateKey: readKey(needed("PRIVATE_KEY")),
    webhookSecret: needed("WEBHOOK_SECRET"),
    ...(clientId && clientSecret ? { clientId, clientSecret } : {}),
  };
}

/** The key's own words are never repeated. */
function readKey(given: string): string {
  const pem = given.replaceAll("\\n", "\n");
  if (isPrivateKey(pem)) return pem;
  throw usage(
    "PRIVATE_KEY is no RSA private key in PEM form. It holds the whole file that GitHub made for the App, from its first " +
      'line (-----BEGIN RSA PRIVATE KEY-----) to its last, for example PRIVATE_KEY="$(cat app.pem)"; \\n may stand for line ends.',
  );
}

/** An address without a secret in it; what does not read as one is not repeated, since it may hold a secret. */
function address(environment: Environment, name: string): string | undefined {
  const given = environment[name];
  if (!given) return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw usage(
      `${name} is no address like https://deploy.example.com (http or https, without user, query or fragment).`,
    );
  return url.href.replace(/\/+$/, "");
}

function metricsToken({ ADAPTIVE_DEPLOY_METRICS_TOKEN: token }: Environment): { metricsToken?: string } {
  if (!token) return {};
  if (/^[\x21-\x7e]{16,}$/.test(token)) return { metricsToken: token };
  throw usage(
    "ADAPTIVE_DEPLOY_METRICS_TOKEN has fewer than 16 characters, or some that no header carries. `openssl rand -hex 32` makes one.",
  );
}

/** A beginning has to name its repository: what that repository's writers push is trusted for every other one. */
const workflowPin = /^[\w.-]+\/[\w.-]+\/\.github\/workflows\/([^\s*@]+\.ya?ml@[^\s*]+|[^\s*]*\*)$/;

function trustedWorkflows({ ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS: given }: Environment): {
  trustedWorkflows?: string[];
} {
  const pins = (given ?? "").split(/[\s,]+/).filter(Boolean);
  const wrong = pins.findIndex((pin) => !workflowPin.test(pin));
  if (wrong >= 0)
    throw usage(
      `ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS names no workflow in its entry ${wrong + 1}. Write owner/repo/.github/workflows/file.yml@refs/tags/v1, or the beginning of such a name from its .github/workflows/ on with a * at its end; several with commas or spaces between them.`,
    );
  return pins.length > 0 ? { trustedWorkflows: pins } : {};
}

/** The exporter reads these variables itself, and where one cannot be read it would send to this machine. */
function traces(environment: Environment): { traces?: true } {
  if (!wantsTraces(environment)) return {};
  address(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  address(environment, "OTEL_EXPORTER_OTLP_ENDPOINT");
  return { traces: true };
}

function databaseUrl(given: string | undefined): string | undefined {
  if (!given) return undefined;
  if (/^postgres(ql)?:\/\/./.test(given)) return given;
  throw usage(
    "DATABASE_URL is no address like postgres://user@host:5432/name. Leave it unset for the embedded database in ADAPTIVE_DEPLOY_DATA.",
  );
}

/** Where GitHub's own runners say their tokens come from; an Enterprise Server has its own issuer. */
export function issuerOf(baseUrl: string | undefined): string {
  return baseUrl === undefined || new URL(baseUrl).host === "api.github.com"
    ? "https://token.actions.githubusercontent.com"
    : `${new URL(baseUrl).origin}/_services/token`;
}

function usage(sentence: string): UserError {
  return new UserError("not-configured", sentence, exitCodes.usage);
}
