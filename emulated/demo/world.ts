import { generateKeyPairSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { gitHistory } from "../../adapters/git/history.ts";
import { gitRepository } from "../../adapters/git/repository.ts";
import { writeHistory } from "../../adapters/github/history.ts";
import { type RunningApp, startApp } from "../../app/start.ts";
import type { Decision } from "../../core/decision/shape.ts";
import { type EmulatedGitHub, startGitHub } from "../github/index.ts";
import { buildSampleRepository, type SampleRepository } from "../sample/index.ts";

/** A GitHub on loopback with the sample repository, and the App itself, installed there. */
export type DemoWorld = {
  sample: SampleRepository;
  github: EmulatedGitHub;
  app: RunningApp;
  historyChanges: number;
  /** The next decision of this pull request that the App makes. */
  decided(pull: number): Promise<Decision>;
  /** Sends an event to the App, signed as GitHub signs it. */
  send(event: string, payload: Parameters<EmulatedGitHub["sendEvent"]>[1]): Promise<void>;
  close(): Promise<void>;
};

export const slug = "adaptive-deploy";
export const place = "acme/shop";
const nothing = (): void => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export async function startDemo(folder: string, port: number): Promise<DemoWorld> {
  const sample = await buildSampleRepository(join(folder, "shop"));
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const secret = randomBytes(24).toString("hex");
  const github = await startGitHub({
    repositories: [sample.repository],
    users: sample.users,
    apps: [
      {
        slug,
        owner: "acme",
        permissions: {
          contents: "write",
          checks: "write",
          issues: "write",
          pull_requests: "write",
          deployments: "write",
          actions: "read",
          metadata: "read",
        },
        publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    ],
    tokens: {
      "demo-history": { app: slug, permissions: { contents: "write", metadata: "read" } },
      ...Object.fromEntries(sample.users.map(({ login }) => [`demo-${login}`, { user: login }])),
    },
  });
  const history = await gitHistory({ repository: gitRepository(sample.folder), base: "main" });
  const octokit = new Octokit({ auth: "demo-history", baseUrl: github.url, log: quiet });
  await writeHistory(octokit, place, history);
  const waiting = new Map<number, (decision: Decision) => void>();
  const app = await startApp(
    {
      appId: String(github.world.apps.get(slug)?.id ?? 1),
      privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      webhookSecret: secret,
      baseUrl: github.url,
      host: "127.0.0.1",
      port,
      database: { folder: join(folder, "database") },
      oidc: { issuer: github.url },
      demo: true,
    },
    { tell: (decision) => waiting.get(decision.subject.pull_request ?? 0)?.(decision) },
  );
  return {
    sample,
    github,
    app,
    historyChanges: history.sample.rows.length,
    decided: (pull) => new Promise((resolve) => waiting.set(pull, resolve)),
    async send(event, payload) {
      await github.sendEvent(event, payload, { to: { url: `${app.url}/webhooks`, secret } });
    },
    async close() {
      await app.close();
      await github.close();
    },
  };
}
