import type { ResolvedPolicy } from "../../../adapters/policy/resolve.ts";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import type { Traffic } from "./traffic.ts";

/** The shipped policy, and beside it where the demo's service runs and what is measured of it. */
export function demoPolicy({ socket, url, store }: Traffic): ResolvedPolicy {
  const server = (name: string) => ({ name, version: `${url}/pool/${name}/version` });
  const counted = (labels: string) => `sum(increase(http_requests_total{${labels}$arm}[$window]))`;
  const bundle = shippedBundle("default");
  const { defaults } = bundle.thresholds;
  // Half an hour of keeping the old version warm is long to watch.
  const rollout = { ...defaults.rollout, bake: "6m" };
  return {
    configuration: { "schema-version": 1, telemetry: { kind: "prometheus", url: store } },
    policy: {
      ...bundle,
      thresholds: { ...bundle.thresholds, defaults: { ...defaults, rollout } },
      services: {
        "schema-version": 1,
        services: [
          {
            name: "payments-api",
            paths: ["**"],
            target: { kind: "haproxy", socket, backend: "pool", servers: [server("blue"), server("green")] },
            telemetry: {
              metrics: {
                "error-rate": {
                  kind: "ratio",
                  critical: true,
                  total: counted(""),
                  bad: counted('code=~"5..",'),
                  supplies: ["canary.error_rate", "canary.requests_per_second"],
                },
              },
            },
          },
        ],
      },
    },
  };
}
