import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { authenticate, authorizeRoute } from "./access.ts";
import { type Fault, type Faults, faultAnswer } from "./faults.ts";
import { serveGraphql } from "./graphql/serve.ts";
import { oauthPaths, serveOauth } from "./oauth.ts";
import { checkRequest, checkResponse, type Violation } from "./openapi.ts";
import type { RecordedRequest } from "./recorded.ts";
import { Refusal } from "./refusal.ts";
import type { Answer } from "./route.ts";
import { type Match, router } from "./router.ts";
import { routes } from "./routes/index.ts";
import type { Token, World } from "./state.ts";

/** The HTTP side: reads a request, finds who asks and what for, answers, records, and holds both to the schema. */

export type Front = {
  world: World;
  faults: Faults;
  requests: RecordedRequest[];
  violations: Violation[];
  latencyMs: number;
  fallback(request: IncomingMessage, path: string, body: Buffer): Promise<Answer | undefined>;
};

type Incoming = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Buffer;
  headers: IncomingMessage["headers"];
};

const graphqlPaths = new Set(["/graphql", "/api/graphql"]);
const find = router(routes);

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

function refused(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, body: { message: `The emulator failed: ${message}` } };
}

async function answerRest(
  front: Front,
  incoming: Incoming,
  match: Match,
  token: Token | null,
): Promise<Answer> {
  const body = parseBody(incoming.body);
  const { route, parameters } = match;
  front.violations.push(...checkRequest(route.operation, { parameters, query: incoming.query, body }));
  authorizeRoute(front.world, token, route, parameters);
  const accept = String(incoming.headers.accept ?? "");
  return route.handle({ world: front.world, token, parameters, query: incoming.query, accept, body });
}

async function answer(
  front: Front,
  raw: IncomingMessage,
  incoming: Incoming,
  record: RecordedRequest,
  match: Match | undefined,
): Promise<Answer> {
  try {
    if (oauthPaths.has(`${incoming.method} ${incoming.path}`)) return serveOauth(front.world, incoming);
    const token = authenticate(front.world, incoming.headers.authorization);
    record.actor = token === null ? null : token.kind === "app" ? token.app.slug : token.user.login;
    if (record.operation === "graphql") return await serveGraphql(front, token, parseBody(incoming.body));
    if (match) return await answerRest(front, incoming, match, token);
    const other = await front.fallback(raw, incoming.path, incoming.body);
    if (other) return other;
    const what = `${incoming.method} ${incoming.path} is not emulated`;
    front.violations.push({ where: "request", operation: "", what });
    throw new Refusal(404, "Not Found");
  } catch (error) {
    const refusal = refused(error);
    if (refusal.status === 500)
      front.violations.push({ where: "response", operation: record.operation, what: String(error) });
    return refusal;
  }
}

function commonHeaders(front: Front): Record<string, string> {
  const limit = front.world.limits.requestsPerHour;
  return {
    "content-type": "application/json; charset=utf-8",
    date: new Date(front.world.now()).toUTCString(),
    "x-github-media-type": "github.v3; format=json",
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(Math.max(limit - front.requests.length, 0)),
    "x-ratelimit-reset": String(Math.ceil(Date.parse(front.world.now()) / 1000) + 3600),
    "x-ratelimit-used": String(front.requests.length),
    "x-ratelimit-resource": "core",
    "x-github-request-id": `E:${front.requests.length}`,
  };
}

/**
 * Waits in slices, so that a loop that was busy for a while costs one slice: a request that was sent at the same time
 * is read between two of them, and not found waiting behind this answer.
 */
async function slowly(milliseconds: number): Promise<void> {
  for (let waited = 0; waited < milliseconds; waited += 5) await sleep(5);
}

function send(front: Front, response: ServerResponse, given: Answer): void {
  const headers = { ...commonHeaders(front), ...given.headers };
  const content = given.raw ?? (given.body === undefined ? "" : JSON.stringify(given.body));
  response.writeHead(given.status, given.status === 204 ? { ...headers, "content-type": "" } : headers);
  response.end(content);
}

/** Cuts the connection where the fault says so; the answer is then undefined. */
async function spoiled(
  front: Front,
  fault: Fault | undefined,
  response: ServerResponse,
  make: () => Promise<Answer>,
): Promise<Answer | undefined> {
  if (fault?.delayMs) await sleep(fault.delayMs);
  // What nobody waits for any more is not done late: that would be "lost", at a moment that depends on the machine.
  if (response.destroyed) return undefined;
  if (fault?.kind === "lost") await make();
  if (fault?.kind === "dropped" || fault?.kind === "lost") {
    response.destroy();
    return undefined;
  }
  if (fault?.kind === "cut") {
    const whole = JSON.stringify((await make()).body ?? {});
    response.writeHead(200, { ...commonHeaders(front), "content-length": String(whole.length + 1) });
    response.write(whole.slice(0, whole.length / 2), () => response.destroy());
    return undefined;
  }
  return (fault && faultAnswer(fault, new Date(front.world.now()))) ?? make();
}

async function handle(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = performance.now();
  const url = new URL(request.url ?? "/", "http://emulated");
  const path = url.pathname.replace(/^\/api\/v3(?=\/|$)/, "") || "/";
  const method = request.method ?? "GET";
  const match = find(method, path);
  const operation = graphqlPaths.has(path) ? "graphql" : (match?.route.operation ?? "");
  const record: RecordedRequest = {
    index: front.requests.length,
    method,
    path,
    operation,
    query: url.search,
    body: undefined,
    actor: null,
    userAgent: String(request.headers["user-agent"] ?? ""),
    status: 0,
    started,
    ended: Number.POSITIVE_INFINITY,
  };
  front.requests.push(record);
  const body = await readBody(request);
  try {
    record.body = body.length > 0 ? JSON.parse(body.toString("utf8")) : undefined;
  } catch {
    record.body = body.toString("utf8");
  }
  const incoming = { method, path, query: url.searchParams, body, headers: request.headers };
  const fault = front.faults.take({ method, path, operation, body: body.toString("utf8") });
  const given = await spoiled(front, fault, response, () => answer(front, request, incoming, record, match));
  await slowly(front.latencyMs);
  record.ended = performance.now();
  record.status = given?.status ?? 0;
  if (!given) return;
  if (match && !fault) front.violations.push(...checkResponse(operation, given));
  send(front, response, given);
}

export function serve(front: Front): Server {
  return createServer((request, response) => {
    handle(front, request, response).catch(() => response.destroy());
  });
}
