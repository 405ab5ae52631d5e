import type { Database } from "../adapters/database/database.ts";
import type { GitHubClient } from "../adapters/github/client.ts";
import { isMutation } from "../adapters/github/installation-requests.ts";
import { sqlLedger } from "../adapters/ledgers/sql.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { optional } from "../core/optional.ts";
import { runOnce } from "./effects.ts";
import { type Observer, unobserved } from "./observer.ts";
import type { Work } from "./ports.ts";
import type { Timers } from "./timers.ts";
import type { ReadTraffic } from "./traffic.ts";

export type Around = {
  database: Database;
  clientOf(installation: number): Promise<GitHubClient>;
  timers: Timers;
  now(): Date;
  warn(sentence: string): void;
  observer?: Observer;
  traffic?: ReadTraffic;
};

/** What the handler of one delivery may use; after its lane was lost it may write nothing more. */
export async function workFor(
  around: Around,
  installation: number | null,
  signal: AbortSignal,
): Promise<Work> {
  if (installation === null) {
    throw new UserError(
      "wrong-installation",
      "The delivery names no installation of the App, so nothing can be asked in its name.",
      exitCodes.badInput,
    );
  }
  const { database, timers, warn, observer = unobserved } = around;
  const client = await around.clientOf(installation);
  const mayWrite = (): void => signal.throwIfAborted();
  return {
    installation,
    client: {
      request: async (route, parameters) => {
        if (!route.startsWith("GET ")) mayWrite();
        return client.request(route, parameters);
      },
      graphql: async (query, variables) => {
        if (isMutation(query)) mayWrite();
        return client.graphql(query, variables);
      },
    },
    database,
    ledger: (repository) => sqlLedger(database, repository),
    now: around.now(),
    signal,
    warn,
    observer,
    ...optional("traffic", around.traffic),
    once: (effect) => runOnce(database, effect, mayWrite),
    later: (timer, at) => timers.later(timer, at),
  };
}
