import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { openDatabase } from "../../../adapters/database/index.ts";
import { createServiceToken } from "../../../app/api/service-tokens.ts";
import { gates } from "../../../app/gates/protection-rule.ts";
import { onNewFacts } from "../../../app/new-facts.ts";
import { startApp } from "../../../app/start.ts";
import type { Decision } from "../../../core/decision/shape.ts";
import { startApi } from "../../app/api/api-server.ts";
import { place, secret, slug, startSampleGitHub, type TestGitHub } from "../../app/app.ts";
import { type Shop, startShop, thresholds, waitingRun } from "../../app/gates/work.ts";

const headOf = z.object({ pull_request: z.object({ head: z.object({ sha: z.string() }) }) });

describe("facts that the API took", () => {
  let world: TestGitHub;
  beforeEach(async () => {
    world = await startSampleGitHub();
  });
  afterEach(async () => {
    expect(world.github.violations()).toEqual([]);
    await world.close();
  });

  test("bring the pull request back, though the App died right after it answered", {
    timeout: 120_000,
  }, async () => {
    const folder = join(world.folder, "data");
    const decisions: Decision[] = [];
    const start = () =>
      startApp(
        {
          ...world.credentials,
          ...{ webhookSecret: secret, baseUrl: world.github.url, host: "127.0.0.1", port: 0, demo: true },
          ...{ database: { folder }, oidc: { issuer: world.github.url } },
        },
        { tell: (decision) => decisions.push(decision) },
      );
    const { number, author } = world.sample.pulls.low;
    const pull = world.github.repository(place).pulls.get(number);
    if (!pull) throw new Error("The sample lacks a pull request.");
    const events = world.github.events(place).as({ login: author, app: slug });
    const sha = headOf.parse(await events.pullRequest(pull, "opened")).pull_request.head.sha;
    const database = await openDatabase({ folder });
    const api = await startApi({
      database,
      installed: async () => ({ name: place, defaultBranch: "main", installation: installation() }),
    });
    const about = { name: "ci", repository: place, scopes: ["facts:write"], days: 1, now: api.clock.now };
    const { token } = await createServiceToken(database, about);
    const tests = { total: 100, failed: 40 };
    const body = { repository: place, sha, facts: { schema_version: 1, tests } };
    for (const label of ["a", "b", "c"])
      expect((await api.call("POST", "/v1/facts", { token, body: { ...body, label } })).status).toBe(201);
    await api.close();

    const app = await start();
    await vi.waitFor(() => expect(decisions.length).toBeGreaterThan(0), { timeout: 60_000 });
    await app.close();
    expect(decisions).toHaveLength(1);
    expect(decisions[0]?.subject).toMatchObject({ pull_request: number, head: sha });
    expect(decisions[0]?.contributors).toContainEqual(
      expect.objectContaining({ name: "tests-failed", value: 40 }),
    );
  });

  const installation = () => world.github.world.apps.get(slug)?.installations[0]?.id ?? 0;
});

describe("what waits for a commit", () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await startShop(thresholds("  mode: enforced\n  approval: { from: 0 }\n"));
  });
  afterEach(async () => {
    expect(shop.github.violations()).toEqual([]);
    await shop.close();
  });

  test("are its own gates and no others; a commit that is nowhere has none", async () => {
    const asked = gates(shop.decideFor);
    const [one, two] = [shop.commit("One", { "a.ts": "1" }), shop.commit("Two", { "a.ts": "2" })];
    for (const sha of [one, two]) {
      const { payload } = await waitingRun(shop, sha);
      await asked.onProtectionRule(payload, shop.work());
    }
    shop.timers.length = 0;
    await onNewFacts({ repository: place, sha: one }, shop.work());
    expect(shop.timers).toHaveLength(1);
    expect(shop.timers[0]?.timer).toMatchObject({
      lane: expect.stringMatching(/^acme\/shop!production!\d+$/),
      payload: { kind: "gate" },
    });
    await onNewFacts({ repository: place, sha: "f".repeat(40) }, shop.work());
    expect(shop.timers).toHaveLength(1);
  });
});
