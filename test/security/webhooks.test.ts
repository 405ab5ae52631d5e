import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { serve } from "../../app/server.ts";
import { signature } from "../../emulated/github/events/send.ts";
import { secret, slug } from "../app/app.ts";
import { appCheck, type Shops, startShops } from "../app/shops.ts";

/** What comes to the door and is no honest delivery of an installation of ours. */

let shops: Shops;
beforeAll(async () => {
  shops = await startShops(["acme", "other", "calm"], { own: { plain: {} } });
  await shops.pull("calm");
  await shops.decided("calm");
});
afterAll(() => shops.close());

async function post(body: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(shops.hook, {
    method: "POST",
    body,
    headers: {
      "x-github-delivery": randomUUID(),
      "x-github-event": "pull_request",
      "x-hub-signature-256": signature(secret, body),
      ...headers,
    },
  });
  return answer.status;
}

/** What the server says to the head of a request whose body never comes. */
function answerTo(headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(shops.hook);
  const start = "transfer-encoding" in headers ? "1\r\n{\r\n" : "{";
  const lines = Object.entries({
    host: "app",
    "x-github-delivery": randomUUID(),
    "x-github-event": "push",
    ...headers,
  });
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `POST /webhooks HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n${start}`,
      ),
    );
    socket.setTimeout(3000, () => socket.destroy(new Error("Nothing was answered.")));
    socket.once("data", (bytes) => {
      resolve(bytes.toString("utf8").split("\r\n", 1)[0] ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("refused before a body is read", () => {
  const forged = `sha256=${"0".repeat(64)}`;
  const megabytes = (count: number): string => String(count * 1024 * 1024);
  test.each<[string, Record<string, string>, string]>([
    ["more than GitHub sends", { "content-length": megabytes(26), "x-hub-signature-256": forged }, "413"],
    ["a length that is none", { "transfer-encoding": "chunked", "x-hub-signature-256": forged }, "413"],
    ["no signature", { "content-length": megabytes(20) }, "401"],
    [
      "a signature with SHA-1 alone",
      {
        "content-length": megabytes(20),
        "x-hub-signature": `sha1=${createHmac("sha1", secret).update("{").digest("hex")}`,
      },
      "401",
    ],
    [
      "another App's delivery",
      {
        "content-length": megabytes(20),
        "x-hub-signature-256": forged,
        "x-github-hook-installation-target-type": "integration",
        "x-github-hook-installation-target-id": "1",
      },
      "403",
    ],
  ])("%s", async (_what, headers, status) => {
    expect(await answerTo(headers)).toContain(` ${status} `);
  });
});

describe("a body that comes slowly", () => {
  test("holds up nobody", async () => {
    const { hostname, port } = new URL(shops.hook);
    const head = `POST /webhooks HTTP/1.1\r\nhost: app\r\nx-github-delivery: a\r\nx-github-event: push\r\nx-hub-signature-256: sha256=${"0".repeat(64)}\r\ncontent-length: 1000\r\n\r\n{`;
    const sockets = await Promise.all(
      Array.from(
        { length: 300 },
        () =>
          new Promise<Socket>((resolve) => {
            const socket = connect(Number(port), hostname, () => socket.write(head, () => resolve(socket)));
            socket.on("error", () => undefined);
          }),
      ),
    );
    expect(await post(JSON.stringify({ action: "closed" }), { "x-github-event": "star" })).toBe(202);
    for (const socket of sockets) socket.destroy();
  });

  test("is ended after a while", async () => {
    const served = await serve(
      { host: "127.0.0.1", port: 0 },
      {
        webhook: async (request, response) => {
          for await (const _ of request);
          response.end();
        },
        isReady: async () => true,
        warn: () => undefined,
      },
      { requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 50 },
    );
    const { hostname, port } = new URL(served.url);
    const told = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connect(Number(port), hostname, () =>
        socket.write("POST /webhooks HTTP/1.1\r\nhost: app\r\ncontent-length: 10\r\n\r\n{"),
      );
      socket.on("data", (bytes) => {
        text += bytes.toString("utf8");
      });
      socket.on("close", () => resolve(text));
    });
    expect(told).toContain("408");
    await served.close();
  });
});

describe("JSON that is signed and strange", () => {
  const repository = { full_name: "acme/shop" };
  const strange: [string, string, string, number][] = [
    [
      "two fields of one name",
      "pull_request",
      '{"action":"closed","action":"labeled","pull_request":{"number":1}}',
      202,
    ],
    [
      "fields of a prototype",
      "pull_request",
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"pull_request":{"number":1}}',
      202,
    ],
    [
      "a NUL in the action",
      "pull_request",
      JSON.stringify({ action: "opened\u0000", repository, pull_request: { number: 1 } }),
      202,
    ],
    [
      "a NUL in an environment",
      "deployment",
      JSON.stringify({ action: "created", repository, deployment: { environment: "a\u0000b" } }),
      202,
    ],
    [
      "half a pair in a ref",
      "push",
      '{"ref":"refs/heads/\\ud800","repository":{"full_name":"acme/shop"}}',
      202,
    ],
    ["a NUL outside of a text", "push", '{"ref":\u0000}', 400],
    ["a form", "push", "payload=%7B%7D", 400],
    ["50,000 brackets", "push", "[".repeat(50_000) + "]".repeat(50_000), 202],
    ["a number without end", "push", `{"ref":${"9".repeat(100_000)}}`, 202],
  ];
  test.each(strange)("%s", async (_what, event, body, status) => {
    // The honest one is stored at the same moment, in the same insert.
    const [answer, honest] = await Promise.all([
      post(body, { "x-github-event": event }),
      post(JSON.stringify({ action: "closed", repository, pull_request: { number: 7 } })),
    ]);
    expect([answer, honest]).toEqual([status, 202]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

test("an old delivery that is replayed is known, whatever it says now", async () => {
  const id = randomUUID();
  await shops.pull("other", "opened", id);
  await shops.decided("other");
  const count = shops.decisions.length;
  await shops.pull("other", "reopened", id);
  await shops.pull("calm", "reopened");
  await vi.waitFor(() => expect(shops.decisions).toHaveLength(count + 1), { timeout: 60_000 });
  expect(shops.decisions.at(-1)?.subject.repository).toBe("calm/shop");
});

test("of somebody else's repository nothing is read or written with an installation's token", async () => {
  const { github } = shops;
  const opened = github.repository("acme/shop").pulls.get(1);
  if (!opened) throw new Error("The pull request is not there.");
  const payload = await github.events("acme/shop").as({ login: "ben", app: slug }).pullRequest(opened);
  const asked = github.requests.length;
  await shops.send("pull_request", {
    ...payload,
    installation: { id: shops.installation("other"), node_id: "x" },
  });
  const page = () => fetch(`${shops.appUrl}/deliveries`).then((answer) => answer.text());
  await vi.waitFor(async () => expect(await page()).toContain("does not hold"), {
    timeout: 60_000,
    interval: 100,
  });
  const about = github.requests
    .slice(asked)
    .filter(({ path, body }) => `${path} ${JSON.stringify(body ?? "")}`.includes("acme"));
  expect(about).toEqual([]);
  expect(shops.comments("acme")).toEqual([]);
});

describe("a callback address", () => {
  test("gives a number: nothing is sent to its host", async () => {
    const heard: string[] = [];
    const elsewhere = createServer((request, response) => {
      heard.push(request.url ?? "");
      response.end("{}");
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const address = elsewhere.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const { github } = shops;
    const repository = github.repository("calm/shop");
    const sha = await repository.git.text(["rev-parse", "main"]);
    const client = { authorization: "Bearer maria-token", "content-type": "application/json" };
    await fetch(`${github.url}/repos/calm/shop/deployments`, {
      method: "POST",
      headers: client,
      body: JSON.stringify({
        ref: sha.trim(),
        environment: "production",
        auto_merge: false,
        required_contexts: [],
      }),
    });
    const deployment = [...repository.deployments.values()].at(-1);
    if (!deployment) throw new Error("No deployment was made.");
    const { id: run } = github.addRun("calm/shop", { headSha: sha.trim(), actor: "ben" });
    const events = github.events("calm/shop").as({ login: "ben", app: slug });
    const payload = await events.protectionRule({ run, environment: "production", deployment });
    await shops.send("deployment_protection_rule", {
      ...payload,
      deployment_callback_url: `http://127.0.0.1:${port}/repos/calm/shop/actions/runs/${run}/deployment_protection_rule`,
    });
    await vi.waitFor(() => expect(repository.runs.get(run)?.protectionAnswers).toHaveLength(1), {
      timeout: 60_000,
    });
    expect(heard).toEqual([]);
    await new Promise<void>((resolve) => elsewhere.close(() => resolve()));
  });
});

describe("commands that are none", () => {
  test.each([
    ["rita", "> /approve-risk quoted"],
    ["rita", "```\n/approve-risk in a block\n```"],
    ["rita", "~~~\n/approve-risk in a block\n~~~"],
    ["rita", "<!--\n/approve-risk hidden\n-->"],
    ["rita", "    /approve-risk indented"],
    ["rita", "please /approve-risk in a line"],
  ])("%s: %j is not heard", async (login, body) => {
    const written = await shops.say("calm", login, body);
    const after = await shops.say("calm", "maria", "/help");
    await vi.waitFor(() => expect(after.reactions).not.toEqual([]), { timeout: 60_000 });
    expect(written.reactions).toEqual([]);
  });

  test.each(["ben", "olga"])("%s, the author or an outsider, approves nothing", async (login) => {
    const written = await shops.say("calm", login, "/approve-risk mine");
    await vi.waitFor(() => expect(written.reactions.map(({ content }) => content)).toContain("-1"), {
      timeout: 60_000,
    });
  });
});

test("a repository that was never configured gets nothing, and nothing of it is kept", async () => {
  await shops.pull("plain");
  await shops.say("plain", "rita", "/approve-risk fine");
  await shops.say("plain", "rita", "/hold fine");
  await shops.pull("calm", "reopened");
  const count = shops.decisions.length;
  await vi.waitFor(() => expect(shops.decisions.length).toBeGreaterThan(count - 1));
  const { comments, checkRuns } = shops.github.repository("plain/shop");
  const database = await shops.stop();
  expect([...comments.values()].filter(({ user }) => user.login.startsWith(slug))).toEqual([]);
  expect([...checkRuns.values()].filter(({ name }) => name === appCheck)).toEqual([]);
  for (const table of ["decisions", "facts", "ledger_events"])
    expect(await database.query(`select * from ${table} where repository like 'plain/%'`), table).toEqual([]);
  expect(await database.query("select * from effects where key like '%plain%'")).toEqual([]);
  expect(await database.query("select * from ledger_events where kind in ('approval', 'hold')")).toEqual([]);
  expect(shops.github.violations()).toEqual([]);
});
