import { openDatabase } from "../adapters/database/index.ts";
import { installations, isTransient, retryAfterMs } from "../adapters/github/installations.ts";
import type { Decision } from "../core/decision/shape.ts";
import type { AppConfiguration } from "./configuration.ts";
import { doors } from "./doors.ts";
import { batches } from "./inbox/batch.ts";
import { type Lanes, startLanes } from "./inbox/lanes.ts";
import { receive } from "./inbox/receive.ts";
import { type Delivery, insertDeliveries, type Waiting } from "./inbox/store.ts";
import { installedRepositories } from "./installed.ts";
import { logTo } from "./log.ts";
import { startRounds } from "./rounds.ts";
import { serve } from "./server.ts";
import { startTimers } from "./timers.ts";
import { webhooks } from "./webhooks/index.ts";
import { workFor } from "./work.ts";

export type RunningApp = { url: string; close(): Promise<void> };

export type StartOptions = {
  /** Told of every decision, for the demo. */
  tell?(decision: Decision): void;
};

/** The whole App: database, inbox, workers, timers and server. Closing drains what is in hand. */
export async function startApp(
  configuration: AppConfiguration,
  { tell = () => undefined }: StartOptions = {},
): Promise<RunningApp> {
  const log = logTo(configuration.demo ? "error" : "info");
  const warn = (sentence: string): void => log.warn(sentence);
  const now = (): Date => new Date();
  const database = await openDatabase(configuration.database);
  const github = installations({ ...configuration, warn });
  let lanes: Lanes | undefined;
  const answers = webhooks(() => github.identity());
  const timers = await startTimers({ database, due: (lane) => lanes?.wake(lane), warn });
  const around = { database, clientOf: (id: number) => github.client(id), timers, now, warn };

  const handle = async (row: Waiting, signal: AbortSignal): Promise<void> => {
    const answer = Object.hasOwn(answers, row.event) ? answers[row.event] : undefined;
    if (!answer) return;
    const work = await workFor(around, row.installation_id, signal);
    await answer(JSON.parse(row.payload), work, tell);
  };
  lanes = startLanes({
    database,
    now,
    handle,
    retryAfterMs: retryOf,
    warn,
    parked: (sentence) => log.error(sentence),
  });

  const store = batches<Delivery>((items) => insertDeliveries(database, items), {
    mostItems: 250,
    atOnce: 2,
  });
  const stored = ({ address }: Delivery): void =>
    lanes?.wake({ lane: address.lane, installation_id: address.installation ?? null });
  const server = await serve(configuration, {
    webhook: (request, response) =>
      receive(request, response, {
        secret: configuration.webhookSecret,
        appId: configuration.appId,
        store,
        stored,
        warn,
      }),
    isReady: async () => (await database.query("select 1 as one")).length === 1,
    others: await doors(configuration, {
      database,
      now,
      warn,
      installed: installedRepositories(github.app(), (id) => github.client(id), now),
      workOf: (installation) => workFor(around, installation, new AbortController().signal),
    }),
  });
  const rounds = startRounds({ app: github.app(), database, now, warn });
  return {
    url: server.url,
    async close() {
      await server.close();
      await rounds.stop();
      await timers.stop();
      await lanes?.drain();
      await database.close();
    },
  };
}

/** Some days of trying: a database or a GitHub that is away comes back, and a write that waits its turn is no fault. */
const mostAttempts = 500;
const longestWaitMs = 10 * 60_000;

/** What may pass is tried again, later each time; what a bug or a bad payload causes is set aside after two more tries. */
function retryOf(error: unknown, attempts: number): number | undefined {
  if (!isTransient(error) && attempts >= 3) return undefined;
  if (attempts >= mostAttempts) return undefined;
  return Math.max(retryAfterMs(error) ?? 0, Math.min(longestWaitMs, 500 * 2 ** attempts));
}
