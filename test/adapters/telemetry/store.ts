import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import { prometheus } from "../../../adapters/telemetry/prometheus.ts";
import type { PrometheusConfig } from "../../../adapters/telemetry/prometheus-config.ts";
import type { Buckets } from "../../../core/analysis/measurements.ts";
import type { Stored } from "../../contracts/telemetry.ts";

/** Real HTTP on loopback in the place of a store, which does what a test tells it. */

export type Asked = { url: string; form: URLSearchParams; headers: IncomingMessage["headers"] };
type Handler = (asked: Asked, response: ServerResponse) => void | Promise<void>;

export async function startStore(handler: Handler, tls?: ServerOptions) {
  const asked: Asked[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = {
      url: request.url ?? "",
      form: new URLSearchParams(Buffer.concat(chunks).toString("utf8")),
      headers: request.headers,
    };
    asked.push(one);
    await handler(one, response);
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  return {
    url,
    asked,
    open: (config: Partial<PrometheusConfig> = {}) => prometheus({ url, proxy: null, ...config }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

export function answer(response: ServerResponse, json: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof json === "string" ? json : JSON.stringify(json));
}

export const success = (resultType: string, result: unknown, more: object = {}) => ({
  status: "success",
  data: { resultType, result },
  ...more,
});

/** Prometheus' own words for what is stored: numbers are texts, and histograms are counts up to each edge. */
export function asPrometheus({ form, points }: Stored, instant: boolean): unknown {
  const inPoints = (values: [number, string][]) => (instant ? { value: values[0] } : { values });
  const text = (value: unknown): string => (typeof value === "number" ? String(value) : "NaN");
  if (form === "value") {
    const values = points.map(([seconds, value]): [number, string] => [seconds, text(value)]);
    return values.length === 0 ? [] : [{ metric: {}, ...inPoints(values) }];
  }
  return ["0.1", "0.5", "1", "+Inf"].map((le, edge) => ({
    metric: { le },
    ...inPoints(points.map(([seconds, one]): [number, string] => [seconds, text(upTo(one, edge))])),
  }));
}

function upTo(one: number | Buckets | null, edge: number): number | null {
  if (typeof one === "number" || one === null) return null;
  return one.counts.slice(0, edge + 1).reduce((sum, count) => sum + count, 0);
}
