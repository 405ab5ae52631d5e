import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ledgerOfRun } from "../../../adapters/github/ledger.ts";
import { appLedger } from "../../../adapters/ledgers/app.ts";
import { openLedger } from "../../../adapters/ledgers/index.ts";
import { recordDecision } from "../../../adapters/ledgers/record-decision.ts";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { decideMeasured } from "../../../core/decision/from-measured.ts";
import { seal } from "../../../core/evidence/chain.ts";
import { repositoryConfiguration } from "../../../core/policy/schema.ts";
import { type ApiServer, sha, startApi } from "../../app/api/api-server.ts";
import { pullRequestWorkflow } from "../../app/api/issuer.ts";
import { ledgerContract } from "../../contracts/ledger.ts";
import { type Bench, event, production } from "../../contracts/ledger-bench.ts";
import { startAnswering } from "./answering.ts";

const repository = "octo-org/shop";
let server: ApiServer;
beforeAll(async () => {
  server = await startApi({ requestsPerMinute: 1_000_000 });
});
afterAll(() => server.close());

async function appBench(): Promise<Bench> {
  await server.database.query("delete from ledger_events where true", []);
  return {
    open: async () => appLedger({ url: server.url, repository, token: () => server.jobToken() }),
    tamper: async (stream, change) => {
      const rows = await server.database.query(
        "select sequence, line from ledger_events where stream = $1 order by sequence",
        [stream],
      );
      const path = (sequence: unknown) => `0000000/${String(sequence).padStart(9, "0")}.jsonl`;
      const files = new Map(rows.map(({ sequence, line }) => [path(sequence), `${line}\n`]));
      change(files);
      await server.database.query("delete from ledger_events where stream = $1", [stream]);
      for (const [name, text] of files) {
        await server.database.query(
          `insert into ledger_events (repository, stream, sequence, hash, kind, actor, at, line)
           values ($1, $2, $3, '', 'outcome', '', now(), $4)`,
          [repository, stream, Number(name.slice(8, 17)), text.replace(/\n$/, "")],
        );
      }
    },
    close: async () => undefined,
  };
}

ledgerContract("the App's API", appBench, { writers: 8, processes: 0 });

describe("the App's ledger", () => {
  const open = (more: Partial<Parameters<typeof appLedger>[0]> = {}) =>
    appLedger({ url: server.url, repository, token: () => server.jobToken(), ...more });

  it("is read only for a workflow that a pull request can edit, and says so", async () => {
    const ledger = open({ token: () => server.jobToken({ job_workflow_ref: pullRequestWorkflow }) });
    await expect(ledger.append(production, [event()], null)).rejects.toMatchObject({
      reasonCode: "read-only-token",
      exitCode: 69,
      message: expect.stringContaining("because a pull request can edit it"),
    });
  });

  it.each([
    "http://deploy.example.com",
    "ftp://x",
    "https://a:b@example.com",
    "https://example.com/api",
    "x",
    "",
  ])("sends no token to %j", async (url) => {
    let given = 0;
    const token = async () => {
      given += 1;
      return "secret";
    };
    await expect(open({ url, token }).head(production)).rejects.toMatchObject({ reasonCode: "bad-ledger" });
    expect(given).toBe(0);
    const parsed = repositoryConfiguration.safeParse({ "schema-version": 1, ledger: { home: "app", url } });
    expect(parsed.success).toBe(false);
  });

  it.each([
    "https://deploy.example.com",
    "https://deploy.example.com:8443/",
    "http://127.0.0.1:3000",
    "http://[::1]:3000",
  ])("may be at %s", (url) => {
    const parsed = repositoryConfiguration.safeParse({ "schema-version": 1, ledger: { home: "app", url } });
    expect(parsed.success).toBe(true);
    expect(openLedger("app", { url, repository, token: async () => "" })).not.toBeNull();
  });

  it("is unavailable where nothing answers, and never says its token", async () => {
    const ledger = open({ url: "http://127.0.0.1:9", token: async () => "secret-token" });
    const error = await ledger.head(production).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reasonCode: "ledger-unavailable", exitCode: 69 });
    expect(String(error)).not.toContain("secret-token");
  });

  const sealed = seal(production, null, [event({ number: 0 }), event({ number: 1 })]);
  const edited = sealed.map((one) => ({ ...one, body: { number: 7 } }));
  it.each([
    [200, { stream: production, events: edited, head: null }, "hash"],
    [200, { stream: production, events: sealed.slice(1), head: null }, "sequence"],
  ])("believes no chain that an App made up (%i)", async (status, answer, kind) => {
    const app = await startAnswering([{ status, answer }]);
    expect((await open({ url: app.url }).read(production)).fault).toMatchObject({ kind });
    await app.close();
  });

  it.each([
    [201, { events: edited }],
    [201, { events: [] }],
    [200, "hello"],
    [500, { reason_code: "bug", detail: "x" }],
    [302, {}],
  ])("does not take %i %j for an append", async (status, answer) => {
    const app = await startAnswering([{ status, answer }]);
    await expect(open({ url: app.url }).append(production, [event()], null)).rejects.toMatchObject({
      reasonCode: "ledger-unavailable",
    });
    await app.close();
  });

  it("takes the decision of a run, whose token is made for the App's address", async () => {
    const runner = await startAnswering([{ status: 200, answer: { value: await server.jobToken() } }]);
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_URL", `${runner.url}/token`);
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret");
    const subject = {
      kind: "change" as const,
      owner: "octo-org",
      name: "shop",
      head: sha,
      baseBranch: "main",
      title: "A change",
      authorIsBot: false,
      readOnly: false,
      fromFork: false,
      trustedRun: true,
    };
    const configuration = repositoryConfiguration.parse({
      "schema-version": 1,
      ledger: { home: "app", url: server.url },
    });
    const client = new Octokit();
    const ledger = ledgerOfRun(client, subject, configuration);
    const { body } = decideMeasured({ schema_version: 1 }, [], shippedBundle("default"), {
      environment: "production",
      now: server.clock.now,
    });
    const moment = { actor: "octocat", decidedAt: server.clock.now.toISOString() };
    expect(await recordDecision(ledger, body, moment)).toEqual({ recorded: true, problems: [] });
    expect(await recordDecision(ledger, body, { ...moment, actor: "admin" })).toMatchObject({
      recorded: false,
      recordedReason: "read-only-token",
    });
    expect(runner.asked[0]?.url).toBe(`/token?audience=${encodeURIComponent(server.url)}`);
    expect(ledgerOfRun(client, { ...subject, readOnly: true }, configuration)).toBeNull();
    vi.unstubAllEnvs();
    await runner.close();
  });

  it("waits as a busy App asks, and goes on", async () => {
    const app = await startAnswering([
      { status: 429, answer: {}, headers: { "retry-after": "1" } },
      { status: 200, answer: { head: null } },
    ]);
    const began = performance.now();
    expect(await open({ url: app.url }).head(production)).toBeNull();
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(app.asked.map(({ authorization }) => authorization?.slice(0, 10))).toEqual([
      "Bearer eyJ",
      "Bearer eyJ",
    ]);
    await app.close();
  });
});
