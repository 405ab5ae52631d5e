import { createServer, type IncomingHttpHeaders } from "node:http";

export type Prepared = { status: number; answer: unknown; headers?: Record<string, string> };

/** A server on loopback that gives prepared answers in turn, the last one for ever. */
export async function startAnswering(answers: readonly Prepared[]) {
  const asked: ({ url: string } & Pick<IncomingHttpHeaders, "authorization">)[] = [];
  const server = createServer((request, response) => {
    const { status, answer, headers } = answers[Math.min(asked.length, answers.length - 1)] ?? {
      status: 500,
      answer: {},
    };
    const { authorization } = request.headers;
    asked.push({ url: request.url ?? "", ...(authorization === undefined ? {} : { authorization }) });
    request.resume();
    const location = status === 302 ? { location: "/elsewhere" } : {};
    response.writeHead(status, { "content-type": "application/json", ...location, ...headers });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
