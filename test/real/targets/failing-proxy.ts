import { createServer, type Server } from "node:http";

/** Stands before a server and lets so many changes through: of the next one the answer is lost, and then nothing gets through. */
export type FailingProxy = { url: string; changes(): number; close(): Promise<void> };

export async function failingProxy(upstream: string, changesLet: number): Promise<FailingProxy> {
  let changes = 0;
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const method = request.method ?? "GET";
    const isChange = method !== "GET";
    if (changes > changesLet) return response.destroy();
    if (isChange) changes += 1;
    const { authorization = "", "content-type": type } = request.headers;
    const headers = { authorization, ...(type === undefined ? {} : { "content-type": type }) };
    const body = chunks.length === 0 ? null : Buffer.concat(chunks);
    const answer = await fetch(`${upstream}${request.url}`, { method, headers, body });
    const content = Buffer.from(await answer.arrayBuffer());
    if (isChange && changes > changesLet) return response.destroy();
    return response.writeHead(answer.status).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    changes: () => changes,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
