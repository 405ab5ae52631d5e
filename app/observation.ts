import type { IncomingMessage, ServerResponse } from "node:http";
import type { Queries } from "../adapters/database/database.ts";
import type { Watcher } from "../adapters/github/watcher.ts";
import type { AppConfiguration } from "./configuration.ts";
import type { Waiting } from "./inbox/store.ts";
import { appMetrics, type Metrics } from "./metrics.ts";
import { metricsDoor } from "./metrics-door.ts";
import type { Observer } from "./observer.ts";
import { queueGauges } from "./queue-gauges.ts";
import { openTraces, type SpanAbout, type Traces } from "./traces.ts";
import { watchGitHub } from "./watch-github.ts";

/** Everything that looks on while the App works: one of each App, nothing of the whole process. */
export type Observation = {
  metrics: Metrics;
  traces: Traces;
  watcher: Watcher;
  observer: Observer;
  /** Answers to /metrics. */
  door(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
};

export async function observation(
  { metricsToken, traces: wanted }: Pick<AppConfiguration, "metricsToken" | "traces">,
  { database, warn }: { database: Queries; warn(sentence: string): void },
): Promise<Observation> {
  const metrics = appMetrics();
  const traces = await openTraces(wanted === true, warn);
  const { registry } = metrics;
  const seen = {
    registry,
    refresh: queueGauges(registry, database),
    ...(metricsToken === undefined ? {} : { token: metricsToken }),
  };
  return {
    metrics,
    traces,
    watcher: watchGitHub(metrics, traces),
    observer: {
      span: (name, act) => traces.span(name, act),
      decided: metrics.decided,
      answered: metrics.answered,
    },
    door: (request, response) => metricsDoor(request, response, seen),
  };
}

/** What the trace of a delivery says of it; a timer has no receipt to stand below. */
export function spanOf(row: Waiting, now: Date): SpanAbout {
  return {
    kind: "consumer",
    delivery: { id: row.delivery_id, part: row.event === "timer" ? "receipt" : "rest" },
    attributes: {
      "adaptive_deploy.delivery": row.delivery_id,
      "adaptive_deploy.event": row.event,
      "adaptive_deploy.action": row.action ?? "",
      "adaptive_deploy.attempt": row.attempts + 1,
      "adaptive_deploy.waited_seconds": Math.max(now.getTime() - row.received_at.getTime(), 0) / 1000,
    },
  };
}
