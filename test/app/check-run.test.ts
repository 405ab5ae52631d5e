import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { onCheckRun } from "../../app/webhooks/check-run.ts";
import { freshDatabase } from "../database.ts";
import { shop, startWork, type TestWork } from "./work.ts";

let database: Database;
let app: TestWork;
beforeAll(async () => {
  database = await freshDatabase();
  app = await startWork({ database });
});
afterAll(async () => {
  expect(app.github.violations()).toEqual([]);
  await app.close();
  await database.close();
});

const press = (identifier: string) =>
  onCheckRun(
    {
      action: "requested_action",
      requested_action: { identifier },
      repository: { full_name: shop },
      check_run: { id: 1, head_sha: app.head(), pull_requests: [{ number: 7 }] },
    },
    app.work,
    app.identity,
  );
const said = (mark: string) =>
  [...app.github.repository(shop).comments.values()].filter(({ body }) =>
    body.startsWith(`<!-- adaptive-deploy:${mark}:`),
  );

test("Explain posts every point of the score, what would lower it and the policy, once", async () => {
  await press("explain");
  await press("explain");
  const [comment, ...more] = said("explanation");
  expect(more).toEqual([]);
  for (const words of ["### Points", "### Gates", "### Record", "typical here", " / 100"])
    expect(comment?.body).toContain(words);
  expect(comment?.body.length).toBeLessThan(65_536);
  // What it is, and not the approval's command.
  expect(comment?.body).not.toContain("/approve-risk <");
});

test("Approve posts the command, once", async () => {
  await press("approve");
  await press("approve");
  expect(
    said("how-to-approve").map(({ body }) => body.includes(`/approve-risk ${app.head()} <reason>`)),
  ).toEqual([true]);
});
