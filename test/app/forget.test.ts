import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { forgetOld, type Rule, rules } from "../../app/forget.ts";
import { startRounds } from "../../app/rounds.ts";
import { freshDatabase } from "../database.ts";

const now = new Date("2026-03-02T12:00:00Z");
const ago = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();
let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});
beforeEach(() =>
  database.query(
    `truncate decisions, ledger_events, ${[...new Set(rules.map(({ table }) => table))].join(", ")}`,
  ),
);
afterAll(() => database.close());

const inbox = (state: string) => (id: string, at: string) =>
  database.query(
    "insert into inbox (delivery_id, event, lane, payload, error, state, finished_at) values ($1, 'ping', 'a', '{}', 'why', $2, $3)",
    [id, state, at],
  );
const gate = (state: string, answer: string | null) => (id: string, at: string) =>
  database.query(
    `insert into gates (repository, run_id, environment, deployment_id, sha, installation_id, origin, requested_at, state, answer)
     values ($1, 1, 'production', 1, 'a', 1, '{}', $2, $3, $4)`,
    [id, at, state, answer],
  );
const put = (columns: string, rest: string) => (id: string, at: string) =>
  database.query(`insert into ${columns} values ($1, $2, ${rest})`, [id, at]);

type Kept = { rule: string; name: string; insert(id: string, at: string): Promise<unknown> };
/** A row of each rule, by the column that names it. */
const goes: Kept[] = [
  { rule: "deliveries that were handled", name: "delivery_id", insert: inbox("done") },
  {
    rule: "what was done on GitHub",
    name: "key",
    insert: put("effects (key, done_at, intended_at)", "now()"),
  },
  {
    rule: "what was measured for a commit",
    name: "repository",
    insert: put("facts (repository, received_at, sha, source, trusted, body)", "'a', 'b', true, '{}'"),
  },
  {
    rule: "environments that neither wait nor were let through",
    name: "repository",
    insert: gate("answered", "rejected"),
  },
  {
    rule: "tokens that ended",
    name: "name",
    insert: put(
      "service_tokens (name, expires_at, hash, repository, scopes, created_at)",
      "$1, '*', '', now()",
    ),
  },
  {
    rule: "sign-ins that ended",
    name: "login",
    insert: put("sessions (login, expires_at, id_hash, token, created_at)", "$1, '', now()"),
  },
  {
    rule: "answers to requests of the API",
    name: "caller",
    insert: put("idempotency_keys (caller, claimed_at, key, fingerprint)", "'a', 'b'"),
  },
  {
    rule: "comparisons of rollouts that nobody asks about",
    name: "id",
    insert: put(
      "analyses (id, asked_at, repository, run, step, service, environment, plan)",
      "'a', 'b', 1, 'c', 'd', '{}'",
    ),
  },
  {
    rule: "who asked for what anybody may ask for",
    name: "person",
    insert: put("courtesies (person, at, repository, pull_request, comment)", "'a', 1, 1"),
  },
];
const ruleOf = (name: string): Rule => {
  const rule = rules.find(({ rows }) => rows === name);
  if (!rule) throw new Error(`There is no rule for ${name}.`);
  return rule;
};
const named = z.object({ name: z.string() });
const left = async (table: string, name: string): Promise<string[]> =>
  (await database.query(`select ${name} as name from ${table} order by 1`)).map(
    (row) => named.parse(row).name,
  );

test("each rule takes what is older than its days, and nothing younger", async () => {
  for (const { rule, insert } of goes) {
    const { days } = ruleOf(rule);
    await insert("old", ago(days + 0.5));
    await insert("young", ago(days - 0.5));
  }
  await forgetOld(database, now);
  for (const { rule, name } of goes)
    expect([rule, await left(ruleOf(rule).table, name)]).toEqual([rule, ["young"]]);
});

test("a delivery that was set aside loses its payload and keeps its error", async () => {
  await inbox("parked")("old", ago(91));
  await inbox("parked")("young", ago(89));
  await forgetOld(database, now);
  expect(await database.query("select delivery_id, payload, error from inbox order by 1")).toEqual([
    { delivery_id: "old", payload: "", error: "why" },
    { delivery_id: "young", payload: "{}", error: "why" },
  ]);
});

test("kept for ever: what waits, what was let through, what was begun on GitHub, and the record", async () => {
  const long = ago(4000);
  await database.query(
    "insert into inbox (delivery_id, event, lane, payload, received_at) values ('waits', 'ping', 'a', '{}', $1)",
    [long],
  );
  await gate("waiting", null)("waits", long);
  await gate("waiting", "approved")("word is being sent", long);
  await gate("answered", "approved")("passed", long);
  await database.query("insert into effects (key, intended_at) values ('begun', $1)", [long]);
  await database.query(
    "insert into decisions (repository, decision_id, environment, decided_at, document) values ('a', 'b', 'c', $1, '{}')",
    [long],
  );
  await database.query(
    "insert into ledger_events values ('a', 'changes', 1, 'h', 'decision', 'ada', $1, '{}')",
    [long],
  );
  await forgetOld(database, now);
  for (const [table, rows] of [
    ["inbox", 1],
    ["gates", 3],
    ["effects", 1],
    ["decisions", 1],
    ["ledger_events", 1],
  ] as const)
    expect([table, (await database.query(`select 1 as one from ${table}`)).length]).toEqual([table, rows]);
});

test("goes with the rounds, also while GitHub is away", async () => {
  await inbox("done")("old", ago(31));
  const warnings: string[] = [];
  const away = () => Promise.reject(new Error("GitHub is away"));
  const rounds = startRounds({
    app: { request: away, graphql: away },
    database,
    now: () => now,
    warn: (sentence) => warnings.push(sentence),
    swept: () => undefined,
  });
  await vi.waitFor(async () => expect(await left("inbox", "delivery_id")).toEqual([]), { timeout: 5000 });
  await vi.waitFor(() => expect(warnings).toEqual(["The sweep: GitHub is away"]));
  rounds.stop();
});

test("in batches: no statement takes more rows than one of them", async () => {
  for (let one = 0; one < 7; one += 1) await inbox("done")(`old ${one}`, ago(40));
  const taken: number[] = [];
  const watched = {
    query: async (sql: string, parameters?: readonly unknown[]) => {
      const rows = await database.query(sql, parameters);
      if (sql.startsWith("delete from inbox")) taken.push(rows.length);
      return rows;
    },
  };
  await forgetOld(watched, now, { rows: 3, batches: 2 });
  expect(taken).toEqual([3, 3]);
  await forgetOld(watched, now, { rows: 3, batches: 2 });
  expect(taken).toEqual([3, 3, 1]);
  expect(await left("inbox", "delivery_id")).toEqual([]);
});

test("docs/decisions/database.md lists the rules", async () => {
  const page = await readFile(new URL("../../docs/decisions/database.md", import.meta.url), "utf8");
  const days = (count: number): string => (count === 0 ? "at once" : count === 1 ? "1 day" : `${count} days`);
  for (const rule of rules)
    expect(page).toContain(`| \`${rule.table}\` | ${rule.rows} | ${days(rule.days)} | ${rule.why} |`);
  expect(page.match(/^\| `/gm)).toHaveLength(rules.length);
});
