import { expect } from "vitest";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import type { LedgerEvent } from "../../../core/evidence/event.ts";
import { verifyChain } from "../../../core/evidence/verify.ts";
import { place, type TestGitHub } from "../../app/app.ts";
import { asking } from "./app-process.ts";
import type { Happened } from "./deliveries.ts";

/** Nothing lost and nothing doubled: what GitHub and the database hold after all that happened. */
export async function expectOnce(
  world: TestGitHub,
  databaseUrl: string,
  { sent, happened }: { sent: readonly string[]; happened: Happened },
): Promise<Record<string, number>> {
  const { rows, events } = await asking(databaseUrl, async (database) => {
    const ledger = sqlLedger(database, place);
    const chains = await Promise.all((await ledger.streams()).map((stream) => ledger.read(stream)));
    for (const chain of chains) expect(verifyChain(chain).fault).toBeUndefined();
    return {
      rows: await database.query("select delivery_id, event, state, error from inbox"),
      events: chains.flatMap((chain) => chain.events.map((event) => ({ stream: chain.stream, event }))),
    };
  });
  expect(rows.filter((row) => row.state !== "done")).toEqual([]);
  const arrived = rows.filter((row) => row.event !== "timer").map((row) => String(row.delivery_id));
  expect([...arrived].sort()).toEqual([...sent].sort());

  const replies = expectReplies(world, happened);
  expectLedger(
    events.filter(({ stream }) => stream === "changes").map(({ event }) => event),
    happened,
  );
  const outcomes = events
    .filter(({ event }) => event.kind === "outcome")
    .map(({ stream, event }) => [stream, event.body.deployment_status].join(" "));
  expect(outcomes.length).toBe(new Set(outcomes).size);
  const told = new Set(outcomes.map((one) => Number(one.split(" ")[1])));
  expect(happened.statuses.filter((status) => !told.has(status))).toEqual([]);
  const decisions = events
    .filter(({ event }) => event.kind === "decision")
    .map(({ stream, event }) => `${stream} ${String(event.body.decision_id)}`);
  expect(decisions.length).toBe(new Set(decisions).size);
  const answers = expectAnswers(world, happened);
  expect(world.github.violations()).toEqual([]);
  return {
    deliveries: sent.length,
    commands: happened.commands.size,
    replies,
    answers,
    outcomes: outcomes.length,
    decisions: decisions.length,
  };
}

/** One comment a pull request, one check a head, one reply a command with its two reactions. */
function expectReplies({ github, sample }: TestGitHub, { commands, pressed }: Happened): number {
  const repository = github.repository(place);
  const bodies = [...repository.comments.values()].map(({ number, body }) => ({ number, body }));
  const counted = (start: string) => bodies.filter(({ body }) => body.startsWith(start)).length;
  const pulls = Object.values(sample.pulls).map(({ number }) => number);
  for (const number of pulls) {
    const ours = bodies.filter(
      (one) => one.number === number && one.body.includes("adaptive-deploy:risk:v1"),
    );
    expect([number, ours.length]).toEqual([number, 1]);
  }
  const checks = [...repository.checkRuns.values()].filter(({ name }) => name === "adaptive-deploy/risk");
  expect(checks).toHaveLength(pulls.length);
  expect(new Set(checks.map(({ headSha }) => headSha)).size).toBe(pulls.length);
  expect(checks.filter(({ status }) => status !== "completed")).toEqual([]);
  for (const head of pressed)
    expect([head, counted(`<!-- adaptive-deploy:how-to-approve:${head} -->`)]).toEqual([head, 1]);
  for (const [id, { command, comment }] of commands) {
    expect([id, command, counted(`<!-- adaptive-deploy:reply:${id} -->`)]).toEqual([id, command, 1]);
    const reactions = comment.reactions.map(({ content }) => content).sort();
    expect([["eyes", "rocket"].join(), ["-1", "eyes"].join()]).toContain(reactions.join());
  }
  return commands.size;
}

const kindOf = {
  "/approve-risk": "approval",
  "/hold": "hold",
  "/unhold": "hold-release",
  "/revoke-approval": "revocation",
};

/** What was said to be done stands once in the ledger; what was refused does not stand there. */
function expectLedger(events: LedgerEvent[], { commands }: Happened): void {
  for (const [id, { command, comment }] of commands) {
    const kind = Object.entries(kindOf).find(([name]) => command.startsWith(name))?.[1];
    const written = events.filter((event) => event.kind === kind && event.body.comment === id);
    const isDone = comment.reactions.some(({ content }) => content === "rocket");
    const identities = written.map(({ body }) => JSON.stringify(body.pointer ?? null));
    expect(new Set(identities).size).toBe(written.length);
    expect([id, command, written.length > 0]).toEqual([id, command, isDone]);
    if (kind !== "revocation") expect(written.length).toBeLessThanOrEqual(1);
  }
}

/** A gate has one last word, and hears no report twice. */
function expectAnswers({ github }: TestGitHub, { runs }: Happened): number {
  let answers = 0;
  for (const id of runs) {
    const said = github.repository(place).runs.get(id)?.protectionAnswers ?? [];
    expect([id, said.filter(({ state }) => state !== null).length]).toEqual([id, 1]);
    expect(new Set(said.map(({ state, comment }) => `${state} ${comment}`)).size).toBe(said.length);
    answers += 1;
  }
  return answers;
}
