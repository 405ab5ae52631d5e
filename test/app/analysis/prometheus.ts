import { createServer } from "node:http";

/** What a version did in the window that ends at so many seconds; undefined where it was not measured. */
export type Behaviour = (version: string, end: number) => { total: number; bad: number } | undefined;

/**
 * Prometheus as an HTTP server that answers two queries out of what a test says: all requests and bad requests of one
 * version. Everything that was asked is kept.
 */
export async function startPrometheus(given: Behaviour) {
  const state = fresh(given);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url?.startsWith("/api/v1/labels")) {
        const labels = JSON.stringify({ status: "success", data: ["__name__", ...state.labels] });
        response.writeHead(200, { "content-type": "application/json" }).end(labels);
        return;
      }
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const query = form.get("query") ?? "";
      const start = Number(form.get("start") ?? form.get("time"));
      const end = Number(form.get("end") ?? form.get("time"));
      const step = Number(form.get("step") ?? 1);
      state.asked.push({ query, start, end, authorization: request.headers.authorization });
      const points: [number, string][] = [];
      const version = /version="([^"]*)"/.exec(query)?.[1] ?? "";
      for (let at = start; at <= end; at += step) {
        const seen = state.behaviour(version, at);
        if (seen) points.push([at, String(query.includes("code") ? seen.bad : seen.total)]);
      }
      const ranged = form.has("start");
      const result = points.length
        ? [{ metric: {}, ...(ranged ? { values: points } : { value: points[0] }) }]
        : [];
      const text = JSON.stringify({
        status: "success",
        data: { resultType: ranged ? "matrix" : "vector", result },
      });
      setTimeout(() => {
        response.writeHead(state.status, { "content-type": "application/json" });
        response.end(
          state.status === 200 ? text : '{"status":"error","errorType":"internal","error":"down"}',
        );
      }, state.delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  return {
    url,
    state,
    /** Forgets everything, and behaves in another way. */
    reset: (behaviour: Behaviour) => void Object.assign(state, fresh(behaviour)),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Question = { query: string; start: number; end: number; authorization: string | undefined };

function fresh(behaviour: Behaviour) {
  const asked: Question[] = [];
  return {
    behaviour,
    /** Answers with this status instead. */
    status: 200,
    /** Waits so long before it answers. */
    delayMs: 0,
    /** Of its series. */
    labels: ["code", "version"],
    asked,
  };
}
