import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** One request as the bench's GitHub saw it, in milliseconds since 1970. */
export type Seen = { repository: string; method: string; path: string; started: number; ended: number };

export type FrontSettings = {
  latencyMs: number;
  /** Writes are answered and change nothing, so that what was remembered stays true. */
  dry: boolean;
};

type Kept = { status: number; headers: Record<string, string>; body: Buffer };
const passedOn = ["content-type", "link", "location"];

/**
 * Stands before the emulated GitHub and remembers what it answered to reads, so that a bench measures the App and not
 * the emulator's git and schemas. Comments and checks are asked again after each write to their repository.
 */
export function front(
  emulated: string,
  settings: FrontSettings,
  control: (path: string, body: string) => Promise<unknown>,
): { server: Server; seen: Seen[] } {
  const kept = new Map<string, Kept>();
  const lists = new Map<string, Set<string>>();
  const seen: Seen[] = [];
  let written = 5_000_000;

  const forward = async (request: IncomingMessage, body: Buffer): Promise<Kept> => {
    const headers: Record<string, string> = {};
    for (const name of ["authorization", "accept", "content-type", "user-agent"]) {
      const value = request.headers[name];
      if (typeof value === "string") headers[name] = value;
    }
    const method = request.method ?? "GET";
    const answer = await fetch(`${emulated}${request.url}`, {
      method,
      headers,
      redirect: "manual",
      ...(method === "GET" ? {} : { body: new Uint8Array(body) }),
    });
    const back = passedOn.flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    return {
      status: answer.status,
      headers: Object.fromEntries(back),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  };

  const answered = async (request: IncomingMessage, body: Buffer, repository: string): Promise<Kept> => {
    const path = request.url ?? "/";
    const isQuery = path === "/graphql" && !/"query":"\s*mutation/.test(body.toString("utf8", 0, 40));
    if (!path.startsWith("/repos/") && !isQuery) return forward(request, body);
    if (request.method === "GET" || isQuery) {
      const key = `${path} ${isQuery ? body.toString("utf8") : ""}`;
      const known = kept.get(key);
      if (known) return known;
      const answer = await forward(request, body);
      if (answer.status !== 200) return answer;
      kept.set(key, answer);
      // What a write may change; everything else that is asked here stays as it is.
      if (/\/(comments|check-runs)(\?|$)|\/pulls\/\d+$/.test(path)) {
        const keys = lists.get(repository) ?? new Set();
        lists.set(repository, keys.add(key));
      }
      return answer;
    }
    if (settings.dry) {
      written += 1;
      const status = request.method === "POST" ? 201 : 200;
      const said = Buffer.from(JSON.stringify({ id: written }));
      return { status, headers: { "content-type": "application/json" }, body: said };
    }
    const answer = await forward(request, body);
    for (const key of lists.get(repository) ?? []) kept.delete(key);
    lists.delete(repository);
    return answer;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.timeOrigin + performance.now();
    const path = request.url ?? "/";
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (path.startsWith("/bench/"))
      return void response.end(JSON.stringify((await control(path, body.toString("utf8"))) ?? null));
    const repository = repositoryOf(path, body);
    const answer = await answered(request, body, repository);
    const left = settings.latencyMs - (performance.timeOrigin + performance.now() - started);
    if (left > 0) await sleep(left);
    const ended = performance.timeOrigin + performance.now();
    seen.push({ repository, method: request.method ?? "GET", path, started, ended });
    response.writeHead(answer.status, answer.status === 204 ? {} : answer.headers).end(answer.body);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  // A client that keeps a connection must not find it closed under a request.
  server.keepAliveTimeout = 120_000;
  return { server, seen };
}

function repositoryOf(path: string, body: Buffer): string {
  const [, owner, name] = /^\/repos\/([^/]+)\/([^/?]+)/.exec(path) ?? [];
  if (owner && name) return `${owner}/${name}`;
  if (path !== "/graphql") return "";
  const text = body.toString("utf8");
  const variable = (key: string): string => new RegExp(`"${key}":"([^"]+)"`).exec(text)?.[1] ?? "";
  return `${variable("owner")}/${variable("name") || variable("repo")}`;
}
