import type { Database } from "../adapters/database/database.ts";
import type { GitHubClient } from "../adapters/github/client.ts";
import { forgetOld } from "./forget.ts";
import { type Swept, sweepDeliveries } from "./sweep.ts";

export type Rounds = {
  /** A delivery was refused for now: it is asked for as soon as that succeeds, and not only with the next round. */
  soon(): void;
  /** What a sweep has in hand is left to the next one. */
  stop(): void;
};

const betweenMs = 5 * 60_000;
/** GitHub writes into its log what it was answered. */
const soonMs = 5_000;
/** Whole tables are read for it. */
const betweenForgettingMs = 24 * 60 * 60_000;

/** What is done on start and every five minutes: deliveries that never came are asked for. Daily, old rows go. */
export function startRounds(options: {
  app: GitHubClient;
  database: Database;
  now(): Date;
  warn(sentence: string): void;
  /** Told of each sweep, for metrics. */
  swept(swept: Swept): void;
}): Rounds {
  const { app, database, now, warn } = options;
  let forgetAt = now();
  const forget = async (): Promise<void> => {
    if (now() < forgetAt) return;
    await forgetOld(database, now());
    forgetAt = new Date(now().getTime() + betweenForgettingMs);
  };
  const sweep = async (): Promise<void> => {
    const swept = await sweepDeliveries({ app, database, now: now() });
    if (swept) options.swept(swept);
    for (const guid of swept?.givenUp ?? [])
      warn(`GitHub's delivery ${guid} did not come, however often it was asked for.`);
  };
  // A GitHub that is away lets no table grow.
  const round = (): Promise<void> => sweep().finally(forget);
  let isOwed = false;
  let isStopped = false;
  let planned: NodeJS.Timeout | undefined;
  const guarded = (): Promise<void> =>
    round().then(
      () => {
        isOwed = false;
      },
      (error: unknown) => {
        if (isStopped) return;
        warn(`The sweep: ${error instanceof Error ? error.message : "failed"}`);
        if (isOwed) plan();
      },
    );
  let running = guarded();
  const next = (): void => {
    running = running.then(guarded);
  };
  function plan(): void {
    if (isStopped) return;
    planned ??= setTimeout(() => {
      planned = undefined;
      next();
    }, soonMs);
  }
  const timer = setInterval(next, betweenMs);
  return {
    soon() {
      isOwed = true;
      plan();
    },
    stop() {
      isStopped = true;
      clearInterval(timer);
      clearTimeout(planned);
    },
  };
}
