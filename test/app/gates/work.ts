import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import type { Database } from "../../../adapters/database/database.ts";
import { gather } from "../../../adapters/github/gather.ts";
import { fileLedger } from "../../../adapters/ledgers/file.ts";
import { runOnce } from "../../../app/effects.ts";
import type { DecideFor } from "../../../app/gates/protection-rule.ts";
import { unobserved } from "../../../app/observer.ts";
import type { Timer, Work } from "../../../app/ports.ts";
import { enveloped } from "../../../core/decision/envelope.ts";
import { decideMeasured } from "../../../core/decision/from-measured.ts";
import type { Approval } from "../../../core/decision/shape.ts";
import { type EmulatedGitHub, startGitHub } from "../../../emulated/github/index.ts";
import { freshDatabase } from "../../database.ts";
import { commitFiles, type SmallRepository, smallRepository } from "../../emulated/small-repository.ts";

/** A repository on the emulated GitHub, a database in memory, and what a handler is given on both. */
export const place = "acme/shop";
export const start = new Date("2026-03-02T10:00:00Z");

export type Shop = {
  github: EmulatedGitHub;
  repository: SmallRepository;
  database: Database;
  timers: { timer: Timer; at: Date }[];
  warnings: string[];
  /** What counts as approved when the next decision is made. */
  approvals: Approval[];
  decideFor: DecideFor;
  work(now?: Date): Work;
  /** Commits on the default branch and gives the commit. */
  commit(message: string, files: Record<string, string | Buffer | null>): string;
  close(): Promise<void>;
};

const configuration = ".github/adaptive-deploy.yml";
export const thresholds = (text: string) => ({
  [configuration]: "schema-version: 1\n",
  ".github/adaptive-deploy/thresholds-and-windows.yaml": `schema-version: 1\ndefaults:\n${text}`,
});

/** One for all tests of a file, because it takes longer to start than they do; each test finds it empty. */
let opened: Promise<Database> | undefined;
async function emptyDatabase(): Promise<Database> {
  opened ??= freshDatabase();
  const database = await opened;
  await database.query("truncate inbox, effects, ledger_events, facts, decisions, gates");
  return database;
}

export async function startShop(files: Record<string, string>): Promise<Shop> {
  const repository = smallRepository({
    "README.md": "# Shop\n",
    "src/pay.ts": "export const pay = 1;\n",
    ...files,
  });
  const folder = await mkdtemp(join(tmpdir(), "gates-"));
  const github = await startGitHub({
    repositories: [
      {
        owner: "acme",
        name: "shop",
        folder: repository.folder,
        collaborators: { maria: "admin", ben: "write" },
        environments: ["production", "staging"],
      },
    ],
    apps: [{ slug: "adaptive-deploy", owner: "acme" }],
    tokens: {
      maria: { user: "maria" },
      ben: { user: "ben" },
      app: {
        app: "adaptive-deploy",
        permissions: {
          contents: "write",
          checks: "write",
          pull_requests: "write",
          deployments: "write",
          actions: "read",
        },
      },
    },
  });
  const database = await emptyDatabase();
  const client = new Octokit({ auth: "app", baseUrl: github.url });
  const shop: Shop = {
    github,
    repository,
    database,
    timers: [],
    warnings: [],
    approvals: [],
    decideFor: (subject, environment, work) => decided(shop, subject, environment, work),
    work: (now = start) => ({
      installation: 1,
      client,
      database,
      ledger: () => fileLedger({ folder }),
      now,
      signal: new AbortController().signal,
      warn: (sentence) => shop.warnings.push(sentence),
      observer: unobserved,
      once: (effect) => runOnce(database, effect, () => undefined),
      later: async (timer, at) => void shop.timers.push({ timer, at }),
    }),
    commit: (message, changed) => commitFiles(repository.folder, message, changed),
    close: async () => {
      await github.close();
      repository.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return shop;
}

async function decided(shop: Shop, ...[subject, environment, work]: Parameters<DecideFor>) {
  const gathered = await gather(work.client, subject, { now: work.now, environment, comment: false });
  if (!gathered.configured) return undefined;
  const { body } = decideMeasured(gathered.measured, [], gathered.policy, { environment, now: work.now });
  const approvals = shop.approvals.filter(({ sha }) => sha === subject.head);
  return enveloped(body, { actor: "ben", decidedAt: work.now.toISOString(), approvals, recorded: false });
}

/** A run that waits before it deploys this commit, and GitHub's event of it. */
export async function waitingRun(shop: Shop, headSha: string, environment = "production", run?: number) {
  const { github } = shop;
  const client = new Octokit({ auth: "ben", baseUrl: github.url });
  const { data } = await client.rest.repos.createDeployment({
    owner: "acme",
    repo: "shop",
    ref: headSha,
    environment,
    auto_merge: false,
    required_contexts: [],
  });
  const deployment = github.repository(place).deployments.get("id" in data ? data.id : 0);
  if (!deployment) throw new Error("No deployment was made.");
  deployment.createdAt = start.toISOString();
  const id = run ?? github.addRun(place, { headSha, actor: "ben" }).id;
  const events = github.events(place).as({ app: "adaptive-deploy", login: "ben" });
  const payload = await events.protectionRule({ run: id, environment, deployment });
  const finish = (state: "success" | "failure") =>
    client.rest.repos.createDeploymentStatus({
      owner: "acme",
      repo: "shop",
      deployment_id: deployment.id,
      state,
    });
  const answers = () => github.repository(place).runs.get(id)?.protectionAnswers ?? [];
  return { run: id, deployment, payload, finish, answers, states: () => answers().map(({ state }) => state) };
}
