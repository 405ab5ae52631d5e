import { setTimeout as sleep } from "node:timers/promises";
import { type Answered, answeredAfter, send } from "./beside.ts";
import type { GitHubProcess } from "./github-process.ts";
import { startReplica } from "./replica.ts";

export type Crowded = { aloneMs: number; besideMs: number; laterMs: number; answeredOfCrowd: number };

/**
 * So many pull requests of one installation at once, and one of another in the middle: how much later it is answered
 * than alone. The App is started anew for each, because GitHub's limits for an installation last for an hour.
 */
export async function besideCrowd(
  github: GitHubProcess,
  database: string,
  crowd: readonly string[],
  other: { repository: string; payloads: readonly string[] },
): Promise<Crowded> {
  const replica = await startReplica(github, database);
  const one = (at: number): Promise<Answered> =>
    answeredAfter(
      github,
      replica,
      { repository: other.repository, id: `other-${at}`, payload: other.payloads[at] ?? "" },
      (seen) => {
        answered += seen.filter(
          ({ method, path }) => method === "POST" && path.endsWith("/check-runs"),
        ).length;
      },
    );
  let answered = 0;
  try {
    // The first of all pays for the token and for code that never ran.
    await one(0);
    const alone = [await one(1), await one(2), await one(3)].map(({ ms }) => ms);
    const aloneMs = alone.sort((left, right) => left - right)[1] ?? 0;
    answered = 0;
    const sent = Promise.all(crowd.map((payload, at) => send(replica, `crowd-${at}`, payload)));
    await sleep(300 + Math.random() * 1500);
    const { ms } = await one(4);
    await sent;
    return { aloneMs, besideMs: ms, laterMs: ms - aloneMs, answeredOfCrowd: answered - 1 };
  } finally {
    await replica.kill();
  }
}
