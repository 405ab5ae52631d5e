import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { fromLoopback } from "./pages/loopback.ts";

export type MetricsDoor = {
  registry: Registry;
  /** Asked before the metrics are written. */
  refresh(): Promise<void>;
  token?: string;
};

/**
 * `GET /metrics`. With a token whoever carries it may read; without one this machine alone, and nobody that a proxy
 * brings: to all others there is no such address. False: nothing was answered.
 */
export async function metricsDoor(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, refresh, token }: MetricsDoor,
): Promise<boolean> {
  if ((request.url ?? "").split("?", 1)[0] !== "/metrics") return false;
  if (token === undefined ? !isNear(request) : !carries(request, token)) {
    const more = token === undefined ? {} : { "www-authenticate": "Bearer" };
    response.writeHead(token === undefined ? 404 : 401, more).end();
    return true;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return true;
  }
  await refresh();
  const text = await registry.metrics();
  response.writeHead(200, { "content-type": registry.contentType, "cache-control": "no-store" });
  response.end(request.method === "HEAD" ? undefined : text);
  return true;
}

function isNear(request: IncomingMessage): boolean {
  const forwarded = Object.keys(request.headers).some((name) =>
    /^(forwarded|via|x-forwarded-.*|x-real-ip)$/.test(name),
  );
  return !forwarded && fromLoopback(request);
}

/** Compared by hash, so that neither time nor length tells anything of the token. */
function carries(request: IncomingMessage, token: string): boolean {
  const [, given] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return given !== undefined && timingSafeEqual(hash(given), hash(token));
}
