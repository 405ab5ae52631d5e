import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addToken } from "../../emulated/github/build-state.ts";
import { place, secret, slug, startTestApp, type TestApp } from "./app.ts";

/** From what a maintainer types to the comment, the check and the ledger: the whole App, as GitHub would meet it. */
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  for (const login of ["maria", "ben"]) addToken(app.github.world, `${login}-token`, { user: login });
});
afterAll(() => app.close());

async function say(login: string, body: string): Promise<void> {
  const { number } = app.sample.pulls.high;
  const response = await fetch(`${app.github.url}/repos/${place}/issues/${number}/comments`, {
    method: "POST",
    headers: { authorization: `Bearer ${login}-token`, "content-type": "application/json" },
    body: JSON.stringify({ body }),
  });
  expect(response.status).toBe(201);
  const written = [...app.github.repository(place).comments.values()].at(-1);
  if (!written) throw new Error("The comment is not there.");
  const events = app.github.events(place).as({ login, app: slug });
  await app.github.sendEvent("issue_comment", events.issueComment(written), {
    to: { url: `${app.app.url}/webhooks`, secret },
  });
  await vi.waitFor(
    () => expect(written.reactions.map((one) => one.content)).toContain(login === "ben" ? "-1" : "rocket"),
    { timeout: 10_000 },
  );
}

const sticky = (): string =>
  [...app.github.repository(place).comments.values()].find(
    (one) => one.number === app.sample.pulls.high.number && one.body.includes("adaptive-deploy:risk:v1"),
  )?.body ?? "";

test("an approval is asked for, refused to the author, given by a maintainer, shown, and taken back", async () => {
  await app.deliver("high");
  await app.decided(1);
  expect(sticky()).toContain("approval");
  await say("ben", "/approve-risk mine");
  expect(app.decisions).toHaveLength(1);
  await say("maria", "/approve-risk The migration was rehearsed");
  await app.decided(2);
  expect(app.decisions.at(-1)?.approvals).toMatchObject([
    { actor: "maria", reason: "The migration was rehearsed", sha: app.decisions[0]?.subject.head },
  ]);
  expect(sticky()).toContain("Approved by");
  await say("maria", "/revoke-approval");
  await app.decided(3);
  expect(app.decisions.at(-1)?.approvals).toEqual([]);
  expect(sticky()).not.toContain("Approved by");
  expect(app.github.violations()).toEqual([]);
});
