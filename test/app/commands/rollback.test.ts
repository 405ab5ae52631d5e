import { describe, expect, test } from "vitest";
import { backAsked } from "../../../core/rollout/back-asked.ts";
import type { WorkflowRun } from "../../../emulated/github/state.ts";
import { worksOfFile } from "../each-work.ts";
import { shop, slug, type TestWork, type WorkOptions } from "../work.ts";
import { openRollout, urlOf } from "./rollout-work.ts";

const start = worksOfFile();
const workflow = `on:
  workflow_dispatch:
    inputs: { service: {}, environment: {}, reason: {} }
jobs: {}
`;
const configuration = "schema-version: 1\nrollback-workflow: back.yml\n";

async function withWorkflow(more: Partial<WorkOptions> = {}, text = workflow): Promise<TestWork> {
  const app = await start({
    files: { ".github/adaptive-deploy.yml": configuration, ".github/workflows/back.yml": text },
    ...more,
  });
  app.github.addToken("app-token", {
    app: slug,
    permissions: { contents: "read", issues: "write", pull_requests: "write", actions: "write" },
  });
  return app;
}
const runs = (app: TestWork): WorkflowRun[] => [...app.github.repository(shop).runs.values()];

test("/rollback of what is under way takes it back", async () => {
  const app = await start();
  const rollout = await openRollout(app);
  await rollout.watches();
  const comment = await app.say("tess", "/rollback pay production customers cannot pay");
  await app.hear(comment);
  expect(await rollout.words()).toEqual([
    { command: "abort", by: "tess", reason: "customers cannot pay", source: urlOf(app, comment) },
  ]);
  expect((await rollout.state()).turned).toMatchObject({ code: "aborted" });
  expect(app.replies()).toHaveLength(1);
  expect(app.replies()[0]).toContain("going back");
});

describe("/rollback where nothing is under way", () => {
  test("has the workflow started that the repository names, once, and stands in the ledger", async () => {
    const app = await withWorkflow();
    const rollout = await openRollout(app);
    await rollout.completes();
    const comment = await app.say("tess", "/rollback pay production customers cannot pay");
    await app.hear(comment);
    expect(runs(app)).toMatchObject([
      {
        ...{ event: "workflow_dispatch", path: ".github/workflows/back.yml", headBranch: "main" },
        inputs: { service: "pay", environment: "production", reason: "customers cannot pay" },
      },
    ]);
    expect(app.replies()).toHaveLength(1);
    expect(app.replies()[0]).toContain("`back.yml` was started");
    const { events } = await app.work.ledger(shop).read(rollout.stream);
    expect(backAsked(events)?.body).toMatchObject({ by: "tess", source: urlOf(app, comment) });
    expect((await rollout.state()).doing).toMatchObject({ outcome: "completed" });
    expect(await rollout.words()).toHaveLength(1);
  });

  test("asked for by two people stands there for each, once, and an old comment takes nothing back later", async () => {
    const app = await withWorkflow();
    const rollout = await openRollout(app);
    await rollout.completes();
    const comments = [
      await app.say("tess", "/rollback pay production back"),
      await app.say("ben", "/rollback pay production yes, back"),
    ];
    const later = await openRollout(app, { rollout: "ro_000000000002" });
    for (const comment of comments) await app.hear(comment);
    expect((await rollout.words()).map(({ by }) => by)).toEqual(["tess", "ben"]);
    expect(await later.words()).toEqual([]);
    expect(runs(app)).toHaveLength(2);
  });

  test("a start whose answer was lost is not repeated", async () => {
    const app = await withWorkflow();
    await (await openRollout(app)).completes();
    const comment = await app.write("tess", "/rollback pay production back");
    app.github.failNext({ operation: "actions/create-workflow-dispatch", kind: "lost" });
    await expect(app.hear(comment)).rejects.toThrow();
    await app.database.query("update effects set intended_at = now() - interval '1 minute'");
    await app.hear(comment);
    expect(runs(app)).toHaveLength(1);
    expect(app.replies()).toHaveLength(1);
  });

  test("says plainly that nothing moves where no workflow is named", async () => {
    const app = await start();
    await (await openRollout(app)).completes();
    const comment = await app.say("tess", "/rollback pay production back");
    expect(app.replies()[0]).toContain("nothing-started");
    expect(app.replies()[0]).toContain("`rollback-workflow`");
    expect(app.replies()[0]).toContain("stands in the ledger");
    expect(app.replies()[0]).toContain("Until then nothing moves");
    expect(app.reactions(comment)).toEqual(["eyes", "-1"]);
  });

  test.each([
    ["the App may not start any", "actions: write", undefined, false],
    ["it does not take the inputs", "workflow\\_dispatch", "on: { workflow_dispatch: {} }\n", true],
    ["it is not started by hand", "inputs service", "on: push\n", true],
  ])("says why where %s", async (_, sentence, text, mayStart) => {
    const app = await withWorkflow({}, text);
    if (!mayStart)
      app.github.addToken("app-token", {
        app: slug,
        permissions: { contents: "read", issues: "write", pull_requests: "write", actions: "read" },
      });
    await (await openRollout(app)).completes();
    await app.say("tess", "/rollback pay production back");
    expect(runs(app)).toEqual([]);
    expect(app.replies()[0]?.replaceAll("`", "")).toContain(sentence.replace("\\_", "_"));
  });

  test("of a service that nobody knows is refused", async () => {
    const app = await withWorkflow();
    await app.say("tess", "/rollback pya production back");
    expect(app.replies()[0]).toContain("Nothing is known of pya");
    expect(runs(app)).toEqual([]);
  });

  test("by one who may not write is refused", async () => {
    const app = await withWorkflow();
    const rollout = await openRollout(app);
    await rollout.completes();
    await app.say("olga", "/rollback pay production back");
    expect(app.replies()[0]).toContain("no-permission");
    expect(runs(app)).toEqual([]);
    expect(await rollout.words()).toEqual([]);
  });

  test("needs to say what, where and why", async () => {
    const app = await withWorkflow();
    await app.say("tess", "/rollback pay");
    await app.say("tess", "/rollback pay production");
    expect(app.replies()[0]).toContain("missing-place");
    expect(app.replies()[1]).toContain("missing-reason");
  });
});
