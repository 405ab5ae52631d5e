import type { Database } from "../adapters/database/database.ts";
import type { GitHubClient } from "../adapters/github/client.ts";
import { forgetOld } from "./inbox/store.ts";
import { sweepDeliveries } from "./sweep.ts";

export type Rounds = { stop(): Promise<void> };

const betweenMs = 5 * 60_000;
const keptDays = 30;

/** What is done on start and every five minutes: deliveries that never came are asked for, old rows go. */
export function startRounds(options: {
  app: GitHubClient;
  database: Database;
  now(): Date;
  warn(sentence: string): void;
}): Rounds {
  const { app, database, now, warn } = options;
  const round = async (): Promise<void> => {
    const swept = await sweepDeliveries({ app, database, now: now() });
    for (const guid of swept?.givenUp ?? [])
      warn(`GitHub's delivery ${guid} did not come, however often it was asked for.`);
    await forgetOld(database, new Date(now().getTime() - keptDays * 86_400_000));
  };
  const guarded = (): Promise<void> =>
    round().catch((error: unknown) =>
      warn(`The sweep: ${error instanceof Error ? error.message : "failed"}`),
    );
  let running = guarded();
  const timer = setInterval(() => {
    running = running.then(guarded);
  }, betweenMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
