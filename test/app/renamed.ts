import { generateKeyPairSync, randomUUID } from "node:crypto";
import type { Database } from "../../adapters/database/database.ts";
import { type Installations, installations } from "../../adapters/github/installations.ts";
import { sqlLedger } from "../../adapters/ledgers/sql.ts";
import { type EmulatedGitHub, type Repository, startGitHub } from "../../emulated/github/index.ts";
import { repositoryKey } from "../../emulated/github/state.ts";
import { smallRepository } from "../emulated/small-repository.ts";

/** Repositories that change their names on the emulated GitHub, as no API of it can; and data that is kept of one. */

/** Renames or transfers: the number stays, and tokens of installations see the repository under its other name. */
export function renameOnGitHub(github: EmulatedGitHub, before: string, now: string): Repository {
  const repository = github.repository(before);
  const { repositories, tokens, users } = github.world;
  repositories.delete(repositoryKey(before));
  const [owner = "", name = ""] = now.split("/");
  const account = users.get(owner.toLowerCase()) ?? { ...repository.owner, login: owner };
  users.set(owner.toLowerCase(), account);
  Object.assign(repository, { fullName: now, name, owner: account });
  repositories.set(repositoryKey(now), repository);
  for (const token of tokens.values())
    if (token.kind === "installation" && token.repositories !== "all" && token.repositories.includes(before))
      token.repositories.push(now);
  return repository;
}

/** Another repository under a name that is free, or whose repository is deleted. */
export function createOnGitHub(github: EmulatedGitHub, like: Repository, fullName: string): Repository {
  const { world } = github;
  const [login = "", name = ""] = fullName.split("/");
  const owner = world.users.get(login.toLowerCase()) ?? like.owner;
  const made = { ...like, id: world.nextId(), fullName, name, owner, pulls: new Map(), comments: new Map() };
  world.repositories.set(repositoryKey(fullName), made);
  return made;
}

export type Hub = {
  github: EmulatedGitHub;
  hub: Installations;
  installation: number;
  close(): Promise<void>;
};

/** acme/shop on the emulated GitHub, with the App installed on all of acme. */
export async function startHub(): Promise<Hub> {
  const { folder, remove } = smallRepository();
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const github = await startGitHub({
    repositories: [{ owner: "acme", name: "shop", folder }],
    apps: [
      {
        slug: "adaptive-deploy",
        permissions: { contents: "read" },
        publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    ],
  });
  const app = github.world.apps.get("adaptive-deploy");
  return {
    github,
    hub: installations({
      appId: String(app?.id),
      privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      baseUrl: github.url,
      warn: () => undefined,
    }),
    installation: app?.installations[0]?.id ?? 0,
    close: async () => {
      await github.close();
      remove();
    },
  };
}

const sha = "a".repeat(40);
export const passed = (repository: string) => ({ repository, environment: "production", sha });
const keysOf = (of: string) => [
  `gate ${of} 1 production 2`,
  `how-to-approve ${of}#7 ${sha}`,
  `reply ${of} 12`,
  `watchdog ${of} ask 0123 ro_0123456789ab lease 1`,
];

/** Something in every table that is kept by a repository's name. */
export async function keepSomething(database: Database, name: string): Promise<void> {
  const [ledger, at] = [sqlLedger(database, name), "2026-03-02T10:00:00.000Z"];
  const event = { kind: "feedback" as const, at, actor: "ben", nonce: name.padEnd(32, "0"), body: {} };
  await ledger.append("changes", [event], null);
  await ledger.append("production/shop", [event, { ...event, nonce: name.padEnd(32, "1") }], null);
  await database.query(
    "insert into facts (repository, sha, source, trusted, body) values ($1, $2, 'ci', true, '{}')",
    [name, sha],
  );
  await database.query(
    `insert into decisions (repository, decision_id, head, environment, decided_at, document)
     values ($1, 'private-decision', $2, 'production', now(), '{}')`,
    [name, sha],
  );
  const origin = { ref: "main", default_branch: "main", sender: { login: "ben", type: "User" } };
  await database.query(
    `insert into gates (repository, run_id, environment, deployment_id, sha, installation_id, origin, requested_at,
       state, answer, within_policy) values ($1, 1, 'production', 2, $2, 99, $3, now(), 'answered', 'approved', true),
       ($1, 2, 'production', 3, $2, 99, $3, now(), 'waiting', null, false)`,
    [name, sha, JSON.stringify(origin)],
  );
  await database.query(
    `insert into service_tokens (hash, name, repository, scopes, created_at, expires_at)
     values ($1, 'own', $2, 'facts:write', now(), now())`,
    [randomUUID(), name.toLowerCase()],
  );
  await database.query(
    `insert into inbox (delivery_id, event, repository, lane, payload, state) values ($1, 'push', $2, 'x', '', 'parked')`,
    [randomUUID(), name],
  );
  await database.query(
    `insert into analyses (repository, id, run, step, service, environment, plan, asked_at)
     values ($1, 'a-1', 'a', 1, 'shop', 'production', '{}', now())`,
    [name],
  );
  for (const key of keysOf(name)) await database.query("insert into effects (key) values ($1)", [key]);
}

/** Of every table the name under which its rows stand, each row once. */
export async function whereKept(database: Database): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of [
    "facts",
    "decisions",
    "ledger_events",
    "gates",
    "service_tokens",
    "inbox",
    "analyses",
  ]) {
    const rows = await database.query(`select repository from ${table} order by 1`);
    found[table] = rows.map(({ repository }) => String(repository));
  }
  const effects = await database.query("select key from effects order by key");
  found.effects = effects.map(({ key }) => String(key));
  return found;
}

/** What `whereKept` gives where all of it stands under these names. */
export function allUnder(...names: string[]): Record<string, string[]> {
  const each = (count: number) => names.toSorted().flatMap((name) => Array<string>(count).fill(name));
  const one = each(1);
  return {
    ...{
      facts: one,
      decisions: one,
      inbox: one,
      analyses: one,
      service_tokens: one.map((name) => name.toLowerCase()),
    },
    ...{ ledger_events: each(3), gates: each(2), effects: names.flatMap(keysOf).sort() },
  };
}

export async function forgetAll(database: Database): Promise<void> {
  await database.query(
    "truncate repositories, former_names, facts, decisions, ledger_events, gates, service_tokens, inbox, effects, courtesies, analyses",
  );
}
