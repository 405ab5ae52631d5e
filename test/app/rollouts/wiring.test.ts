import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openDatabase } from "../../../adapters/database/index.ts";
import { createServiceToken } from "../../../app/api/service-tokens.ts";
import { startApp } from "../../../app/start.ts";
import { freshDatabaseFolder } from "../../database.ts";
import { place, secret } from "../app.ts";
import { diedOver, startWatchedShop, type WatchedShop } from "./whole-app.ts";

let shop: WatchedShop;
beforeAll(async () => {
  shop = await startWatchedShop();
});
afterAll(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

test("a word over the API to a rollout that nobody drives has the whole App start a run, at once", async () => {
  const folder = await freshDatabaseFolder();
  const database = await openDatabase({ folder });
  const about = {
    name: "cli",
    repository: place,
    scopes: ["events:write" as const],
    days: 1,
    now: new Date(),
  };
  const { token } = await createServiceToken(database, about);
  await database.close();
  const app = await startApp({
    ...shop.credentials,
    ...{ webhookSecret: secret, baseUrl: shop.github.url, host: "127.0.0.1", port: 0, demo: true },
    ...{ database: { folder }, oidc: { issuer: shop.github.url } },
  });
  try {
    const { rollout, stream } = await diedOver(app.ledger(place), "pay", 1);
    const body = { rollout, command: "abort", reason: "customers cannot pay", by: "rita" };
    const { status } = await fetch(`${app.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ repository: place, stream, kind: "command", body }),
    });
    expect(status).toBe(201);
    await vi.waitFor(
      async () => {
        const { events } = await app.ledger(place).read(stream);
        expect(events.at(-1)?.body).toMatchObject({ notice: { kind: "asked" } });
      },
      { timeout: 15_000, interval: 50 },
    );
    expect(shop.taken()).toBe(1);
  } finally {
    await app.close();
  }
});
