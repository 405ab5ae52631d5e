import type { startPostgres } from "../../test/postgres.ts";
import { answeredAfter } from "./beside.ts";
import { besideCrowd } from "./crowd.ts";
import { at, load, rounded, spread } from "./figures.ts";
import { startGitHubProcess } from "./github-process.ts";
import { deliveriesOf, type OwnTime, ownTime } from "./own-time.ts";
import { startReplica } from "./replica.ts";

/** What a pull request costs and how long it waits, on the emulated GitHub in a process of its own. */

type Postgres = Awaited<ReturnType<typeof startPostgres>>;
const latencyMs = 50;

/** GitHub's answers take so long where deliveries come steadily that some fifty are under way. */
const slow = { latencyMs: 1150, perSecond: 20 };

/** Each with one pull request under way, in an installation of its own, so that GitHub's limits play no part. */
export async function printOwnTime(postgres: Postgres, pullsEach: number): Promise<void> {
  const github = await startGitHubProcess({
    organisations: 50,
    repositories: 1,
    pulls: pullsEach,
    releases: 1,
  });
  try {
    const rounds = await deliveriesOf(github, github.repositories, pullsEach);
    await github.set({ dry: true });
    // Fills the answers that are remembered, and runs code for the first time.
    await ownTime(github, await postgres.fresh(), rounds);
    await github.set({ latencyMs });
    console.log(
      "own time of a pull_request event: from stored to finished, without the time in which a request of it was in GitHub's hands",
    );
    const single = rounds.flat().map((delivery) => [delivery]);
    tell("one at a time", await ownTime(github, await postgres.fresh(), single, { warm: 50 }));
    tell("50 at the same moment", await ownTime(github, await postgres.fresh(), rounds, { warm: 1 }));
    await github.set({ latencyMs: slow.latencyMs });
    const steady = await ownTime(github, await postgres.fresh(), rounds, { warm: 1, ...slow });
    tell(`${slow.perSecond} a second, GitHub answers in ${slow.latencyMs} ms`, steady);
    console.log("goal: p99 25 ms where 50 are under way");
  } finally {
    await github.close();
  }
}

function tell(how: string, { handled, cpuMs, underWay }: OwnTime): void {
  const own = spread(handled.map(({ ownMs }) => ownMs));
  console.log(
    `  ${how}: ${own}; ${rounded(cpuMs)} ms of processor, ${rounded(underWay)} under way (${handled.length} events, ${load()})`,
  );
}

/** One pull request with nobody beside it, and one beside a crowd of another installation. */
export async function printWaits(postgres: Postgres, crowdSize: number, times: number): Promise<void> {
  const github = await startGitHubProcess({
    organisations: 2,
    repositories: 1,
    pulls: crowdSize,
    releases: 1,
  });
  const [busy = "", quiet = ""] = github.repositories;
  try {
    const payloads: string[] = [];
    for (let number = 1; number <= 40; number += 1) payloads.push(await github.payload(quiet, number));
    await github.set({ dry: true });
    const first = await deliveriesOf(github, [busy], crowdSize);
    await ownTime(github, await postgres.fresh(), first, { demo: true });
    const crowd = first.flat().map(({ payload }) => payload);
    await github.set({ latencyMs });
    const replica = await startReplica(github, await postgres.fresh());
    const alone = [];
    // Twice, since the first time the emulator has to look into its git.
    for (const round of [1, 2])
      for (const [index, payload] of payloads.entries())
        alone.push(
          await answeredAfter(github, replica, { repository: quiet, id: `${round}-${index}`, payload }),
        );
    await replica.stop();
    const warm = alone.slice(payloads.length);
    const ms = warm.map((answered) => answered.ms);
    const trips = Math.max(...warm.map((answered) => answered.trips));
    console.log(
      `event to comment and check, alone, GitHub answers in ${latencyMs} ms: p50 ${rounded(at(0.5, ms))}  p99 ${rounded(at(0.99, ms))} ms, ${trips} round trips (${load()})`,
    );
    const other = { repository: quiet, payloads };
    const later: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const { laterMs, answeredOfCrowd } = await besideCrowd(github, await postgres.fresh(), crowd, other);
      later.push(laterMs);
      if (answeredOfCrowd >= crowdSize) console.log("The crowd was gone before the other came.");
    }
    console.log(
      `beside ${crowdSize} of another installation, later by: worst ${rounded(Math.max(...later))} ms of ${later.map(rounded).join(", ")} (goal: 1000 ms; ${load()})`,
    );
  } finally {
    await github.close();
  }
}
