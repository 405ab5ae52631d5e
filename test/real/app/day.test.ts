import { afterAll, beforeAll, expect, test } from "vitest";
import { arrivals, replayDay } from "../../../bench/app/day.ts";
import { at, rounded } from "../../../bench/app/figures.ts";
import { type GitHubProcess, startGitHubProcess } from "../../../bench/app/github-process.ts";
import { type Postgres, startPostgres } from "../../postgres.ts";

/** `npm run bench:day` in small: the same replicas, the same kill, fewer runs. Times are told and not asserted. */
const size = { runs: 300, seconds: 20, pulls: 1, runsADelivery: 5 };
let postgres: Postgres;
let github: GitHubProcess;

beforeAll(async () => {
  postgres = await startPostgres();
  github = await startGitHubProcess({ organisations: 6, repositories: 2, pulls: size.pulls, releases: 12 });
});
afterAll(async () => {
  await github?.close();
  await postgres?.stop();
});

test("a day's runs come evenly within their hours, and all of them come", () => {
  const moments = arrivals(10_000, 24);
  expect(moments).toHaveLength(10_000);
  expect(moments).toEqual([...moments].sort((left, right) => left - right));
  const between = (from: number, to: number) =>
    moments.filter((moment) => moment >= from * 1000 && moment < to * 1000).length;
  expect(between(9, 12)).toBeGreaterThan(20 * between(0, 3) * 0.8);
});

test("a day of pipeline runs loses nothing and doubles nothing when a replica is killed", async () => {
  const day = await replayDay(github, await postgres.fresh(), size);
  console.log(
    `${size.runs} runs in ${rounded(day.seconds)} s, decision p50 ${rounded(at(0.5, day.decisionMs))} ms, ` +
      `worst ${rounded(Math.max(...day.decisionMs))} ms, ${day.carriedOver} carried over`,
  );
  expect(day.failed).toEqual([]);
  expect(day.decisionMs).toHaveLength(size.runs);
  expect(day.carriedOver).toBeGreaterThan(0);
  expect(day.ledger).toMatchObject({ doubled: 0, faults: [], undelivered: 0 });
  expect(day.ledger.decisions).toBeGreaterThan(0);
  const written = await github.written();
  expect(written).toEqual({ most: 1, comments: 12, checks: 12 });
  expect(await github.violations()).toEqual([]);
});
