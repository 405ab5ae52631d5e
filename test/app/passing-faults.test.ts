import { expect, test } from "vitest";
import { isTransient } from "../../adapters/github/transient.ts";
import { redecide } from "../../app/redecide.ts";
import type { Fault } from "../../emulated/github/faults.ts";
import { worksOfFile } from "./each-work.ts";
import { shop, type TestWork } from "./work.ts";

/** One passing fault of GitHub's takes no valid approval away: what was written stays until GitHub answers. */
const open = worksOfFile();
let app: TestWork;

const roles = "defaults: { mode: enforced, approval: { from: 0 } }";
const team = "defaults: { mode: enforced, approval: { from: 0, approvers: { teams: [captains] } } }";
const permission = "repos/get-collaborator-permission-level";
const membership = "teams/get-membership-for-user-in-org";
const start = async (thresholds = roles): Promise<void> => {
  app = await open({ thresholds, teams: { "acme/captains": ["tess"] } });
  await app.say("tess", "/approve-risk tried on staging");
  await redecide(shop, 7, app.work);
  expect(written()).toContain("Approved by");
};
/** Comment and check, as they stand. */
const written = (): string =>
  JSON.stringify([
    [...app.github.repository(shop).comments.values()]
      .map(({ body }) => body)
      .filter((body) => body.includes(":risk:v1")),
    [...app.github.repository(shop).checkRuns.values()].map(({ status, conclusion, output }) => ({
      status,
      conclusion,
      output,
    })),
  ]);

const passing: [string, string, Fault][] = [
  ["502 to the permission", roles, { operation: permission, status: 502 }],
  ["HTML in place of the permission", roles, { operation: permission, kind: "garbage", status: 200 }],
  [
    "a secondary limit at the comment",
    roles,
    { operation: "issues/get-comment", kind: "secondary-rate-limit" },
  ],
  [
    "GraphQL's timeout at the people",
    roles,
    { operation: "graphql", mentions: "ApprovalPeople", kind: "errors" },
  ],
  ["a connection that broke at the team", team, { operation: membership, kind: "dropped" }],
  ["503 to the team", team, { operation: membership, status: 503 }],
];

test.each(passing)("%s: tried again, and what was written stays", async (_, thresholds, fault) => {
  await start(thresholds);
  const before = written();
  app.github.failNext(fault);
  const failed = await redecide(shop, 7, app.work).catch((error: unknown) => error);
  expect(isTransient(failed)).toBe(true);
  expect(written()).toBe(before);
  const again = await redecide(shop, 7, app.work);
  expect(again?.decision.approvals).toMatchObject([{ actor: "tess" }]);
});

test.each([
  ["403 to the permission", roles, permission, 403],
  ["403 to the team", team, membership, 403],
  ["404 to the comment", roles, "issues/get-comment", 404],
])("%s is GitHub's answer: the approval does not count", async (_, thresholds, operation, status) => {
  await start(thresholds);
  app.github.failNext({ operation, status });
  const decided = await redecide(shop, 7, app.work);
  expect(decided?.decision.approvals).toEqual([]);
  expect(written()).not.toContain("Approved by");
});

test("a fault at somebody who is not needed any more holds nothing up", async () => {
  await start();
  await app.say("rita", "/approve-risk looked as well");
  app.github.failNext({ path: "/repos/acme/shop/collaborators/rita/permission", status: 502 });
  const decided = await redecide(shop, 7, app.work);
  expect(decided?.decision.approvals.map(({ actor }) => actor)).toEqual(["tess"]);
});

test.each([
  [permission, "502"],
  [membership, "502"],
])("a command is not refused for a fault of %s, but tried again", async (operation) => {
  app = await open({ thresholds: team, teams: { "acme/captains": ["tess"] } });
  const comment = await app.write("tess", "/approve-risk tried on staging");
  app.github.failNext({ operation, status: 502 });
  await expect(app.hear(comment)).rejects.toSatisfy(isTransient);
  expect(app.reactions(comment)).not.toContain("-1");
  await app.hear(comment);
  expect(await app.events("approval")).toHaveLength(1);
});

test.each<[string, Fault]>([
  ["broke", { operation: "reactions/create-for-issue-comment", kind: "dropped" }],
  ["broke behind what was done", { operation: "reactions/create-for-issue-comment", kind: "lost" }],
])("a reaction whose connection %s is given all the same, and once", async (_, fault) => {
  app = await open({ thresholds: roles });
  const comment = await app.write("tess", "/approve-risk tried on staging");
  app.github.failNext(fault);
  await app.hear(comment);
  expect(app.reactions(comment)).toEqual(["eyes", "rocket"]);
});
