import { openDatabase } from "../adapters/database/index.ts";
import { type ClientLimits, installations } from "../adapters/github/installations.ts";
import { sqlLedger } from "../adapters/ledgers/sql.ts";
import type { Decision } from "../core/decision/shape.ts";
import type { Ledger } from "../core/ports.ts";
import type { AppConfiguration } from "./configuration.ts";
import { doors } from "./doors.ts";
import { deliveryHandler } from "./handle-delivery.ts";
import { webhookDoor } from "./inbox/door.ts";
import { type Lanes, startLanes } from "./inbox/lanes.ts";
import { retryOf } from "./inbox/retry.ts";
import { installedRepositories } from "./installed.ts";
import { knownRepositories } from "./known-repositories.ts";
import { logTo } from "./log.ts";
import { observation, spanOf } from "./observation.ts";
import { ownRepositories } from "./own-repository.ts";
import { type Rounds, startRounds } from "./rounds.ts";
import { serve } from "./server.ts";
import { telemetryOf } from "./telemetry-stores.ts";
import { startTimers } from "./timers.ts";
import { trafficReader } from "./traffic.ts";
import { webhooks } from "./webhooks/index.ts";
import { workFor } from "./work.ts";

export type RunningApp = {
  url: string;
  /** What was recorded of a repository: for a rollout that runs in the same process. */
  ledger(repository: string): Ledger;
  close(): Promise<void>;
};

export type StartOptions = {
  /** Told of every decision, for the demo. */
  tell?(decision: Decision): void;
  /** How long GitHub is waited for, where tests cannot wait. */
  limits?: Partial<ClientLimits>;
};

/** The whole App: database, inbox, workers, timers and server. Closing drains what is in hand. */
export async function startApp(
  configuration: AppConfiguration,
  { tell = () => undefined, limits = {} }: StartOptions = {},
): Promise<RunningApp> {
  const log = logTo(configuration.demo ? "error" : "info");
  const warn = (sentence: string): void => log.warn(sentence);
  const now = (): Date => new Date();
  const database = await openDatabase(configuration.database);
  const { metrics, traces, watcher, observer, door } = await observation(configuration, { database, warn });
  const github = installations({ ...configuration, limits, warn, watcher });
  let lanes: Lanes | undefined;
  let rounds: Rounds | undefined;
  const isOwn = ownRepositories(github.app(), now);
  const answers = webhooks(() => github.identity());
  const timers = await startTimers({ database, due: (lane) => lanes?.wake(lane), warn });
  const traffic = trafficReader(telemetryOf(configuration.telemetry), now);
  const around = {
    database,
    clientOf: (id: number) => github.client(id),
    timers,
    now,
    warn,
    observer,
    traffic,
  };

  const recognise = knownRepositories(database, now);
  const handle = deliveryHandler({
    ...{ answers, isOwn, recognise, tell },
    workOf: (installation, signal) => workFor(around, installation, signal),
  });
  lanes = startLanes({
    database,
    now,
    handle: (row, signal) => traces.span("handle", () => handle(row, signal), spanOf(row, now())),
    handled: ({ event }, outcome, seconds) => metrics.handled(event, outcome, seconds),
    retryAfterMs: retryOf,
    warn,
    parked: (sentence) => log.error(sentence),
  });

  const server = await serve(configuration, {
    webhook: webhookDoor({
      ...{ database, warn, traces, appId: configuration.appId, secret: configuration.webhookSecret },
      wake: (lane) => lanes?.wake(lane),
      refused: () => rounds?.soon(),
      received: metrics.received,
    }),
    isReady: async () => (await database.query("select 1 as one")).length === 1,
    warn,
    others: await doors(configuration, {
      ...{ database, now, warn, traces, metrics: door, later: timers.later },
      installed: installedRepositories(
        { app: github.app(), clientOf: (id) => github.client(id), recognise, warn },
        now,
      ),
      workOf: (installation) => workFor(around, installation, new AbortController().signal),
    }),
  });
  rounds = startRounds({ app: github.app(), database, now, warn, swept: metrics.swept });
  return {
    url: server.url,
    ledger: (repository) => sqlLedger(database, repository),
    async close() {
      rounds?.stop();
      await Promise.all([server.close(), lanes?.drain()]);
      // Last, because what is in hand may set one.
      await timers.stop().catch((error: unknown) => warn(`Timers: ${String(error)}`));
      await traces.close();
      await database.close();
    },
  };
}
