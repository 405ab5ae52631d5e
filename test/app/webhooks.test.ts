import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { appConfiguration, serveApp } from "../../app/server.ts";
import type { Decision } from "../../core/decision/shape.ts";
import { type EmulatedGitHub, roundTrips, startGitHub } from "../../emulated/github/index.ts";
import { buildSampleRepository, type SampleRepository } from "../../emulated/sample/index.ts";

const secret = "a secret of this test";
const slug = "adaptive-deploy";
let folder: string;
let sample: SampleRepository;
let github: EmulatedGitHub;
let app: Awaited<ReturnType<typeof serveApp>>;
const decisions: Decision[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "app-test-"));
  sample = await buildSampleRepository(folder);
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  github = await startGitHub({
    repositories: [sample.repository],
    users: sample.users,
    latencyMs: 60,
    apps: [
      {
        slug,
        owner: "acme",
        permissions: {
          contents: "read",
          checks: "write",
          pull_requests: "write",
          issues: "write",
          metadata: "read",
        },
        publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    ],
  });
  app = await serveApp({
    appId: String(github.world.apps.get(slug)?.id),
    privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    webhookSecret: secret,
    baseUrl: github.url,
    host: "127.0.0.1",
    port: 0,
    demo: true,
    tell: (decision) => decisions.push(decision),
  });
});
beforeEach(() => {
  decisions.length = 0;
  github.requests.length = 0;
});
afterAll(async () => {
  app.server.close();
  app.server.closeAllConnections();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

async function deliver(risk: "low" | "middle" | "high", with_ = secret, action = "opened") {
  const pull = github.repository("acme/shop").pulls.get(sample.pulls[risk].number);
  if (!pull) throw new Error("The sample lacks a pull request.");
  const payload = await github
    .events("acme/shop")
    .as({ login: sample.pulls[risk].author, app: slug })
    .pullRequest(pull, action);
  return github.sendEvent("pull_request", payload, { to: { url: `${app.url}/webhooks`, secret: with_ } });
}

describe("the App on a pull request", () => {
  test("writes one comment and one check, in two round trips beside its token, and updates in place", async () => {
    await deliver("middle");
    const repository = github.repository("acme/shop");
    const comments = [...repository.comments.values()].filter(
      (comment) => comment.number === sample.pulls.middle.number,
    );
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain("<!-- adaptive-deploy:risk:v1 -->");
    expect([...repository.checkRuns.values()].map((check) => check.name)).toContain("adaptive-deploy/risk");
    expect(decisions[0]?.strategy).toBe("canary");
    const work = github.requests.filter((request) => !request.path.includes("/access_tokens"));
    expect(roundTrips(work)).toBeLessThanOrEqual(2);

    await deliver("middle", secret, "synchronize");
    const after = [...repository.comments.values()].filter(
      (comment) => comment.number === sample.pulls.middle.number,
    );
    expect(after).toHaveLength(1);
    expect(
      [...repository.checkRuns.values()].filter((one) => one.name === "adaptive-deploy/risk"),
    ).toHaveLength(1);
    expect(github.violations()).toEqual([]);
  });

  test("refuses an event that is signed with another secret", async () => {
    const delivery = await deliver("low", "development");
    expect(delivery.statusCode).toBeGreaterThanOrEqual(400);
    expect(decisions).toEqual([]);
  });
});

test.each([
  ["APP_ID", { PRIVATE_KEY: "x", WEBHOOK_SECRET: "y" }],
  ["PRIVATE_KEY", { APP_ID: "1", WEBHOOK_SECRET: "y" }],
  ["WEBHOOK_SECRET", { APP_ID: "1", PRIVATE_KEY: "x" }],
  ["PORT", { APP_ID: "1", PRIVATE_KEY: "x", WEBHOOK_SECRET: "y", PORT: "http" }],
])("does not start without a sound %s, and says so", (name, environment) => {
  expect(() => appConfiguration(environment)).toThrow(name);
});

test("refuses a body that is larger than GitHub's, or that does not say how large it is", async () => {
  const answer = (asked: object) =>
    fetch(`${app.url}/webhooks`, { method: "POST", ...asked }).then(({ status }) => status);
  expect(await answer({ body: new Blob(["{}"]).stream(), duplex: "half" })).toBe(413);
  expect(await answer({ body: "{}" })).not.toBe(413);
});
