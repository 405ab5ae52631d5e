import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Routes = {
  webhook(request: IncomingMessage, response: ServerResponse): Promise<void>;
  isReady(): Promise<boolean>;
  /** Asked in turn; the first that gives true has answered. */
  others?: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>)[];
};

export type Served = { url: string; close(): Promise<void> };

/** One port for webhooks, health, API and pages. Closing waits for the answers in hand. */
export async function serve(where: { host: string; port: number }, routes: Routes): Promise<Served> {
  const server = createServer((request, response) => {
    answer(request, response, routes).catch(() => {
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
