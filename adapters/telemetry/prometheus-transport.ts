import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { telemetryFault } from "./fault.ts";
import { decoded, type Place, type PrometheusConfig, prometheusDefaults } from "./prometheus-config.ts";
import { proxyOf } from "./proxy-of.ts";

export type Answered = { status: number; retryAfter: string | undefined; location: string; text: string };
export type Transport = {
  /** Throws what the network throws, or a UserError where the answer is too large. */
  send(path: string, form: URLSearchParams | undefined): Promise<Answered>;
  /** The text without anything that proves who asks. */
  withoutSecrets(text: string): string;
};

/** HTTP as the store's operators may ask for it: proxies, own authorities, client certificates and tokens. */
export function transport(config: PrometheusConfig, place: Place): Transport {
  const dispatcher = dispatcherOf(config);
  const timeoutMs = 1000 * (config.timeoutSeconds ?? prometheusDefaults.timeoutSeconds);
  const mostBytes = config.mostBytes ?? prometheusDefaults.mostBytes;
  const secrets = new Set(secretsOf(config, place));
  return {
    async send(path, form) {
      const authorization = await authorizationOf(config, place);
      if (authorization !== undefined) secrets.add(authorization.slice(authorization.indexOf(" ") + 1));
      const { statusCode, headers, body } = await request(place.endpoint(path), {
        dispatcher,
        method: form === undefined ? "GET" : "POST",
        headers: {
          accept: "application/json",
          "accept-encoding": "gzip",
          ...config.headers,
          ...config.secretHeaders,
          ...(authorization === undefined ? {} : { authorization }),
          ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
        ...(form === undefined ? {} : { body: form.toString() }),
        signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
      });
      const zipped = headers["content-encoding"] === "gzip";
      return {
        status: statusCode,
        retryAfter: headers["retry-after"]?.toString(),
        location: headers.location?.toString() ?? "",
        text: await wholeText(body, zipped, mostBytes, place.shown),
      };
    },
    withoutSecrets: (text) => {
      let clean = text;
      const longestFirst = [...secrets].sort((left, right) => right.length - left.length);
      for (const secret of longestFirst) clean = clean.replaceAll(secret, "***");
      return clean;
    },
  };
}

async function wholeText(body: Readable, zipped: boolean, mostBytes: number, shown: string): Promise<string> {
  const stream = zipped ? body.pipe(createGunzip()) : body;
  // A line that breaks is told to the body alone; whoever reads behind it would wait for ever.
  if (stream !== body) body.once("error", (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > mostBytes)
        throw telemetryFault(
          "telemetry-too-large",
          `The answer of ${shown} is larger than ${Math.round(mostBytes / 1024 / 1024)} MiB. Sum more in the query, ask for fewer windows, or raise telemetry.budget.mebibytes.`,
        );
    }
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks, length).toString("utf8");
}

const proxySetting = "telemetry.proxy, or HTTPS_PROXY";

function dispatcherOf(config: PrometheusConfig): Dispatcher {
  const tls = {
    ...(config.authorityFile === undefined ? {} : { ca: fileText(config.authorityFile, "authority") }),
    ...(config.certificateFile === undefined
      ? {}
      : { cert: fileText(config.certificateFile, "certificate") }),
    ...(config.keyFile === undefined ? {} : { key: fileText(config.keyFile, "key") }),
  };
  const { ca } = tls;
  const options = {
    connect: { ...tls, timeout: 10_000 },
    requestTls: tls,
    proxyTls: ca === undefined ? {} : { ca },
    connections: config.budget?.concurrent ?? prometheusDefaults.budget.concurrent,
  };
  // A proxy of the environment is the host's business: the same variables serve every other program on it.
  const named = config.proxy === undefined ? proxyOf(new URL(config.url), process.env) : config.proxy;
  if (named === undefined || named === null) return new Agent(options);
  const proxy = URL.parse(named);
  if (proxy !== null && ["http:", "https:"].includes(proxy.protocol)) {
    for (const part of [proxy.username, proxy.password]) decoded(part, proxySetting);
    return new ProxyAgent({ uri: proxy.href, ...options });
  }
  throw telemetryFault(
    "telemetry-configuration",
    `${proxySetting}, is not an address of a proxy. Write http:// or https://, its host and its port.`,
  );
}

async function authorizationOf(
  { bearer, bearerFile, basic }: PrometheusConfig,
  place: Place,
): Promise<string | undefined> {
  const who = basic ?? place.basic;
  if (who !== undefined)
    return `Basic ${Buffer.from(`${who.user}:${who.password}`, "utf8").toString("base64")}`;
  if (bearerFile === undefined) return bearer === undefined ? undefined : `Bearer ${bearer}`;
  const text = await readFile(bearerFile, "utf8").catch(() => unreadable(bearerFile, "bearer token"));
  return `Bearer ${text.trim()}`;
}

function secretsOf({ bearer, basic, secretHeaders, proxy }: PrometheusConfig, place: Place): string[] {
  const proxied = proxy ? URL.parse(proxy) : null;
  const candidates = [
    bearer,
    basic?.password,
    place.basic?.password,
    proxied?.password,
    decoded(proxied?.password ?? "", proxySetting),
    ...Object.values(secretHeaders ?? {}),
  ];
  // What is shorter hides nothing, and taking it out would leave no sentence whole.
  return candidates.filter((secret): secret is string => secret !== undefined && secret.length >= 4);
}

function fileText(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return unreadable(path, what);
  }
}

function unreadable(path: string, what: string): never {
  throw telemetryFault(
    "telemetry-configuration",
    `The ${what} file ${JSON.stringify(path.slice(0, 200))} of the telemetry cannot be read. Look at its path and permissions.`,
  );
}
