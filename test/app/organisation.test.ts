import { describe, expect, test } from "vitest";
import { redecide } from "../../app/redecide.ts";
import { onPush } from "../../app/webhooks/push.ts";
import { roundTrips } from "../../emulated/github/index.ts";
import { commitFiles, type Files, git } from "../emulated/small-repository.ts";
import { worksOfFile } from "./each-work.ts";
import { shop, type TestWork } from "./work.ts";

const open = worksOfFile();
let app: TestWork;

const source = "acme/.github";
const configuration = (text = "") => ({ ".github/adaptive-deploy.yml": `schema-version: 1\n${text}` });
const enforced = {
  ".github/adaptive-deploy/thresholds-and-windows.yaml":
    "schema-version: 1\ndefaults: { mode: enforced, approval: { from: 0 } }\n",
};
async function start(organisation: Files | undefined, files: Files = {}, latencyMs = 0): Promise<void> {
  app = await open({
    thresholds: null,
    files,
    latencyMs,
    ...(organisation === undefined ? {} : { organisation }),
  });
}
const decide = async () => (await redecide(shop, 7, app.work))?.decision;
const rows = async () => {
  const tables = ["ledger_events", "facts", "decisions", "effects"];
  const counts = await Promise.all(
    tables.map((table) => app.database.query(`select 1 as one from ${table}`)),
  );
  return counts.flat().length;
};

describe("a repository without a configuration", () => {
  test.each<[string, Files | undefined]>([
    ["none", undefined],
    ["a .github that says nothing", { "profile/README.md": "# Acme\n" }],
    ["one that speaks for others", configuration("repositories: [web-*]\n")],
    ["one that leaves it out", configuration('repositories: ["*", "!Shop"]\n')],
  ])("has nothing posted or stored by an organisation with %s", async (_, organisation) => {
    await start(organisation);
    expect(await decide()).toBeUndefined();
    const { comments, checkRuns } = app.github.repository(shop);
    expect([comments.size, checkRuns.size, await rows()]).toEqual([0, 0, 0]);
  });

  test("is decided by the organisation's bundle, in as many round trips, and the decision names it", async () => {
    await start({ ...configuration("environment: live\nrepositories: [sh*]\n"), ...enforced }, {}, 250);
    app.github.requests.length = 0;
    const decision = await decide();
    const commit = git(app.folder(source), "rev-parse", "HEAD");
    expect(decision).toMatchObject({
      environment: "live",
      mode: "enforced",
      needs_approval: true,
      policy_version: { repository: source, commit },
    });
    const [comment] = app.github.repository(shop).comments.values();
    expect(comment?.body).toContain("`acme/.github`");
    // The first asks for the pull request itself, which an event brings along.
    const asked = app.github.requests.filter(({ path }) => path !== `/repos/${shop}/pulls/7`);
    expect(asked.filter(({ path }) => path === "/graphql")).toHaveLength(1);
    expect(roundTrips(app.github.requests)).toBeLessThanOrEqual(3);
  });

  test("takes a folder of the organisation's repository, and a shipped bundle that it names", async () => {
    await start({
      ...configuration("policy: policies/strict\n"),
      "policies/strict/thresholds-and-windows.yaml": "schema-version: 1\ndefaults: { mode: enforced }\n",
    });
    expect(await decide()).toMatchObject({
      mode: "enforced",
      policy_version: { name: "strict", repository: source },
    });
    commitFiles(app.folder(source), "Regulate", configuration("policy: regulated\n"));
    expect(await decide()).toMatchObject({ policy_version: { name: "regulated", repository: source } });
  });

  test("hears which file is wrong", async () => {
    await start(configuration("polcy: regulated\n"));
    expect(await decide()).toBeUndefined();
    const [check] = app.github.repository(shop).checkRuns.values();
    expect(check?.output.summary).toMatch(
      /`acme\/\.github`: `\.github\/adaptive-deploy\.yml:2:1`: unknown key "polcy"/,
    );
  });

  test("is looked at again where the organisation's policy changes", async () => {
    await start({ ...configuration(), ...enforced });
    await decide();
    const before = git(app.folder(source), "rev-parse", "HEAD");
    const after = commitFiles(app.folder(source), "Regulate", configuration("policy: regulated\n"));
    const payload = await app.github.events(source).push({ branch: "main", before, after });
    const lanes: string[] = [];
    await onPush(payload, { ...app.work, later: async ({ lane }) => void lanes.push(lane) });
    expect(lanes).toEqual(["acme/shop#7"]);
  });
});

test("a configuration of its own wins whole: nothing of the organisation's is mixed in", async () => {
  await start({ ...configuration("environment: live\n"), ...enforced }, configuration());
  const decision = await decide();
  expect(decision).toMatchObject({ environment: "production", mode: "advisory" });
  expect(decision?.policy_version).not.toHaveProperty("repository");
});

test("only the organisation's default branch speaks, also for a base that has a bundle", async () => {
  await start({ ...configuration("policy-bases: [release]\n"), ...enforced });
  const folder = app.folder(shop);
  git(folder, "checkout", "--quiet", "-b", "release", "main");
  commitFiles(folder, "Mine", {
    ".github/adaptive-deploy/thresholds-and-windows.yaml": "schema-version: 1\ndefaults: { mode: shadow }\n",
  });
  git(folder, "checkout", "--quiet", "main");
  app.pull.baseRef = "release";
  expect(await decide()).toMatchObject({ mode: "enforced", policy_version: { repository: source } });
});
