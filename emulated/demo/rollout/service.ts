import { createServer, type Server } from "node:http";
import { portOf } from "../../github/port.ts";

/** One running version of the sample service: answers requests, and says which version it is. */
export type Version = { id: string; url: string; close(): Promise<void> };

/** `failing`: how many in ten thousand answers are errors. */
export async function startVersion(id: string, failing: number): Promise<Version> {
  let answered = 0;
  const server = createServer((request, response) => {
    if (request.url === "/version") {
      response.end(id);
      return;
    }
    answered += 1;
    // Evenly spread, so that the demo is the same in every run.
    const fails = (answered * failing) % 10_000 < failing;
    response.writeHead(fails ? 500 : 200).end(id);
  });
  server.keepAliveTimeout = 60_000;
  await listening(server);
  return { id, url: `http://127.0.0.1:${portOf(server.address())}`, close: () => closed(server) };
}

export function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
