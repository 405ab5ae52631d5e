import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Routes = {
  webhook(request: IncomingMessage, response: ServerResponse): Promise<void>;
  isReady(): Promise<boolean>;
  /** Told of what failed while a request was answered. */
  warn(sentence: string): void;
  /** Asked in turn; the first that gives true has answered. */
  others?: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>)[];
};

/** GitHub gives up after ten seconds; whoever sends slower than this only keeps a place. */
const usualTimes = { requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 5000 };

export type Served = { url: string; close(): Promise<void> };

/** One port for webhooks, health, API and pages. Closing waits for the answers in hand. */
export async function serve(
  where: { host: string; port: number },
  routes: Routes,
  times = usualTimes,
): Promise<Served> {
  const server = createServer(times, (request, response) => {
    answer(request, response, routes).catch((error: unknown) => {
      routes.warn(faultSentence(request, error));
      if (!response.headersSent) say(response, 500, "Something of ours failed; the log says what.");
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where.port, where.host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server listens on no port.");
  return {
    url: `http://${address.address}:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 5000).unref();
      }),
  };
}

/** Of the address its first part alone: what follows may be a secret, or somebody's name. */
function faultSentence({ method, url = "/" }: IncomingMessage, error: unknown): string {
  const [, first = ""] = url.split(/[/?]/, 2);
  const said = error instanceof Error ? `${error.name}: ${error.message}` : "something that is no error";
  return `${method} /${first.slice(0, 40)} could not be answered (${said.replace(/\s+/g, " ").slice(0, 300)}).`;
}

async function answer(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  const path = (request.url ?? "/").split("?", 1)[0];
  if (path === "/webhooks") return await routes.webhook(request, response);
  if (path === "/health/live") return say(response, 200, "live");
  if (path === "/health/ready") {
    const ready = await routes.isReady().catch(() => false);
    return ready ? say(response, 200, "ready") : say(response, 503, "The database does not answer.");
  }
  for (const other of routes.others ?? []) if (await other(request, response)) return;
  say(response, 404, "Nothing is here. Webhooks are taken at /webhooks.");
}

function say(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify({ message })}\n`);
}
