import { expect, test } from "vitest";
import { redecide } from "../../app/redecide.ts";
import { commitFiles, git } from "../emulated/small-repository.ts";
import { worksOfFile } from "./each-work.ts";
import { shop, type TestWork } from "./work.ts";

const open = worksOfFile();
let app: TestWork;

const policy = ".github/adaptive-deploy/thresholds-and-windows.yaml";
const wrote = () => {
  const { checkRuns, comments } = app.github.repository(shop);
  return {
    checks: [...checkRuns.values()].map(({ conclusion }) => conclusion),
    comments: [...comments.values()].map(({ body }) => body.trim().split("\n")),
  };
};
const toShadow = () =>
  commitFiles(app.folder(shop), "Shadow", {
    [policy]: "schema-version: 1\ndefaults: { mode: shadow, approval: { from: 0 } }\n",
  });
function remove(): void {
  git(app.folder(shop), "rm", "--quiet", "-r", ".github");
  git(app.folder(shop), "commit", "--quiet", "-m", "Without");
}

test.each([
  ["a policy that goes to shadow", toShadow],
  ["a configuration that is removed", remove],
])("%s leaves no red check and one line", async (_, change) => {
  app = await open({ thresholds: "defaults: { mode: enforced, approval: { from: 0 } }" });
  await redecide(shop, 7, app.work);
  expect(wrote().checks).toEqual(["action_required"]);
  change();
  await redecide(shop, 7, app.work);
  await redecide(shop, 7, app.work);
  expect(wrote()).toEqual({
    checks: ["neutral"],
    comments: [["<!-- adaptive-deploy:risk:v1 -->", expect.stringContaining("nothing is asked here")]],
  });
});

test("where nothing stands, neither writes anything", async () => {
  app = await open({ thresholds: "defaults: { mode: shadow, approval: { from: 0 } }" });
  await redecide(shop, 7, app.work);
  remove();
  await redecide(shop, 7, app.work);
  expect(wrote()).toEqual({ checks: [], comments: [] });
});
