import { randomUUID } from "node:crypto";
import { Octokit } from "@octokit/rest";
import { openDatabase } from "../../adapters/database/index.ts";
import { openLedger } from "../../adapters/ledgers/index.ts";
import { sqlLedger } from "../../adapters/ledgers/sql.ts";
import { appendWithRetry, type Retry } from "../../core/evidence/append.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import { takeLease } from "../../core/evidence/take-lease.ts";

/** A writer in a process of its own: `node ledger-writer.ts <settings> <task> <stream> <name> <count>`. */
const [settings = "", task = "", stream = "", name = "", count = "1"] = process.argv.slice(2);
const { home, github, ...rest } = JSON.parse(settings);
const client =
  github === undefined ? {} : { client: new Octokit({ auth: github.token, baseUrl: github.url }) };
const database = home === "sql" ? await openDatabase({ url: rest.url }) : undefined;
const ledger = database ? sqlLedger(database, rest.repository) : openLedger(home, { ...rest, ...client });
if (ledger === null) throw new Error("The home holds no ledger.");

const retry: Retry = {
  attempts: 400,
  random: Math.random,
  wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
};
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);

const outcome = (number: number): NewEvent => ({
  kind: "outcome",
  at: "2026-03-01T10:00:00.000Z",
  actor: name,
  nonce: randomUUID(),
  body: { writer: name, number },
});

if (task === "append") {
  for (let number = 0; number < Number(count); number += 1) {
    const { appended } = await appendWithRetry(ledger, stream, () => [outcome(number)], retry);
    say({ number, sequence: appended[0]?.sequence });
  }
} else {
  const now = () => "2026-03-01T10:00:00.000Z";
  const asking = { holder: name, actor: name, now, nonce: () => randomUUID(), seconds: 60 };
  const outcome = await takeLease(ledger, stream, asking, retry);
  say(
    outcome.won
      ? { won: true, fencing: outcome.lease.fencing }
      : { won: false, holder: outcome.held?.holder },
  );
}
await database?.close();
