import { getOctokit } from "@actions/github";
import type { Database } from "../../adapters/database/database.ts";
import { sqlLedger } from "../../adapters/ledgers/sql.ts";
import { commands } from "../../app/commands/index.ts";
import { runOnce } from "../../app/effects.ts";
import { unobserved } from "../../app/observer.ts";
import type { AppIdentity, Work } from "../../app/ports.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import {
  type Comment,
  type EmulatedGitHub,
  type Permissions,
  type Pull,
  startGitHub,
} from "../../emulated/github/index.ts";
import { commitOn, type Files, git, smallRepository } from "../emulated/small-repository.ts";

/** What a handler of the App is given, over an emulated GitHub with one pull request and an embedded database. */
export const slug = "adaptive-deploy";
export const shop = "acme/shop";
const appToken = "app-token";
const permissions: Permissions = {
  contents: "read",
  checks: "write",
  pull_requests: "write",
  issues: "write",
  members: "read",
  metadata: "read",
};

/** Ada opens the pull request; Maria wrote its commits and Carl helped. Olga is no collaborator. */
const collaborators = {
  ada: "write",
  maria: "admin",
  carl: "write",
  rita: "write",
  ben: "maintain",
  tess: "write",
  tim: "triage",
} as const;
const people = [...Object.keys(collaborators), "olga", "dave"];
const helped = "Change\n\nCo-authored-by: carl <carl@users.example.com>";

export type TestWork = {
  github: EmulatedGitHub;
  database: Database;
  work: Work;
  pull: Pull;
  identity: AppIdentity;
  /** Pull requests that were decided again, in order. */
  redecided: number[];
  warnings: string[];
  head(): string;
  /** The folder of a repository, for commits beside the pull request. */
  folder(place: string): string;
  /** Later by a minute with every comment and push. */
  now(): Date;
  /** Somebody writes a comment, and the App hears of it. */
  say(login: string, body: string): Promise<Comment>;
  write(login: string, body: string): Promise<Comment>;
  /** `before` is the text that an edit replaced. */
  hear(comment: Comment, action?: string, before?: string): Promise<void>;
  push(files: Files): string;
  /** What the App wrote, without its hidden marker. */
  replies(): string[];
  reactions(comment: Comment): string[];
  events(kind?: LedgerEvent["kind"]): Promise<LedgerEvent[]>;
  close(): Promise<void>;
};

export type WorkOptions = {
  /** thresholds-and-windows.yaml of the default branch, without its header; null: nothing is configured. */
  thresholds?: string | null;
  files?: Files;
  /** Files of acme/.github; absent: there is no such repository. */
  organisation?: Files;
  teams?: Record<string, string[]>;
  /** Of every answer of GitHub's, so that what is asked at once can be told from what is asked in turn. */
  latencyMs?: number;
  /** Opened once a file, because that takes longer than a test; it is emptied here. */
  database: Database;
};

export async function startWork({
  thresholds = "defaults: { approval: { from: 0 } }",
  files = {},
  organisation,
  teams = {},
  database,
  latencyMs = 0,
}: WorkOptions): Promise<TestWork> {
  const policy = `schema-version: 1\n${thresholds}\n`;
  const repository = smallRepository({
    "src/pay.ts": "export const pay = 1;\n",
    ...(thresholds === null ? {} : { ".github/adaptive-deploy/thresholds-and-windows.yaml": policy }),
    ...files,
  });
  const shared = organisation && smallRepository({ "README.md": "# Acme\n", ...organisation });
  const { folder } = repository;
  const commit = (files: Files, from = "change"): string =>
    commitOn(folder, { branch: "change", from, message: helped, files });
  commit({ "src/pay.ts": "export const pay = 2;\n", "docs/pay.md": "# Pay\n" }, "main");
  let clock = Date.parse("2026-03-02T12:00:00Z");
  const tick = (): void => {
    clock += 60_000;
  };
  const github = await startGitHub({
    latencyMs,
    clock: () => new Date(clock),
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder, collaborators },
        pulls: [{ number: 7, title: "Pay in euro", author: "ada", head: "change" }],
      },
      ...(shared ? [{ owner: "acme", name: ".github", folder: shared.folder, collaborators }] : []),
    ],
    users: people.map((login) => ({ login })),
    teams,
    apps: [{ slug, owner: "acme", permissions }],
    tokens: {
      [appToken]: { app: slug, permissions },
      "other-app": { app: "renovate", permissions },
      ...Object.fromEntries(people.map((login) => [login, { user: login }])),
    },
  });
  for (const table of ["ledger_events", "decisions", "effects", "facts", "courtesies"])
    await database.query(`delete from ${table}`);
  const redecided: number[] = [];
  const warnings: string[] = [];
  const { signal } = new AbortController();
  const work: Work = {
    installation: 1,
    client: getOctokit(appToken, { baseUrl: github.url }),
    database,
    ledger: (name) => sqlLedger(database, name),
    get now() {
      return new Date(clock);
    },
    signal,
    warn: (sentence) => warnings.push(sentence),
    observer: unobserved,
    once: (effect) => runOnce(database, effect, () => signal.throwIfAborted()),
    later: async () => undefined,
  };
  const identity = { id: String(github.world.apps.get(slug)?.id), slug };
  const handle = commands({
    identity,
    redecide: async (_, number) => {
      redecided.push(number);
    },
  });
  const held = github.repository(shop);
  const pull = held.pulls.get(7);
  if (!pull) throw new Error("The pull request was not opened.");
  const write = async (login: string, body: string): Promise<Comment> => {
    tick();
    const { rest } = getOctokit(login, { baseUrl: github.url });
    const { data } = await rest.issues.createComment({ owner: "acme", repo: "shop", issue_number: 7, body });
    const comment = held.comments.get(data.id);
    if (!comment) throw new Error("The comment was not written.");
    tick();
    return comment;
  };
  const hear = (comment: Comment, action = "created", before = comment.body): Promise<void> =>
    handle(github.events(shop).as({ app: slug }).issueComment(comment, action, before), work);
  return {
    ...{ github, database, work, identity, pull, redecided, warnings, write, hear },
    folder: (place) => (place === shop ? folder : (shared?.folder ?? "")),
    head: () => git(folder, "rev-parse", "change"),
    now: () => new Date(clock),
    say: async (login, body) => {
      const comment = await write(login, body);
      await hear(comment);
      return comment;
    },
    push: (changed) => {
      tick();
      const before = git(folder, "rev-parse", "change");
      const after = commit(changed);
      const at = github.world.now();
      const id = github.world.nextId();
      held.activities.push({ id, ref: "refs/heads/change", before, after, at, actor: held.owner });
      tick();
      return after;
    },
    replies: () =>
      [...held.comments.values()]
        .filter(({ user }) => user.login === `${slug}[bot]`)
        .map(({ body }) => body.replace(/^<!-- [^\n]* -->\n/, "")),
    reactions: (comment) =>
      comment.reactions.filter(({ user }) => user.login === `${slug}[bot]`).map(({ content }) => content),
    events: async (kind) => {
      const { events } = await work.ledger(shop).read("changes");
      return kind === undefined ? events : events.filter((event) => event.kind === kind);
    },
    close: async () => {
      await github.close();
      repository.remove();
      shared?.remove();
    },
  };
}
