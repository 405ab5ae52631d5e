import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { createServiceToken } from "../../../app/api/service-tokens.ts";
import type { EventKind } from "../../../core/evidence/event.ts";
import { commands } from "../../../core/rollout/events.ts";
import { event } from "../../contracts/ledger-bench.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { type ApiServer, sha, startApi } from "./api-server.ts";

let server: ApiServer;
let job: string;
let service: string;
beforeAll(async () => {
  server = await startApi();
  job = await server.jobToken();
  const scopes = ["ledger:write", "ledger:read", "events:write"] as const;
  const about = { name: "all", repository: "*", scopes: [...scopes], days: 1, now: server.clock.now };
  service = (await createServiceToken(server.database, about)).token;
});
afterAll(() => server.close());

const repository = "octo-org/shop";
const stream = "production/shop";
const address = "/v1/ledger/octo-org/shop/production%2Fshop";
const plan = planFor("v1", "v2", { repository });
const { rollout } = plan;
const command = (word: string) => ({ rollout, command: word, reason: "so", by: "maria" });
const quarantine = { digest: "v2", until: "2026-11-21T10:00:00Z", reason: "It is bad.", by: "maria" };

const send = async (kind: string, body: object, to = stream) => {
  const { status, json } = await server.call("POST", "/v1/events", {
    token: job,
    body: { repository, stream: to, kind, body },
  });
  return [status, json.reason_code];
};
/** The same between others, at the ledger itself. */
async function append(kind: EventKind, body: object, token: string) {
  const { json } = await server.call("GET", `${address}/head`, { token });
  const events = [event(), event({ ...body }, { kind })];
  const got = await server.call("POST", address, { token, body: { expected: json.head, events } });
  const after = await server.call("GET", `${address}/head`, { token });
  return { got, written: JSON.stringify(after.json.head) !== JSON.stringify(json.head) };
}

describe("events of a rollout", () => {
  it.each([
    ["rollout", { rollout, plan }],
    ["command", command("pause")],
    ["observation", { rollout, code: "changed-by-somebody", sentence: "Somebody changed it." }],
    ["notice", { rollout, notice: { kind: "page", code: "back-late", sentence: "It takes long." } }],
    ["quarantine", quarantine],
  ] as const)("of the kind %s are taken in their own form alone", async (kind, body) => {
    expect(await send(kind, body)).toEqual([201, undefined]);
    expect((await append(kind, body, service)).written).toBe(true);
    expect(await send(kind, { ...body, more: 1 })).toEqual([422, "bad-event"]);
    const [first = ""] = Object.keys(body);
    const without = { ...body, [first]: undefined };
    const wrong = await append(kind, without, service);
    expect([wrong.got.status, wrong.got.json.reason_code, wrong.written]).toEqual([422, "bad-event", false]);
  });

  it("is told to whoever watches over rollouts once it stands in the ledger, and never before", async () => {
    server.written.length = 0;
    await send("command", command("pause"));
    await append("command", command("abort"), service);
    await send("command", command("promote"));
    expect(server.written).toEqual([
      `${repository} ${stream} command`,
      `${repository} ${stream} outcome command`,
    ]);
  });

  it.each([
    ["another stream", { rollout, plan }, "staging/shop"],
    ["another repository", { rollout, plan: { ...plan, repository: "octo-org/till" } }, stream],
    ["another name", { rollout: "ro_ffffffffffff", plan }, stream],
  ])("a plan of %s is refused", async (_, body, to) => {
    expect(await send("rollout", body, to)).toEqual([422, "bad-event"]);
  });

  const forPeople = ["approve", "promote", "overrule", "resume", "retry"];

  it.each(commands)("the word %s is a person's where it lets a rollout go on", async (word) => {
    const isForPeople = forPeople.includes(word);
    expect(await send("command", command(word))).toEqual(
      isForPeople ? [403, "command-refused"] : [201, undefined],
    );
    for (const token of [job, service]) {
      const { got, written } = await append("command", command(word), token);
      expect([got.status, written]).toEqual(isForPeople ? [403, false] : [201, true]);
    }
  });

  it("keeps a version out for whoever may write, and lets it in for a person alone", async () => {
    const { until: _, ...lift } = quarantine;
    for (const token of [job, service]) {
      expect((await append("quarantine", quarantine, token)).written).toBe(true);
      const { got, written } = await append("quarantine", lift, token);
      expect([got.status, got.json.reason_code, written]).toEqual([403, "command-refused", false]);
    }
  });

  it("a job lifts a pause in the name of whoever started it, and in nobody else's", async () => {
    const own = { ...command("resume"), by: "octocat" };
    expect(await send("command", own)).toEqual([201, undefined]);
    expect(await send("command", { ...own, source: "comment 7 in octo-org/shop" })).toEqual([
      403,
      "command-refused",
    ]);
    expect((await append("command", own, service)).got.status).toBe(403);
  });

  it.each([
    ["lease", 403],
    ["rollout", 403],
    ["intent", 403],
    ["result", 403],
    ["verdict", 403],
    ["observation", 403],
    ["notice", 403],
    ["outcome", 403],
    ["command", 201],
  ])("a service token's %s is answered with %i", async (kind, expected) => {
    const body = kind === "command" ? command("pause") : { rollout };
    const { status, json } = await server.call("POST", "/v1/events", {
      token: service,
      body: { repository, stream, kind, body },
    });
    expect([status, json.reason_code]).toEqual([
      expected,
      expected === 403 ? "event-kind-refused" : undefined,
    ]);
  });

  it("an approval that the App wrote down is passed on for as long as it stands, and no other", async () => {
    const pointer = {
      ...{ kind: "comment", repository, id: 77, pull_request: 7, actor: "rita", base_branch: "main" },
      ...{ head_sha: sha, environment: "production" },
    };
    const ledger = sqlLedger(server.database, repository);
    const write = async (kind: "approval" | "revocation", body: object) =>
      await ledger.append(
        "changes",
        [event({ ...body }, { kind, actor: "rita" })],
        await ledger.head("changes"),
      );
    const approve = { ...command("approve"), by: "rita", source: `comment 77 in ${repository}` };
    await write("approval", { pointer, reason: "fine" });
    for (const other of [
      { ...approve, by: "ben" },
      { ...approve, by: "rita, ben" },
      { ...approve, source: `comment 78 in ${repository}` },
    ])
      expect(await send("command", other)).toEqual([403, "command-refused"]);
    expect(await send("command", approve, "staging/shop")).toEqual([403, "command-refused"]);
    expect(await send("command", approve)).toEqual([201, undefined]);
    expect((await append("command", approve, service)).written).toBe(true);
    const { kind, id } = pointer;
    await write("revocation", {
      pointer: { kind, repository, id },
      reason: "no",
      ...{ pull_request: 7, head_sha: sha },
    });
    expect(await send("command", approve)).toEqual([403, "command-refused"]);
  });
});
