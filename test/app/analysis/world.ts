import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { prometheus } from "../../../adapters/telemetry/prometheus.ts";
import { type FlaggerGate, flaggerGate } from "../../../app/analysis/flagger.ts";
import { type Analyses, type AnalysesAround, analyses } from "../../../app/analysis/index.ts";
import { judgesApart } from "../../../app/analysis/judge-apart.ts";
import { createServiceToken } from "../../../app/api/service-tokens.ts";
import type { PolicyBundle } from "../../../core/policy/schema.ts";
import { startApi } from "../api/api-server.ts";
import { type Behaviour, startPrometheus } from "./prometheus.ts";

/** The API and its database take a second or two to start, so that the tests of a file share them. */
let begun: ReturnType<typeof begin> | undefined;

async function begin() {
  const store = await startPrometheus(healthy);
  const judges = judgesApart();
  const current: { analyses?: Analyses; flagger?: FlaggerGate } = {};
  const now = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error("No world was started.");
    return part;
  };
  const server = await startApi({
    analyses: {
      ask: (asked) => now(current.analyses).ask(asked),
      read: (repository, id) => now(current.analyses).read(repository, id),
    },
    flagger: { ask: (hook, rollout) => now(current.flagger).ask(hook, rollout) },
  });
  return { store, judges, current, server };
}

/** A service that is measured in a store of telemetry, with the API before it and a clock that the test moves. */
export async function startWorld(behaviour: Behaviour, more: Partial<AnalysesAround> = {}) {
  begun ??= begin();
  const { store, judges, current, server } = await begun;
  const { database, clock } = server;
  for (const table of ["analyses", "effects", "ledger_events"]) await database.query(`delete from ${table}`);
  store.reset(behaviour);
  // Another day for each test: what was worked out for one comparison is not the other's.
  clock.now = new Date((Math.floor(clock.now.getTime() / dayMs) + 1) * dayMs + 10 * hourMs);
  const policy = { current: bundle() };
  const asked = { policies: 0 };
  const around: AnalysesAround = {
    database,
    now: () => clock.now,
    judges,
    policyOf: async () => {
      asked.policies += 1;
      return { policy: policy.current, configuration: { "schema-version": 1 } };
    },
    telemetryOf: () => prometheus({ url: store.url, retries: 0, timeoutSeconds: 5 }),
    linkOf: (repository, id) => `https://deploy.example.com/v1/analysis/${id}?repository=${repository}`,
    ledger: (repository) => sqlLedger(database, repository),
    warn: (sentence) => void server.told.push(sentence),
    ...more,
  };
  const verdicts = analyses(around);
  current.analyses = verdicts;
  current.flagger = flaggerGate({ database, now: () => clock.now, analyses: verdicts });
  const token = async (repository = "octo-org/shop", scopes = ["analysis:ask"]) => {
    const about = { name: "argo", repository, scopes, days: 30, now: clock.now };
    return (await createServiceToken(database, about)).token;
  };
  return {
    server,
    store,
    policy,
    asked,
    around,
    token,
    /** Moves the clock on. */
    later: (seconds: number) => {
      clock.now = new Date(clock.now.getTime() + seconds * 1000);
    },
  };
}
export type World = Awaited<ReturnType<typeof startWorld>>;

/** After the last test of a file. */
export async function closeWorld(): Promise<void> {
  if (begun === undefined) return;
  const { store, judges, server } = await begun;
  // Files may share a process: the next one starts its own.
  begun = undefined;
  await judges.close();
  await server.close();
  await store.close();
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

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

export const healthy: Behaviour = () => ({ total: 20_000, bad: 180 });
export const harmful: Behaviour = (version) => ({ total: 20_000, bad: version === "1.5.0" ? 1000 : 180 });

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
