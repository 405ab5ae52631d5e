import { rmSync } from "node:fs";
import { vi } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { openDatabase } from "../../adapters/database/index.ts";
import type { ClientLimits } from "../../adapters/github/installations.ts";
import { startApp } from "../../app/start.ts";
import type { Decision } from "../../core/decision/shape.ts";
import { type Comment, type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { freshDatabaseFolder } from "../database.ts";
import { commitOn, type Files, type SmallRepository, smallRepository } from "../emulated/small-repository.ts";
import { appKey, permissions, secret, slug } from "./app.ts";

/** The whole App on repositories named "shop" of several owners, each an installation of its own; #1 is open in each. */
export const appCheck = "adaptive-deploy/risk";
export const marker = "<!-- adaptive-deploy:risk:v1 -->";
const thresholds = ".github/adaptive-deploy/thresholds-and-windows.yaml";
export const asksApproval: Files = {
  [thresholds]: "schema-version: 1\ndefaults: { mode: enforced, approval: { from: 0 } }\n",
};

export type Shops = {
  github: EmulatedGitHub;
  /** The App's address for webhooks. */
  hook: string;
  appUrl: string;
  folder(owner: string): string;
  decisions: Decision[];
  installation(owner: string): number;
  pull(owner: string, action?: string, id?: string): Promise<number>;
  send(event: string, payload: Record<string, unknown>, id?: string): Promise<number>;
  say(owner: string, login: string, body: string): Promise<Comment>;
  decided(owner: string, count?: number): Promise<Decision>;
  /** What the App wrote on #1. */
  comments(owner: string): string[];
  checks(owner: string): { head: string; status: string; conclusion: string | null; summary: string }[];
  /** Commits on the branch of #1, and gives the commit. */
  push(owner: string, files: Files): string;
  /** Waits until nothing waits in the inbox, by way of the App's end, and shows its database. */
  stop(): Promise<Database>;
  close(): Promise<void>;
};
export type ShopsOptions = {
  files?: Files;
  change?: Files;
  pull?: { title?: string; head?: string; author?: string; labels?: string[] };
  limits?: Partial<ClientLimits>;
  /** How far GitHub's clock is ahead of ours. */
  aheadMs?: number;
  private?: boolean;
  /** Owners whose repository is another one than the others'. */
  own?: Record<string, { files?: Files; change?: Files }>;
};

export async function startShops(owners: readonly string[], options: ShopsOptions = {}): Promise<Shops> {
  const { files = asksApproval, change = { "src/pay.ts": "export const pay = 2;\n" }, pull = {} } = options;
  const branch = pull.head ?? "change";
  const made = (ownFiles: Files, ownChange: Files): SmallRepository => {
    const one = smallRepository({ "src/pay.ts": "export const pay = 1;\n", ...ownFiles });
    commitOn(one.folder, { branch, from: "main", message: "Change", files: ownChange });
    return one;
  };
  const shared = made(files, change);
  const own = new Map(
    Object.entries(options.own ?? {}).map(([owner, given]) => [
      owner,
      made(given.files ?? {}, given.change ?? change),
    ]),
  );
  const folderOf = (owner: string): string => (own.get(owner) ?? shared).folder;
  const author = pull.author ?? "ben";
  const github = await startGitHub({
    clock: () => new Date(Date.now() + (options.aheadMs ?? 0)),
    repositories: [...owners, ...own.keys()].map((owner) => ({
      ...{
        owner,
        name: "shop",
        folder: folderOf(owner),
        private: options.private ?? false,
        environments: ["production"],
      },
      collaborators: {
        maria: "maintain",
        rita: "write",
        [author]: "write",
        ...(author === "ben" ? {} : { ben: "write" }),
      },
      pulls: [{ number: 1, title: "Pay in euro", author, head: branch, ...pull }],
    })),
    users: ["olga", "dave", "rita"].map((login) => ({ login })),
    tokens: Object.fromEntries(
      [author, "maria", "rita", "ben", "olga"].map((user) => [`${user}-token`, { user }]),
    ),
    apps: [{ slug, permissions, publicKey: appKey.publicKey }],
  });
  const data = await freshDatabaseFolder();
  const decisions: Decision[] = [];
  const app = await startApp(
    {
      appId: String(github.world.apps.get(slug)?.id),
      privateKey: appKey.privateKey,
      webhookSecret: secret,
      baseUrl: github.url,
      ...{ host: "127.0.0.1", port: 0, database: { folder: data }, oidc: { issuer: github.url }, demo: true },
    },
    { tell: (decision) => decisions.push(decision), limits: { retryMs: 1, ...options.limits } },
  );
  let database: Database | undefined;
  let stopped: Promise<void> | undefined;
  const end = (): Promise<void> => (stopped ??= app.close());
  const hook = `${app.url}/webhooks`;
  const held = (owner: string) => github.repository(`${owner}/shop`);
  const send: Shops["send"] = async (event, payload, id) =>
    (
      await github.sendEvent(event, payload, {
        to: { url: hook, secret },
        ...(id === undefined ? {} : { deliveryId: id }),
      })
    ).statusCode;
  return {
    ...{ github, hook, appUrl: app.url, decisions, send, folder: folderOf },
    installation: (owner) =>
      github.world.apps.get(slug)?.installations.find(({ account }) => account.login === owner)?.id ?? 0,
    push: (owner, changed) => commitOn(folderOf(owner), { branch, message: "Change", files: changed }),
    pull: async (owner, action = "opened", id) => {
      const opened = held(owner).pulls.get(1);
      if (!opened) throw new Error("The pull request is not there.");
      const events = github.events(`${owner}/shop`).as({ login: opened.user.login, app: slug });
      return send("pull_request", await events.pullRequest(opened, action), id);
    },
    say: async (owner, login, body) => {
      const answer = await fetch(`${github.url}/repos/${owner}/shop/issues/1/comments`, {
        method: "POST",
        headers: { authorization: `Bearer ${login}-token`, "content-type": "application/json" },
        body: JSON.stringify({ body }),
      });
      const written = [...held(owner).comments.values()].at(-1);
      if (answer.status !== 201 || !written)
        throw new Error(`The comment was refused with ${answer.status}.`);
      const events = github.events(`${owner}/shop`).as({ login, app: slug });
      await send("issue_comment", events.issueComment(written));
      return written;
    },
    decided: (owner, count = 1) =>
      vi.waitFor(
        () => {
          const found = decisions.filter(({ subject }) => subject.repository === `${owner}/shop`);
          const last = found.at(-1);
          if (found.length < count || !last)
            throw new Error(`${found.length} of ${count} decisions on ${owner}.`);
          return last;
        },
        { timeout: 60_000, interval: 10 },
      ),
    comments: (owner) =>
      [...held(owner).comments.values()]
        .filter(({ user, body }) => user.login === `${slug}[bot]` && body.startsWith(marker))
        .map(({ body }) => body),
    checks: (owner) =>
      [...held(owner).checkRuns.values()]
        .filter(({ name }) => name === appCheck)
        .map(({ headSha: head, status, conclusion, output }) => ({
          ...{ head, status, conclusion },
          summary: `${output.title ?? ""}\n${output.summary ?? ""}\n${output.text ?? ""}`,
        })),
    stop: async () => {
      await end();
      database ??= await openDatabase({ folder: data });
      return database;
    },
    close: async () => {
      await end();
      await database?.close();
      await github.close();
      for (const one of [shared, ...own.values()]) one.remove();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
