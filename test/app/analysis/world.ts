import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { prometheus } from "../../../adapters/telemetry/prometheus.ts";
import type { AnalysesAround } from "../../../app/analysis/index.ts";
import { createServiceToken } from "../../../app/api/service-tokens.ts";
import type { PolicyBundle } from "../../../core/policy/schema.ts";
import { startApi } from "../api/api-server.ts";
import { type Behaviour, startPrometheus } from "./prometheus.ts";

/** The API with a store of telemetry behind it, a service that is measured there, and a clock that the test moves. */
export async function startWorld(behaviour: Behaviour, more: Partial<AnalysesAround> = {}) {
  const store = await startPrometheus(behaviour);
  const policy = { current: bundle() };
  const asked = { policies: 0 };
  const server = await startApi(
    {},
    {
      policyOf: async () => {
        asked.policies += 1;
        return { policy: policy.current, configuration: { "schema-version": 1 } };
      },
      telemetryOf: () => prometheus({ url: store.url, retries: 0, timeoutSeconds: 5 }),
      linkOf: (repository, id) => `https://deploy.example.com/v1/analysis/${id}?repository=${repository}`,
      ...more,
    },
  );
  const token = async (repository = "octo-org/shop", scopes = ["analysis:ask"]) => {
    const about = { name: "argo", repository, scopes, days: 30, now: server.clock.now };
    return (await createServiceToken(server.database, about)).token;
  };
  return {
    server,
    store,
    policy,
    asked,
    token,
    /** Moves the clock on. */
    later: (seconds: number) => {
      server.clock.now = new Date(server.clock.now.getTime() + seconds * 1000);
    },
    close: async () => {
      await server.close();
      await store.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof startWorld>>;

function bundle(): PolicyBundle {
  const shipped = shippedBundle("default");
  return {
    ...shipped,
    thresholds: {
      ...shipped.thresholds,
      defaults: {
        ...shipped.thresholds.defaults,
        analysis: { window: "2m", "healthy-windows": 3, longest: "16m" },
      },
    },
    services: {
      "schema-version": 1,
      services: [
        {
          name: "checkout",
          paths: ["**"],
          telemetry: {
            metrics: {
              "error-rate": {
                kind: "ratio",
                critical: true,
                total: "sum(increase(http_requests_total{$arm}[$window]))",
                bad: 'sum(increase(http_requests_total{code=~"5..",$arm}[$window]))',
                supplies: ["canary.error_rate", "canary.requests_per_second"],
              },
            },
          },
        },
        { name: "dark", paths: ["dark/**"] },
      ],
    },
  };
}

export const healthy: Behaviour = () => ({ total: 20_000, bad: 100 });
export const harmful: Behaviour = (version) => ({ total: 20_000, bad: version === "1.5.0" ? 1000 : 100 });

/** What an AnalysisTemplate posts: its arguments are filled in as text. */
export const argoBody = {
  service: "checkout",
  environment: "production",
  namespace: "shop",
  run: "checkout-6c9f7d5b8c",
  step: "2",
  weight: "20",
  candidate: { version: "1.5.0", hash: "6c9f7d5b8c" },
  baseline: { version: "1.4.2", hash: "5d5c6f9b7d" },
};

/** What Flagger 1.44 posts, with the metadata of a Canary. */
export const flaggerBody = {
  name: "checkout",
  namespace: "shop",
  phase: "Progressing",
  checksum: "85d557f47b",
  metadata: { "candidate-version": "1.5.0", "baseline-version": "1.4.2" },
};
