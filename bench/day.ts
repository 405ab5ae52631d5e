import { startPostgres } from "../test/postgres.ts";
import { replayDay } from "./app/day.ts";
import { at, load, rounded } from "./app/figures.ts";
import { startGitHubProcess } from "./app/github-process.ts";

/**
 * A day of pipeline runs in minutes: two replicas on one PostgreSQL, one of them killed in the middle. Clients, GitHub,
 * database and replicas share the machine. node bench/day.ts [runs] [seconds]
 */
const [runs = 10_000, seconds = 300] = process.argv.slice(2).map(Number);
const size = { runs, seconds, pulls: 3, runsADelivery: 5 };
const postgres = await startPostgres();
const github = await startGitHubProcess({
  organisations: 20,
  repositories: 4,
  pulls: size.pulls,
  releases: 60,
});
try {
  await github.set({ latencyMs: 50 });
  const day = await replayDay(github, await postgres.fresh(), size);
  const { decisionMs, failed, ledger } = day;
  const written = await github.written();
  const print = (name: string, figure: unknown): void => console.log(`${name.padEnd(44)} ${figure}`);
  print("pipeline runs, pull_request deliveries", `${runs}, ${day.deliveries}`);
  print("duration", `${rounded(day.seconds)} s (${load()})`);
  print("failed requests (wanted: 0)", failed.length);
  print("carried over to the other replica", day.carriedOver);
  const largest = Math.max(...decisionMs);
  print(
    "decision (wanted: under 5 s)",
    `p50 ${rounded(at(0.5, decisionMs))}  p99 ${rounded(at(0.99, decisionMs))}  worst ${rounded(largest)} ms`,
  );
  print("decisions in the ledger, of them doubled", `${ledger.decisions}, ${ledger.doubled}`);
  print("chains that do not verify", ledger.faults.length);
  print("deliveries that were not worked off", ledger.undelivered);
  print(
    "comments, checks, most of one kind on one",
    `${written.comments}, ${written.checks}, ${written.most}`,
  );
  const { start, end } = day.memoryMiB;
  print("memory of the replicas", `${start.join(" and ")} MiB, at the end ${end.join(" and ")} MiB`);
  for (const one of new Set([...failed, ...ledger.faults].slice(0, 20))) console.log(one);
  for (const one of (await github.violations()).slice(0, 5)) console.log(one);
} finally {
  await github.close();
  await postgres.stop();
}
