import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import type { AppConfiguration } from "../../app/configuration.ts";
import { type RunningApp, startApp } from "../../app/start.ts";
import type { Decision } from "../../core/decision/shape.ts";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { buildSampleRepository, type SampleRepository } from "../../emulated/sample/index.ts";
import { freshDatabaseFolder } from "../database.ts";

/** The whole App on an emulated GitHub with the sample repository, as a test starts it. */
export const secret = "a secret of this test";
export const slug = "adaptive-deploy";
export const place = "acme/shop";
export const permissions = {
  contents: "read",
  checks: "write",
  pull_requests: "write",
  issues: "write",
  deployments: "write",
  actions: "read",
  members: "read",
  metadata: "read",
} as const;

/** One for all, because to make one takes a tenth of a second. */
export const appKey = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

export type Credentials = { appId: string; privateKey: string };
export type TestGitHub = {
  folder: string;
  sample: SampleRepository;
  github: EmulatedGitHub;
  credentials: Credentials;
  close(): Promise<void>;
};

export async function startSampleGitHub(latencyMs = 0): Promise<TestGitHub> {
  const folder = await mkdtemp(join(tmpdir(), "app-test-"));
  const sample = await buildSampleRepository(join(folder, "shop"));
  const github = await startGitHub({
    repositories: [sample.repository],
    users: sample.users,
    latencyMs,
    apps: [
      {
        slug,
        owner: "acme",
        permissions,
        publicKey: appKey.publicKey,
      },
    ],
  });
  return {
    folder,
    sample,
    github,
    credentials: {
      appId: String(github.world.apps.get(slug)?.id),
      privateKey: appKey.privateKey,
    },
    async close() {
      await github.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TestApp = TestGitHub & {
  app: RunningApp;
  decisions: Decision[];
  deliver(
    risk: "low" | "middle" | "high",
    about?: { secret?: string; action?: string; id?: string },
  ): Promise<number>;
  /** Waits until so many decisions were made. */
  decided(count: number): Promise<void>;
};

export async function startTestApp(
  about: {
    latencyMs?: number;
    database?: { url?: string; folder?: string };
    configuration?: Partial<AppConfiguration>;
  } = {},
): Promise<TestApp> {
  const world = await startSampleGitHub(about.latencyMs);
  const { github, sample, credentials } = world;
  const decisions: Decision[] = [];
  const database = about.database ?? { folder: await freshDatabaseFolder() };
  const app = await startApp(
    {
      ...credentials,
      webhookSecret: secret,
      baseUrl: github.url,
      host: "127.0.0.1",
      port: 0,
      database,
      oidc: { issuer: github.url },
      demo: true,
      ...about.configuration,
    },
    { tell: (decision) => decisions.push(decision) },
  );
  return {
    ...world,
    app,
    decisions,
    async deliver(risk, { secret: signing = secret, action = "opened", id } = {}) {
      const pull = github.repository(place).pulls.get(sample.pulls[risk].number);
      if (!pull) throw new Error("The sample lacks a pull request.");
      const events = github.events(place).as({ login: sample.pulls[risk].author, app: slug });
      const delivery = await github.sendEvent("pull_request", await events.pullRequest(pull, action), {
        to: { url: `${app.url}/webhooks`, secret: signing },
        ...(id === undefined ? {} : { deliveryId: id }),
      });
      return delivery.statusCode;
    },
    decided: (count) =>
      vi.waitFor(
        () => {
          if (decisions.length < count)
            throw new Error(`${decisions.length} of ${count} decisions were made.`);
        },
        { timeout: 10_000, interval: 10 },
      ),
    async close() {
      await app.close();
      if (!about.database && database.folder) await rm(database.folder, { recursive: true, force: true });
      await world.close();
    },
  };
}
