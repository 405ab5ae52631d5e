import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../../adapters/database/index.ts";
import { place, secret, slug, startSampleGitHub, type TestGitHub } from "../../app/app.ts";
import { startPostgres } from "../../postgres.ts";

/**
 * The App is killed at 200 random points while deliveries come, and started again each time. GitHub does not send a
 * delivery again by itself, so what was refused is sent again under its own id, as the sweep does.
 */
const kills = 200;
let world: TestGitHub;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
let child: ChildProcess | undefined;

beforeAll(async () => {
  postgres = await startPostgres();
  world = await startSampleGitHub(5);
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await world?.close();
  await postgres?.stop();
});

async function start(): Promise<string> {
  const { appId, privateKey } = world.credentials;
  const started = spawn(process.execPath, ["app/index.ts"], {
    env: {
      PATH: process.env.PATH,
      APP_ID: appId,
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: secret,
      DATABASE_URL: postgres.url,
      GITHUB_API_URL: world.github.url,
      HOST: "127.0.0.1",
      PORT: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = started;
  let said = "";
  return await new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const url = /takes webhooks at (http:\S+)\/webhooks/.exec(said)?.[1];
      if (url) resolve(url);
    };
    started.stdout.on("data", hear);
    started.stderr.on("data", hear);
    started.once("exit", () => reject(new Error(`The App ended before it listened: ${said.slice(-2000)}`)));
  });
}

/** Small and repeatable: a failure is found again by its seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

test(`nothing is lost and nothing doubled when the App is killed ${kills} times`, {
  timeout: 1_200_000,
}, async () => {
  const next = random(20_261_121);
  const repository = world.github.repository(place);
  const pulls = Object.values(world.sample.pulls);
  const refused: { id: string; number: number; author: string }[] = [];
  const sent: string[] = [];
  const send = async (url: string, id: string, number: number, author: string): Promise<void> => {
    const pull = repository.pulls.get(number);
    if (!pull) throw new Error(`There is no pull request ${number}.`);
    const payload = await world.github
      .events(place)
      .as({ login: author, app: slug })
      .pullRequest(pull, "synchronize");
    const delivery = await world.github.sendEvent("pull_request", payload, {
      to: { url, secret },
      deliveryId: id,
    });
    if (delivery.statusCode !== 202) refused.push({ id, number, author });
  };
  for (let kill = 0; kill < kills; kill += 1) {
    const url = await start();
    const sending = [...refused.splice(0), ...pulls.map((pull) => ({ ...pull, id: randomUUID() }))];
    for (const { id } of sending) if (!sent.includes(id)) sent.push(id);
    const delivered = Promise.all(
      sending.map(({ id, number, author }) => send(`${url}/webhooks`, id, number, author)),
    );
    await new Promise((resolve) => setTimeout(resolve, next() * 350));
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child?.kill("SIGKILL");
    await Promise.all([ended, delivered]);
  }
  const url = await start();
  for (const { id, number, author } of refused.splice(0)) await send(`${url}/webhooks`, id, number, author);
  const database = await openDatabase({ url: postgres.url });
  for (let turn = 0; turn < 600; turn += 1) {
    const [left] = await database.query("select count(*)::int as waiting from inbox where state = 'waiting'");
    if (left?.waiting === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const rows = await database.query(
    "select delivery_id, state, error from inbox where event = 'pull_request'",
  );
  await database.close();
  expect(rows.filter((row) => row.state !== "done")).toEqual([]);
  expect(new Set(rows.map((row) => row.delivery_id))).toEqual(new Set(sent));
  for (const { number } of pulls) {
    const ours = [...repository.comments.values()].filter(
      (one) => one.number === number && one.body.includes("adaptive-deploy:risk:v1"),
    );
    expect([number, ours.length]).toEqual([number, 1]);
  }
  const checks = [...repository.checkRuns.values()].filter((one) => one.name === "adaptive-deploy/risk");
  const heads = new Set(checks.map((one) => one.headSha));
  expect(heads.size).toBe(pulls.length);
  expect(checks).toHaveLength(pulls.length);
  expect(world.github.violations()).toEqual([]);
});
