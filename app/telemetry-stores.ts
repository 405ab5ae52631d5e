import { readFile } from "node:fs/promises";
import picomatch from "picomatch";
import * as z from "zod";
import { openTelemetry } from "../adapters/telemetry/index.ts";
import { placeOf } from "../adapters/telemetry/prometheus-config.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { type TelemetrySettings, telemetry } from "../core/policy/schema.ts";
import { parseYamlDocument } from "../core/policy/yaml/document.ts";
import { describeProblem } from "../core/policy/yaml/problem.ts";
import type { Telemetry } from "../core/ports.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const store = telemetry.omit({ kind: true, path: true }).extend({
  url: z.string().max(500),
  repositories: z.array(z.string().min(1).max(200)).min(1).max(1000),
});
const file = z.strictObject({
  "schema-version": z.literal(1),
  stores: z.array(store).min(1).max(200),
});

/** A store that the App's operator lets it ask, with what it needs for it, and the repositories that it is for. */
export type Store = { settings: TelemetrySettings; repositories: string[] };

/** The stores of the App, and the variables that hold their secrets. */
export type Stores = { stores: Store[]; environment: Environment };

/** The operator's file. Whatever is wrong with it, or a secret that is not set, ends the start and not a rollout. */
export async function readStores(environment: Environment): Promise<Stores | undefined> {
  const path = environment.ADAPTIVE_DEPLOY_TELEMETRY;
  if (!path) return undefined;
  const text = await readFile(path, "utf8").catch(() => {
    throw usage(
      `ADAPTIVE_DEPLOY_TELEMETRY names ${path}, which cannot be read. Look at its path and permissions.`,
    );
  });
  const stores = parseStores(text, path);
  const secrets = Object.fromEntries(
    Object.entries(environment).filter(([name]) => name.startsWith("TELEMETRY_")),
  );
  for (const { settings } of stores) openTelemetry(settings, secrets);
  return { stores, environment: secrets };
}

export function parseStores(text: string, path: string): Store[] {
  const { value, problems } = parseYamlDocument(text, path, file);
  if (value === undefined || problems.length > 0) throw usage(problems.map(describeProblem).join("\n"));
  return value.stores.map(({ repositories, ...settings }) => ({
    repositories,
    settings: { ...settings, kind: "prometheus" as const },
  }));
}

/**
 * The telemetry of one repository. Its own file only chooses among the stores that the operator lets it use: the
 * address, the secrets, files, headers and proxies are always the operator's, since whoever writes to a repository could
 * otherwise have the App's secrets sent to an address of their own, or its files read.
 */
export function storeFor(
  { stores }: Stores,
  repository: string,
  wanted: TelemetrySettings | undefined,
): Store | undefined {
  const own = stores.filter(({ repositories }) =>
    picomatch.isMatch(
      repository.toLowerCase(),
      repositories.map((glob) => glob.toLowerCase()),
    ),
  );
  if (wanted === undefined) return own[0];
  if (wanted.kind !== "prometheus" || wanted.url === undefined) throw notAllowed("the kind file");
  const { shown } = placeOf(wanted.url);
  const found = own.find(
    ({ settings }) => settings.url !== undefined && placeOf(settings.url).shown === shown,
  );
  if (found) return found;
  throw notAllowed(shown);
}

/** Opened anew for each look, because a budget of requests is what one look may cost. */
export function telemetryOf(
  stores: Stores | undefined,
): (repository: string, wanted: TelemetrySettings | undefined) => Telemetry | undefined {
  return (repository, wanted) => {
    const found = stores && storeFor(stores, repository, wanted);
    if (found) return openTelemetry(found.settings, stores.environment);
    if (wanted === undefined) return undefined;
    throw notAllowed(wanted.url === undefined ? "the kind file" : placeOf(wanted.url).shown);
  };
}

function notAllowed(what: string): UserError {
  return new UserError(
    "telemetry-not-allowed",
    `The App's operator does not let this repository ask ${what}. Ask for it to be added to the stores of ADAPTIVE_DEPLOY_TELEMETRY, or leave telemetry: out for the operator's own choice.`,
    exitCodes.badInput,
  );
}

function usage(sentence: string): UserError {
  return new UserError("not-configured", sentence, exitCodes.usage);
}
