import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { peerOf } from "../../../app/api/rate.ts";
import { routes } from "../../../app/api/routes.ts";
import { createServiceToken } from "../../../app/api/service-tokens.ts";
import { eventKinds } from "../../../core/evidence/event.ts";
import { event } from "../../contracts/ledger-bench.ts";
import { type ApiServer, sha, startApi } from "./api-server.ts";
import { pullRequestWorkflow } from "./issuer.ts";

let server: ApiServer;
let token: string;
beforeAll(async () => {
  server = await startApi();
  token = await server.jobToken();
});
afterAll(() => server.close());

const repository = "octo-org/shop";
const facts = { repository, sha, facts: { schema_version: 1, tests: { total: 812, failed: 2 } } };
const production = "/v1/ledger/octo-org/shop/production%2Fpayments-api";

describe("facts", () => {
  it("are stored under their source, replaced by the same one, and looked at", async () => {
    const more = { schema_version: 1, tests: { total: 813, failed: 0 } };
    for (const body of [facts, { ...facts, facts: more }, { ...facts, label: "coverage" }]) {
      expect((await server.call("POST", "/v1/facts", { token, body })).status).toBe(201);
    }
    const rows = await server.database.query(
      "select repository, sha, source, trusted, body from facts order by source",
      [],
    );
    const source = "actions:octo-org/shop/.github/workflows/ci.yml@refs/heads/main";
    expect(rows).toEqual([
      { repository, sha, source, trusted: true, body: more },
      { repository, sha, source: `${source} #coverage`, trusted: true, body: facts.facts },
    ]);
    const waiting = await server.database.query(
      "select event, action, installation_id, repository, lane, payload from inbox where state = 'waiting'",
    );
    const looked = {
      ...{ event: "timer", action: "facts", installation_id: 7, repository, lane: `${repository}@${sha}` },
      payload: JSON.stringify({ kind: "facts", repository, sha }),
    };
    expect(waiting).toEqual([looked, looked, looked]);
  });

  it.each([
    [{ ...facts, sha: "main" }, "bad-request", /sha/],
    [{ ...facts, sha: sha.slice(0, 12) }, "bad-request", /sha/],
    [
      { ...facts, facts: { schema_version: 1, tests: { failed: -1 } } },
      "bad-request",
      /facts\.tests\.failed/,
    ],
    [{ ...facts, facts: { schema_version: 1, test: {} } }, "bad-request", /test/],
    [{ ...facts, trusted: true }, "bad-request", /trusted/],
    [
      { ...facts, facts: { schema_version: 1, change: { head: "f".repeat(40) } } },
      "facts-of-another-change",
      /head/,
    ],
    [
      { ...facts, facts: { schema_version: 1, change: { repository: "evil/shop" } } },
      "facts-of-another-change",
      /repository/,
    ],
    [{ ...facts, facts: { schema_version: 1, change: { title: "a\u0000b" } } }, "bad-text", /NUL/],
    [{ ...facts, facts: { schema_version: 1, change: { title: "\ud800" } } }, "bad-text", /half a character/],
    [[facts], "bad-request", /the body/],
  ])("that are no facts of that commit are refused: %j", async (body, reason, says) => {
    const got = await server.call("POST", "/v1/facts", { token, body });
    expect([got.status, got.json.reason_code]).toEqual([422, reason]);
    expect(got.json.detail).toMatch(says);
  });

  it("come from 50 sources a commit at most, and a pull request's leave room for the trusted", async () => {
    const other = { ...facts, sha: "f".repeat(40) };
    const pull = await server.jobToken({ workflow_ref: pullRequestWorkflow });
    const status = async (as: string, label: string) =>
      (await server.call("POST", "/v1/facts", { token: as, body: { ...other, label } })).status;
    for (let count = 0; count < 50; count += 1) expect(await status(pull, `l${count}`)).toBe(201);
    expect([await status(pull, "l50"), await status(pull, "l49"), await status(token, "l50")]).toEqual([
      422, 201, 201,
    ]);
  });

  it("stand together with the work that they make, or not at all", async () => {
    const failing = await startApi();
    await failing.database.query("alter table inbox rename to inbox_away");
    const got = await failing.call("POST", "/v1/facts", { token: await failing.jobToken(), body: facts });
    expect(got.status).toBe(500);
    expect(await failing.database.query("select 1 from facts")).toEqual([]);
    await failing.close();
  });
});

describe("decisions", () => {
  it("are those of the decision function, with what is known of the caller's standing", async () => {
    const body = { repository, head: sha, environment: "production", facts: facts.facts };
    const got = await server.call("POST", "/v1/decisions", { token, body });
    expect([got.status, got.json.actor, got.json.environment]).toEqual([201, "octocat", "production"]);
    const untrusted = await server.jobToken({ workflow_ref: pullRequestWorkflow });
    await server.call("POST", "/v1/decisions", { token: untrusted, body });
    expect(server.asked.map(({ trusted }) => trusted)).toEqual([true, false]);
    // Nobody's facts take the place of another's, nor of what the same job sends by itself.
    expect(server.asked.map(({ source }) => source)).toEqual([
      "actions:octo-org/shop/.github/workflows/ci.yml@refs/heads/main #decide",
      `actions:${pullRequestWorkflow} octo-org/shop/.github/workflows/ci.yml@refs/heads/main #decide`,
    ]);
  });

  it("take facts of this very commit, in text that can be kept", async () => {
    const ask = async (facts: Record<string, unknown>) => {
      const body = { repository, head: sha, facts: { schema_version: 1, ...facts } };
      const { status, json } = await server.call("POST", "/v1/decisions", { token, body });
      return [status, json.reason_code];
    };
    expect(await ask({ change: { title: "nul \u0000" } })).toEqual([422, "bad-text"]);
    expect(await ask({ change: { head: "f".repeat(40) } })).toEqual([422, "facts-of-another-change"]);
  });

  it("are of the token's own environment", async () => {
    const staging = await server.jobToken({ environment: "staging" });
    const body = { repository, head: sha };
    expect((await server.call("POST", "/v1/decisions", { token: staging, body })).json.environment).toBe(
      "staging",
    );
    const other = await server.call("POST", "/v1/decisions", {
      token: staging,
      body: { ...body, environment: "production" },
    });
    expect([other.status, other.json.reason_code]).toEqual([403, "other-environment"]);
  });

  it("are found by their name once they are in the ledger, by those of the repository alone", async () => {
    const body = { repository, head: sha, facts: facts.facts };
    const { json } = await server.call("POST", "/v1/decisions", { token, body });
    const { approvals: _, recorded: __, actor: ___, decided_at: ____, ...decision } = json;
    await sqlLedger(server.database, repository).append(
      "changes",
      [event(decision, { kind: "decision" })],
      null,
    );
    const path = `/v1/decisions/${json.decision_id}`;
    const got = await server.call("GET", path, { token });
    expect([got.status, got.json.decision_id, got.json.risk_score]).toEqual([
      200,
      json.decision_id,
      json.risk_score,
    ]);
    const other = await server.jobToken({ repository: "octo-org/till", repository_id: "1002" });
    expect((await server.call("GET", path, { token: other })).status).toBe(404);
    expect((await server.call("GET", `${path}?repository=octo-org/shop`, { token: other })).status).toBe(403);
    expect((await server.call("GET", "/v1/decisions/unheard", { token })).status).toBe(404);
    const about = {
      name: "audit",
      repository: "*",
      scopes: ["decisions:read"],
      days: 1,
      now: server.clock.now,
    };
    const everywhere = (await createServiceToken(server.database, about)).token;
    expect((await server.call("GET", path, { token: everywhere })).json.decision_id).toBe(json.decision_id);
    const escaping = await server.call("GET", `${path}?repository=../shop`, { token: everywhere });
    expect([escaping.status, escaping.json.reason_code]).toEqual([403, "not-installed"]);
  });
});

describe("the policy", () => {
  it("comes with its version", async () => {
    const { status, json } = await server.call("GET", "/v1/policies/octo-org/shop", { token });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      version: { name: "default", hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      documents: { thresholds: { "schema-version": 1 } },
    });
  });
});

describe("events", () => {
  const taken = ["lease", "intent", "result", "verdict", "outcome", "feedback"];
  const inFormAlone = ["rollout", "command", "observation", "quarantine", "notice"];

  it.each(eventKinds)("of the kind %s are taken or refused", async (kind) => {
    const body = { repository, stream: "production/payments-api", kind, body: { actor: "admin", sha } };
    const got = await server.call("POST", "/v1/events", { token, body });
    if (taken.includes(kind)) {
      expect([got.status, got.json.kind, got.json.actor]).toEqual([201, kind, "octocat"]);
      expect(got.json.at).toBe(server.clock.now.toISOString());
    } else if (inFormAlone.includes(kind)) {
      expect([got.status, got.json.reason_code]).toEqual([422, "bad-event"]);
    } else {
      expect([got.status, got.json.reason_code]).toEqual([403, "event-kind-refused"]);
      expect(got.json.detail).toContain(`"${kind}" is not taken here`);
    }
  });

  it.each(eventKinds.filter((kind) => !["decision", ...taken, ...inFormAlone].includes(kind)))(
    "of the kind %s are refused at the ledger itself, between others and with every scope",
    async (kind) => {
      const about = {
        name: "all",
        repository: "*",
        scopes: ["ledger:write", "ledger:read"],
        days: 1,
        now: server.clock.now,
      };
      const service = (await createServiceToken(server.database, about)).token;
      const { json } = await server.call("GET", `${production}/head`, { token });
      for (const one of [token, service]) {
        const body = { expected: json.head, events: [event(), event({}, { kind }), event()] };
        const got = await server.call("POST", production, { token: one, body });
        expect([got.status, got.json.reason_code]).toEqual([403, "event-kind-refused"]);
      }
      expect((await server.call("GET", `${production}/head`, { token })).json.head).toEqual(json.head);
    },
  );

  it("stay in the token's environment and under its actor's name", async () => {
    const staging = await server.jobToken({ environment: "staging" });
    const body = { repository, stream: "production/payments-api", kind: "outcome", body: {} };
    const wrong = await server.call("POST", "/v1/events", { token: staging, body });
    expect([wrong.status, wrong.json.reason_code]).toEqual([403, "other-environment"]);
    const right = await server.call("POST", "/v1/events", {
      token: staging,
      body: { ...body, stream: "staging/payments-api" },
    });
    expect(right.status).toBe(201);
    const forged = { expected: null, events: [event({}, { actor: "admin" })] };
    const got = await server.call("POST", "/v1/ledger/octo-org/shop/staging%2Fother", {
      token,
      body: forged,
    });
    expect([got.status, got.json.reason_code]).toEqual([403, "other-actor"]);
  });

  it.each(["nowhere", "..", "Production/api", ""])("of the stream %j are refused", async (stream) => {
    const body = { repository, stream, kind: "outcome", body: {} };
    const got = await server.call("POST", "/v1/events", { token, body });
    expect([got.status, got.json.reason_code]).toEqual([400, "bad-stream"]);
  });
});

describe("the ledger", () => {
  const path = "/v1/ledger/octo-org/shop/staging%2Fledger";
  const read = async (more = "") => (await server.call("GET", `${path}${more}`, { token })).json;

  it("is appended to behind the head that was seen, and read", async () => {
    const [one, two] = [event({ number: 1 }), event({ number: 2 })];
    const first = await server.call("POST", path, { token, body: { expected: null, events: [one, two] } });
    expect(first.status).toBe(201);
    expect(await read()).toMatchObject({ events: first.json.events, stream: "staging/ledger" });
    expect((await read("/head")).head).toMatchObject({ sequence: 1 });
    const late = await server.call("POST", path, { token, body: { expected: null, events: [event()] } });
    expect([late.status, late.json.reason_code]).toEqual([409, "head-moved"]);
    const { json } = await server.call("GET", "/v1/ledger/octo-org/shop/streams", { token });
    expect(json.streams).toContain("staging/ledger");
  });

  it("that was edited is read up to there, and takes nothing more", async () => {
    const { head } = await read("/head");
    await server.database.query(
      "update ledger_events set line = replace(line, '\"number\":2', '\"number\":3') where stream = $1",
      ["staging/ledger"],
    );
    expect(await read()).toMatchObject({ events: [{ sequence: 0 }], fault: { kind: "hash", sequence: 1 } });
    const got = await server.call("POST", path, { token, body: { expected: head, events: [event()] } });
    expect([got.status, got.json.reason_code]).toEqual([409, "ledger-tampered"]);
  });
});

describe("an Idempotency-Key", () => {
  const send = (key: string, body: unknown, as = token) =>
    server.call("POST", "/v1/events", { token: as, body, headers: { "idempotency-key": key } });
  const body = { repository, stream: "keys/api", kind: "outcome", body: { number: 1 } };

  it("gives the same answer to the same request, once", async () => {
    const first = await send("a", body);
    const again = await send("a", body);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.json).toEqual(first.json);
    expect([first.headers.get("idempotency-replayed"), again.headers.get("idempotency-replayed")]).toEqual([
      null,
      "true",
    ]);
    const { json } = await server.call("GET", "/v1/ledger/octo-org/shop/keys%2Fapi", { token });
    expect(json.events).toHaveLength(1);
  });

  it("is of one request: another body is refused, and another caller's key is another key", async () => {
    const got = await send("a", { ...body, body: { number: 2 } });
    expect([got.status, got.json.reason_code]).toEqual([422, "idempotency-key-reused"]);
    const other = await server.jobToken({ repository: "octo-org/till", repository_id: "1002" });
    expect(
      (await send("a", { ...body, repository: "octo-org/till" }, other)).headers.get("idempotency-replayed"),
    ).toBeNull();
  });

  it("is busy while the first request is answered, and one of many wins", async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => send("many", body)));
    const created = all.filter(({ status }) => status === 201);
    const hashes = new Set(created.map(({ json }) => json.hash));
    expect(hashes.size).toBe(1);
    for (const { status, json } of all)
      if (status !== 201) expect([status, json.reason_code]).toEqual([409, "request-in-progress"]);
    expect((await send("many", body)).json.hash).toBe([...hashes][0]);
  });

  it("keeps no failure, and ends after a day", async () => {
    expect((await send("b", { ...body, stream: "nowhere" })).status).toBe(400);
    expect((await send("b", body)).status).toBe(201);
    const before = server.clock.now;
    server.clock.now = new Date(before.getTime() + 25 * 60 * 60 * 1000);
    const late = await send("b", body, await server.jobToken());
    expect([late.status, late.headers.get("idempotency-replayed")]).toEqual([201, null]);
    server.clock.now = before;
  });

  it("of a request that failed is free at once, and busy until then", async () => {
    let died = (): void => undefined;
    const head = () =>
      new Promise<never>((_, fail) => {
        died = () => fail(new Error("killed"));
      });
    const stuck = await startApi({ ledger: () => ({ ...sqlLedger(stuck.database, repository), head }) });
    const keys = async () => await stuck.database.query("select key from idempotency_keys", []);
    const ask = async () =>
      await stuck.call("POST", "/v1/events", {
        token: await stuck.jobToken(),
        body,
        headers: { "idempotency-key": "c" },
      });
    const first = ask();
    await expect.poll(async () => (await keys()).length, { timeout: 15_000 }).toBe(1);
    expect((await ask()).json.reason_code).toBe("request-in-progress");
    died();
    expect((await first).status).toBe(500);
    expect(stuck.told).toEqual([expect.stringContaining("killed")]);
    expect((await ask()).status).toBe(201);
    expect(await keys()).toHaveLength(1);
    await stuck.close();
  });

  it("writes its event once, though the process died before the answer was kept", async () => {
    const { database } = server;
    let dies = true;
    const query: typeof database.query = async (sql, parameters) => {
      if (dies && sql.startsWith("update idempotency_keys set status")) throw new Error("killed");
      return await database.query(sql, parameters);
    };
    const { close: _, ...dying } = await startApi({ database: { ...database, query } });
    const ask = async () =>
      await dying.call("POST", "/v1/events", {
        token: await dying.jobToken(),
        body: { ...body, stream: "keys/died" },
        headers: { "idempotency-key": "e" },
      });
    expect((await ask()).status).toBe(500);
    expect((await ask()).json.reason_code).toBe("request-in-progress");
    dies = false;
    dying.clock.now = new Date(dying.clock.now.getTime() + 6 * 60_000);
    const [again, replayed] = [await ask(), await ask()];
    const { events } = await sqlLedger(database, repository).read("keys/died");
    expect(events).toHaveLength(1);
    expect([again.status, again.json]).toEqual([201, { ...events[0] }]);
    expect(replayed.json).toEqual(again.json);
    await dying.issuer.close();
  });

  it("writes its event once, though nobody knows what became of the first attempt", async () => {
    let unknown = true;
    const { database } = server;
    const ledger = (name: string) => {
      const real = sqlLedger(database, name);
      const append: typeof real.append = async (...given) => {
        const sealed = await real.append(...given);
        if (unknown) throw new Error("the connection broke after the commit");
        return sealed;
      };
      return { ...real, append };
    };
    const { close: _, ...odd } = await startApi({ ledger, database });
    const ask = async () =>
      await odd.call("POST", "/v1/events", {
        token: await odd.jobToken(),
        body: { ...body, stream: "keys/unknown" },
        headers: { "idempotency-key": "f" },
      });
    expect((await ask()).status).toBe(500);
    unknown = false;
    const again = await ask();
    const { events } = await sqlLedger(database, repository).read("keys/unknown");
    expect([again.status, again.json.hash]).toEqual([201, events[0]?.hash]);
    expect(events).toHaveLength(1);
    const behind = { expected: null, events: [event({ number: 1 }), event({ number: 2 })] };
    const append = async () =>
      await odd.call("POST", "/v1/ledger/octo-org/shop/keys%2Fbehind", {
        token: await odd.jobToken(),
        body: behind,
        headers: { "idempotency-key": "g" },
      });
    unknown = true;
    expect((await append()).status).toBe(500);
    unknown = false;
    const kept = await sqlLedger(database, repository).read("keys/behind");
    expect(await append()).toMatchObject({ status: 201, json: { events: kept.events } });
    expect(kept.events).toHaveLength(2);
    await odd.issuer.close();
  });

  it("of a request that died with its process is free again after two seconds", async () => {
    await send("d", body);
    await server.database.query("update idempotency_keys set status = null, answer = null where key = $1", [
      "d",
    ]);
    const before = server.clock.now;
    const statuses = [];
    for (const seconds of [1, 3]) {
      server.clock.now = new Date(before.getTime() + seconds * 1000);
      statuses.push((await send("d", body, await server.jobToken())).status);
    }
    server.clock.now = before;
    expect(statuses).toEqual([409, 201]);
  });
});

describe("limits", () => {
  it("hold for each caller alone, and say when to come again", async () => {
    const limited = await startApi({ requestsPerMinute: 3 });
    const mine = await limited.jobToken();
    const other = await limited.jobToken({ repository: "octo-org/till", repository_id: "1002" });
    const get = async (name: string, as: string) =>
      await limited.call("GET", `/v1/ledger/octo-org/${name}/streams`, { token: as });
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await get("shop", mine)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await get("shop", mine)).headers.get("retry-after")).toBe("20");
    expect((await get("till", other)).status).toBe(200);
    limited.clock.now = new Date(limited.clock.now.getTime() + 20_000);
    expect((await get("shop", mine)).status).toBe(200);
    await limited.close();
  });

  it("slow down whoever has no good token, and nobody who has one", async () => {
    const limited = await startApi({ failuresPerMinute: 3 });
    const good = await limited.jobToken();
    const get = async (as?: string) =>
      await limited.call("GET", "/v1/ledger/octo-org/shop/streams", as === undefined ? {} : { token: as });
    const statuses = [];
    for (const as of ["ad_wrong", undefined, good, "x.y.z", good, "ad_wrong", undefined, good])
      statuses.push((await get(as)).status);
    expect(statuses).toEqual([401, 401, 200, 401, 200, 429, 429, 200]);
    const late = await get("ad_wrong");
    expect([late.headers.get("retry-after"), late.json.reason_code]).toEqual(["20", "too-many-requests"]);
    limited.clock.now = new Date(limited.clock.now.getTime() + 20_000);
    expect((await get("ad_wrong")).status).toBe(401);
    await limited.close();
  });

  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8::5", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    [undefined, ""],
  ])("count %s as %s", (address, peer) => {
    expect(peerOf(address)).toBe(peer);
  });

  const mib = 1024 * 1024;
  it.each([
    ["/v1/events", mib],
    ["/v1/facts", 5 * mib],
  ])("of a body hold at %s, announced or not", async (path, limit) => {
    const raw = `"${"x".repeat(limit)}"`;
    const announced = await server.call("POST", path, { token, raw });
    expect([announced.status, announced.json.reason_code]).toEqual([413, "body-too-large"]);
    const fitting = await server.call("POST", path, { token, raw: `"${"x".repeat(limit - 2)}"` });
    expect(fitting.json.reason_code).toBe("bad-request");
    expect(await unannounced(path, limit)).toMatch(/^HTTP\/1.1 413 [\s\S]*body-too-large/);
  });

  it.each([
    ["text/plain", "{}", 415, "not-json"],
    ["application/json", "{", 400, "not-json"],
    ["application/json", "", 400, "not-json"],
    ["application/json; charset=utf-8", "{}", 422, "bad-request"],
    ["application/jsonp", "{}", 415, "not-json"],
    ["application/json", Uint8Array.of(0x22, 0xff, 0x22), 400, "not-json"],
    ["application/json", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, 422, "bad-request"],
  ])("a body has to be JSON: %s %.10s", async (type, raw, status, reason) => {
    const got = await server.call("POST", "/v1/events", { token, raw, headers: { "content-type": type } });
    expect([got.status, got.json.reason_code]).toEqual([status, reason]);
  });

  it("refuses a body that nests without end where any body would do", async () => {
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    const raw = `{"repository":"${repository}","stream":"changes","kind":"outcome","body":{"x":${deep}}}`;
    const got = await server.call("POST", "/v1/events", { token, raw });
    expect([got.status, got.json.reason_code]).toEqual([422, "bad-event"]);
  });
});

describe("docs/api.md", () => {
  const page = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => JSON.parse(text));
  const addresses = ["/v1/facts", "/v1/decisions", "/v1/events"];

  it("shows bodies that are taken, and a refusal as it is", async () => {
    expect(blocks).toHaveLength(4);
    for (const [index, path] of addresses.entries())
      expect((await server.call("POST", path, { token, body: blocks[index] })).status).toBe(201);
    const refused = { ...blocks[2], kind: "approval" };
    expect((await server.call("POST", "/v1/events", { token, body: refused })).json).toEqual(blocks[3]);
  });

  it("names every address with its scope", () => {
    for (const { path, scope } of routes) {
      expect(page).toContain(
        path.replace(/\/v1\/ledger\/\{owner\}\/\{repo\}\/\{stream\}(\/head)?$/, "…/{stream}$1"),
      );
      expect(page).toContain(`\`${scope}\``);
    }
  });
});

describe("a body that breaks off", () => {
  it("is no bug of ours", async () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    const begun = `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`;
    await new Promise<void>((resolve) => socket.write(begun, () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(server.told).toEqual([]);
  });
});

describe("addresses", () => {
  it("that are not the API's are left to others", async () => {
    const response = await fetch(`${server.url}/webhooks`);
    expect([response.status, response.headers.get("x-not")]).toEqual([404, "api"]);
  });

  it.each([
    ["GET", "/v1/nothing", 404],
    ["GET", "/v1/facts", 405],
    ["DELETE", production, 405],
    ["GET", "/v1/ledger/octo-org/%E0%A4%A/streams", 400],
    ["GET", "/v1/ledger/octo-org//streams", 404],
    ["GET", "/v1/policies/..%2f..%2fetc/passwd", 403],
  ])("%s %s is %i", async (method, path, status) => {
    expect((await server.call(method, path, { token })).status).toBe(status);
  });

  it("are all in the served document and were all asked with success here", () => {
    // Those of controllers are asked in test/app/analysis.
    for (const { method, path, status } of routes.filter(({ scope }) => scope !== "analysis:ask"))
      expect([...server.seen]).toContain(`${path} ${method} ${status}`);
  });
});

/** A body in chunks, whose length nobody said before. */
function unannounced(path: string, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    let text = "";
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("error", () => (text ? resolve(text) : reject(new Error("no answer"))));
    socket.on("close", () => resolve(text));
    const chunk = "x".repeat(64 * 1024);
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    for (let sent = 0; sent <= limit; sent += chunk.length) socket.write(`10000\r\n${chunk}\r\n`);
  });
}
