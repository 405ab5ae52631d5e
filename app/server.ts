import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { createNodeMiddleware, Probot, ProbotOctokit } from "probot";
import type { Decision } from "../core/decision/shape.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { webhooks } from "./webhooks.ts";

export type AppConfiguration = {
  appId: string;
  privateKey: string;
  webhookSecret: string;
  baseUrl?: string;
  host: string;
  port: number;
  /** The demo's GitHub is on loopback and answers at once: there is nothing to throttle. */
  demo?: boolean;
  tell?(decision: Decision): void;
};

/** The App's settings from its environment; nothing starts without a webhook secret. */
export function appConfiguration(environment: Record<string, string | undefined>): AppConfiguration {
  const needed = (name: string, why: string): string => {
    const value = environment[name];
    if (value) return value;
    throw new UserError(
      "not-configured",
      `${name} is not set: ${why}. \`npm start\` without any of APP_ID, PRIVATE_KEY and WEBHOOK_SECRET runs the demo.`,
      exitCodes.usage,
    );
  };
  const port = Number(environment.PORT ?? "3000");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UserError(
      "not-configured",
      `PORT is "${environment.PORT}", which is no port from 0 to 65535.`,
      exitCodes.usage,
    );
  }
  return {
    appId: needed("APP_ID", "GitHub shows it on the App's page"),
    privateKey: needed("PRIVATE_KEY", "it is the PEM that GitHub made for the App").replaceAll("\\n", "\n"),
    webhookSecret: needed("WEBHOOK_SECRET", "without it anyone could send events"),
    ...(environment.GITHUB_API_URL ? { baseUrl: environment.GITHUB_API_URL } : {}),
    host: environment.HOST ?? "127.0.0.1",
    port,
  };
}

/** Serves the App's webhooks. The secret is always checked: Probot's default one would accept anybody's event. */
export async function serveApp(configuration: AppConfiguration): Promise<{ server: Server; url: string }> {
  const log = pino({
    level: configuration.demo ? "error" : "info",
    serializers: { err: faultOnly, event: nameOnly },
  });
  const Octokit = configuration.demo
    ? ProbotOctokit.defaults((options: object) => ({
        ...options,
        throttle: { enabled: false },
        retry: { enabled: false },
      }))
    : ProbotOctokit;
  const probot = new Probot({
    appId: configuration.appId,
    privateKey: configuration.privateKey,
    secret: configuration.webhookSecret,
    log,
    Octokit,
    ...(configuration.baseUrl ? { baseUrl: configuration.baseUrl } : {}),
  });
  const handle = await createNodeMiddleware(webhooks(configuration.tell), {
    probot,
    webhooksPath: "/webhooks",
  });
  const server = createServer((request, response) => {
    if (request.url === "/health/live") {
      response.writeHead(200, { "content-type": "application/json" }).end('{"status":"live"}\n');
      return;
    }
    if (isTooLarge(request)) {
      response
        .writeHead(413, { "content-type": "application/json", connection: "close" })
        .end('{"message":"A webhook has at most 25 MB, and says how many."}\n');
      return;
    }
    void handle(request, response, () => {
      response
        .writeHead(404, { "content-type": "application/json" })
        .end('{"message":"Webhooks are taken at /webhooks."}\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(configuration.port, configuration.host, resolve);
  });
  const { address, port } = addressOf(server);
  return { server, url: `http://${address}:${port}` };
}

/** GitHub sends no more, and always says how much. A body is held in memory before its signature can be checked. */
const largestWebhookBytes = 25 * 1024 * 1024;

function isTooLarge({ headers }: IncomingMessage): boolean {
  return (
    headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > largestWebhookBytes
  );
}

/** A refused or failed delivery brings its whole payload along; the log gets what went wrong and no more. */
function faultOnly(error: unknown): { type: string; message: string } {
  return error instanceof Error
    ? { type: error.name, message: error.message.slice(0, 500) }
    : { type: "unknown", message: "" };
}

function nameOnly(event: unknown): { name?: unknown; id?: unknown } {
  if (typeof event !== "object" || event === null) return {};
  return { ...("name" in event ? { name: event.name } : {}), ...("id" in event ? { id: event.id } : {}) };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server listens on no port.");
  return address;
}
