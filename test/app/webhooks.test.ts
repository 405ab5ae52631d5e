import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signature } from "../../emulated/github/events/send.ts";
import { roundTrips } from "../../emulated/github/index.ts";
import { place, secret, startTestApp, type TestApp } from "./app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ latencyMs: 60 });
});
beforeEach(() => {
  app.decisions.length = 0;
  app.github.requests.length = 0;
});
afterAll(() => app.close());

const comments = (number: number) =>
  [...app.github.repository(place).comments.values()].filter((comment) => comment.number === number);
const checks = () =>
  [...app.github.repository(place).checkRuns.values()].filter((one) => one.name === "adaptive-deploy/risk");

describe("the App on a pull request", () => {
  test("writes one comment and one check, in two round trips beside its token, and updates in place", async () => {
    const { number } = app.sample.pulls.middle;
    expect(await app.deliver("middle")).toBe(202);
    await app.decided(1);
    expect(comments(number)).toHaveLength(1);
    expect(comments(number)[0]?.body).toContain("<!-- adaptive-deploy:risk:v1 -->");
    expect(checks()).toHaveLength(1);
    expect(app.decisions[0]?.strategy).toBe("canary");
    const work = app.github.requests.filter((request) => !request.path.startsWith("/app"));
    expect(roundTrips(work)).toBeLessThanOrEqual(2);

    await app.deliver("middle", { action: "synchronize" });
    await app.decided(2);
    expect(comments(number)).toHaveLength(1);
    expect(checks()).toHaveLength(1);
    expect(app.github.violations()).toEqual([]);
  });

  test("handles a delivery once, however often it comes", async () => {
    const id = randomUUID();
    for (const _ of [1, 2, 3]) expect(await app.deliver("low", { id })).toBe(202);
    await app.decided(1);
    await app.deliver("high");
    await app.decided(2);
    expect(app.decisions).toHaveLength(2);
  });

  test("refuses an event that is signed with another secret, the one of Probot's default too", async () => {
    expect(await app.deliver("low", { secret: "development" })).toBe(401);
    expect(app.decisions).toEqual([]);
  });
});

type Sent = { body?: string; headers?: Record<string, string>; method?: string };
async function send({ body = "{}", headers = {}, method = "POST" }: Sent): Promise<number> {
  const response = await fetch(`${app.app.url}/webhooks`, {
    method,
    ...(method === "POST" ? { body } : {}),
    headers: {
      "x-github-delivery": randomUUID(),
      "x-github-event": "push",
      "x-hub-signature-256": signature(secret, body),
      ...headers,
    },
  });
  return response.status;
}

describe("what comes to /webhooks and is no delivery of ours", () => {
  test.each<[string, Sent, number]>([
    ["an event that nobody answers to", { headers: { "x-github-event": "star" } }, 202],
    ["a body that is not JSON", { body: "payload=%7B%7D" }, 400],
    ["no delivery id", { headers: { "x-github-delivery": "" } }, 400],
    ["a delivery id that is none", { headers: { "x-github-delivery": "'; drop table inbox" } }, 400],
    ["no signature", { headers: { "x-hub-signature-256": "" } }, 401],
    ["a signature of another body", { headers: { "x-hub-signature-256": signature(secret, "[]") } }, 401],
    [
      "another App's delivery",
      {
        headers: {
          "x-github-hook-installation-target-type": "integration",
          "x-github-hook-installation-target-id": "99",
        },
      },
      403,
    ],
    ["a question", { method: "GET" }, 405],
  ])("%s", async (_name, sent, status) => {
    expect(await send(sent)).toBe(status);
  });

  test("a body that is larger than GitHub's, or that does not say how large it is", async () => {
    const answer = (asked: object) =>
      fetch(`${app.app.url}/webhooks`, { method: "POST", ...asked }).then(({ status }) => status);
    expect(await answer({ body: new Blob(["{}"]).stream(), duplex: "half" })).toBe(413);
  });
});

test("says whether it lives, and whether it is ready", async () => {
  expect((await fetch(`${app.app.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${app.app.url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${app.app.url}/nothing`)).status).toBe(404);
});
