import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { callerOfJob } from "./actions-token.ts";
import { parseJson, readBody } from "./body.ts";
import type { Caller } from "./caller.ts";
import { type Answer, type Attempt, answeredOnce } from "./idempotency.ts";
import { keySet } from "./key-set.ts";
import { openApiDocument } from "./openapi.ts";
import type { ApiOptions } from "./options.ts";
import { documentOf, Problem, problemOf } from "./problem.ts";
import { peerOf, rateLimit } from "./rate.ts";
import { type Found, routesAt } from "./routes.ts";
import { callerOfService, looksLikeServiceToken } from "./service-tokens.ts";

export type { ActivePolicy, ApiOptions, DecisionRequest, Installed } from "./options.ts";

export type Api = {
  /** False where the path is none of the API's: nothing was answered. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
};

const usualLimitBytes = 1024 * 1024;
const longestToken = 8 * 1024;

export async function createApi(options: ApiOptions): Promise<Api> {
  const keys = keySet(options.issuer, options.now);
  const limit = rateLimit(options.requestsPerMinute ?? 600, options.now);
  const failed = rateLimit(
    options.failuresPerMinute ?? 60,
    options.now,
    "requests that proved nobody's identity",
  );
  const document = JSON.stringify(openApiDocument());

  const callerOf = async (request: IncomingMessage, route: Found["route"]): Promise<Caller> => {
    try {
      const token = route.basic ? (password(request) ?? bearer(request)) : bearer(request);
      return looksLikeServiceToken(token)
        ? await callerOfService(options.database, token, options.now())
        : await callerOfJob(token, keys, options);
    } catch (error) {
      // Counted afterwards: behind a proxy many share an address, and a good token of theirs is to pass all the same.
      if (error instanceof Problem && error.status === 401) failed(peerOf(request.socket.remoteAddress));
      throw error;
    }
  };

  const answer = async (
    request: IncomingMessage,
    path: string,
    query: string,
  ): Promise<Answer & { replayed?: boolean }> => {
    if (path === "/v1/openapi.json" && request.method === "GET") return { status: 200, text: document };
    const { route, parameters } = chosen(request.method ?? "", path);
    const caller = await callerOf(request, route);
    limit(caller.key);
    requireScope(caller, route);
    const body = route.body ? await readBody(request, route.limitBytes ?? usualLimitBytes) : "";
    const work = async (attempt: Attempt) => {
      const asked = { options, caller, parameters, query: new URLSearchParams(query), attempt };
      const given = await route.run(asked, route.body ? parseJson(body) : undefined);
      return { status: route.status, text: JSON.stringify(given) };
    };
    const key = request.headers["idempotency-key"];
    if (!route.body || route.momentary || typeof key !== "string")
      return await work({ nonce: randomUUID(), again: false });
    const standing = { caller: caller.key, key, method: route.method, path, body, now: options.now() };
    return await answeredOnce(options.database, standing, work);
  };

  return {
    async handle(request, response) {
      const [path = "", query = ""] = (request.url ?? "").split("?", 2);
      if (!path.startsWith("/v1/")) return false;
      try {
        const { status, text, replayed } = await answer(request, path, query);
        send(response, status, "application/json", text, replayed ? { "idempotency-replayed": "true" } : {});
      } catch (error) {
        const problem = problemOf(error, options.warn);
        const text = JSON.stringify(documentOf(problem));
        // What was not read of a body would be taken for the next request: the connection ends instead.
        const rest = request.complete ? {} : { connection: "close" };
        send(response, problem.status, "application/problem+json", text, { ...problem.headers, ...rest });
      }
      return true;
    },
  };
}

function send(response: ServerResponse, status: number, type: string, text: string, more: object): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...more,
  });
  response.end(text);
}

function chosen(method: string, path: string): Found {
  const found = routesAt(path);
  const fitting = found.find(({ route }) => route.method === method);
  if (fitting) return fitting;
  if (!found.length)
    throw new Problem(
      404,
      "no-such-address",
      "There is no such address. GET /v1/openapi.json lists those there are.",
    );
  const allowed = found.map(({ route }) => route.method).join(", ");
  throw new Problem(405, "method-not-allowed", `This address takes ${allowed}.`, { allow: allowed });
}

function requireScope(caller: Caller, { scope }: Found["route"]): void {
  if (caller.scopes.has(scope)) return;
  throw new Problem(
    403,
    "scope-missing",
    `The token lacks the scope ${scope}. Make one that has it with \`npm run app:token\`.`,
  );
}

/** Of basic authentication; a user before it says nothing. */
function password(request: IncomingMessage): string | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]{1,2000})$/i.exec(request.headers.authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, "base64").toString("latin1");
  const token = pair.slice(pair.indexOf(":") + 1);
  return looksLikeServiceToken(token) ? token : undefined;
}

function bearer(request: IncomingMessage): string {
  const [, token] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token !== undefined && token.length <= longestToken) return token;
  throw new Problem(
    401,
    "no-token",
    "No bearer token was sent. Send an OIDC token of GitHub Actions or a service token: authorization: Bearer <token>.",
    { "www-authenticate": "Bearer" },
  );
}
