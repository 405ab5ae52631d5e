import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import type { Database } from "../../../adapters/database/database.ts";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { createServiceToken } from "../../../app/api/service-tokens.ts";
import { apiOf } from "../../../app/api-wiring.ts";
import { telemetryOf } from "../../../app/telemetry-stores.ts";
import { freshDatabase } from "../../database.ts";
import { shop, startWork, type TestWork } from "../work.ts";
import { startPrometheus } from "./prometheus.ts";
import { argoBody, healthy } from "./world.ts";

/** The endpoint as the App wires it: policy and configuration from the default branch, stores from the operator. */
let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const services = `schema-version: 1
services:
  - name: checkout
    paths: ["src/**"]
    telemetry:
      metrics:
        error-rate:
          kind: ratio
          critical: true
          total: sum(increase(http_requests_total{$arm}[$window]))
          bad: sum(increase(http_requests_total{code=~"5..",$arm}[$window]))
`;

async function start(configured: (own: string, evil: string) => string) {
  const [own, evil] = await Promise.all([startPrometheus(healthy), startPrometheus(healthy)]);
  closing.push(own.close, evil.close);
  const files = {
    ".github/adaptive-deploy.yml": configured(own.url, evil.url),
    ".github/adaptive-deploy/services.yaml": services,
  };
  const world: TestWork = await startWork({ files, database });
  closing.push(world.close);
  await database.query("delete from analyses");
  const clock = { now: new Date("2026-03-02T12:00:00Z") };
  const stores = {
    stores: [
      {
        repositories: ["acme/*"],
        settings: { kind: "prometheus" as const, url: own.url, auth: { "bearer-from": "TELEMETRY_A" } },
      },
    ],
    environment: { TELEMETRY_A: "hush" },
  };
  const api = await apiOf({
    ...{ database, now: () => clock.now, issuer: "https://issuer.example.com", audience: "x", workflows: [] },
    ledger: (repository) => sqlLedger(database, repository),
    warn: (sentence) => world.warnings.push(sentence),
    installed: async (name) => ({ installation: 1, name, id: "1", defaultBranch: "main" }),
    workOf: async () => world.work,
    later: world.work.later,
    telemetryOf: telemetryOf(stores),
    publicUrl: "https://deploy.example.com",
  });
  const server = createServer((request, response) => void api.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1/analysis`;
  const about = { name: "argo", repository: shop, scopes: ["analysis:ask"], days: 30, now: clock.now };
  const { token } = await createServiceToken(database, about);
  const ask = async () => {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(argoBody),
    });
    return z.object({ data: z.looseObject({}) }).parse(await response.json()).data;
  };
  await ask();
  const begun = clock.now.getTime() / 1000;
  clock.now = new Date(clock.now.getTime() + 400_000);
  // On a machine that is busy the first look takes longer than a controller waits.
  const late = new Set<unknown>(["analysis-late", "not-enough-data"]);
  let told = await ask();
  for (let again = 0; again < 3 && told.at_window === 0 && late.has(told.reason_code); again += 1)
    told = await ask();
  /** Of the windows of the comparison; those before it tell what traffic there is. */
  const asked = own.state.asked.filter(({ start }) => start > begun);
  return { told, own: asked, evil: evil.state.asked };
}

test("the operator's store is asked with the operator's token, for what the default branch says", async () => {
  const { told, own } = await start(() => "schema-version: 1\n");
  expect(told).toMatchObject({
    verdict: "hold",
    at_window: expect.any(Number),
    windows_planned: 30,
    link: expect.stringMatching(
      /^https:\/\/deploy\.example\.com\/v1\/analysis\/[0-9a-f]{32}-2\?repository=acme%2Fshop$/,
    ),
  });
  expect(own.map(({ authorization }) => authorization)).toEqual(Array(4).fill("Bearer hush"));
  expect(new Set(own.map(({ query }) => /version="([^"]+)"/.exec(query)?.[1]))).toEqual(
    new Set(["1.5.0", "1.4.2"]),
  );
});

test("a repository cannot have the operator's token sent to an address of its own", async () => {
  const { told, own, evil } = await start(
    (_, url) =>
      `schema-version: 1\ntelemetry: { kind: prometheus, url: "${url}", auth: { bearer-from: TELEMETRY_A } }\n`,
  );
  expect(told).toMatchObject({ verdict: "hold", reason_code: "telemetry-not-allowed" });
  expect([own, evil]).toEqual([[], []]);
});

test("a configuration that cannot be read is hold, with the fault", async () => {
  const { told } = await start(() => "schema-version: 1\ntelemetri: {}\n");
  expect(told).toMatchObject({ verdict: "hold", reason_code: "policy-invalid" });
});
