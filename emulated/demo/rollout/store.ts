import { createServer } from "node:http";
import { portOf } from "../../github/port.ts";
import { closed, listening } from "./service.ts";
import type { WeightedProxy } from "./weighted-proxy.ts";

/** What ran before the demo began: the store has a month of it, at the same pace. */
export type Before = { version: string; perSecond: number; badPerSecond: number };

type Sample = { at: number; counts: ReadonlyMap<string, { total: number; bad: number }> };

/**
 * What the proxy counted, as a Prometheus would answer it: how much two counters of one version grew in a window.
 * `now` is the demo's clock, in seconds.
 */
export async function startStore(proxy: WeightedProxy, before: Before, now: () => number) {
  const samples: Sample[] = [];
  const take = (): void => {
    samples.push({ at: now(), counts: new Map(proxy.counts()) });
  };
  take();
  const timer = setInterval(take, 25);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = request.url?.startsWith("/api/v1/labels")
        ? ["__name__", "code", "version"]
        : answered({ samples, before }, new URLSearchParams(Buffer.concat(chunks).toString()));
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ status: "success", data: answer }));
    });
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    close: async () => {
      clearInterval(timer);
      await closed(server);
    },
  };
}

type Known = { samples: readonly Sample[]; before: Before };

const noCounts: Sample["counts"] = new Map();

function answered(known: Known, form: URLSearchParams) {
  const query = form.get("query") ?? "";
  // Without a version it is the whole service that is asked about.
  const version = /version="([^"]*)"/.exec(query)?.[1];
  const window = Number(/\[(\d+)s\]/.exec(query)?.[1] ?? 60);
  const bad = query.includes("code");
  const [start, end, step] = ["start", "end", "step"].map((name) =>
    Number(form.get(name) ?? form.get("time")),
  );
  const values: [number, string][] = [];
  for (let at = start ?? 0; at <= (end ?? 0); at += Math.max(1, step ?? 1)) {
    const grown = growth(known, version, bad, at - window, at);
    if (grown !== undefined) values.push([at, String(grown)]);
  }
  return { resultType: "matrix", result: values.length === 0 ? [] : [{ metric: {}, values }] };
}

/** Undefined before the version had any request: that is no zero. */
function growth(known: Known, version: string | undefined, bad: boolean, from: number, to: number) {
  const last = countAt(known, version, bad, to);
  return last === undefined ? undefined : last - (countAt(known, version, bad, from) ?? 0);
}

function countAt({ samples, before }: Known, version: string | undefined, bad: boolean, time: number) {
  const [first] = samples;
  if (first !== undefined && time < first.at) {
    if (version !== undefined && version !== before.version) return undefined;
    return (time - first.at) * (bad ? before.badPerSecond : before.perSecond);
  }
  const counts = samples.findLast(({ at }) => at <= time)?.counts ?? noCounts;
  const meant = [...counts].flatMap(([name, count]) =>
    version === undefined || name === version ? [count] : [],
  );
  if (meant.length === 0) return undefined;
  return meant.reduce((sum, { total, bad: failed }) => sum + (bad ? failed : total), 0);
}
