import { describe, expect, test } from "vitest";
import type { Timer } from "../../app/ports.ts";
import { redecide } from "../../app/redecide.ts";
import { onPush } from "../../app/webhooks/push.ts";
import { commitFiles, type Files, git } from "../emulated/small-repository.ts";
import { worksOfFile } from "./each-work.ts";
import { shop, type TestWork } from "./work.ts";

const open = worksOfFile();
let app: TestWork;

const thresholds = ".github/adaptive-deploy/thresholds-and-windows.yaml";
const asked = { kind: "settle", repository: shop, number: 7 };

/** Pushes to a branch of the repository, and tells whom that has looked at again. */
async function pushed(
  files: Files,
  { branch = "main", place = shop, more = {} }: { branch?: string; place?: string; more?: object } = {},
) {
  const folder = app.folder(place);
  git(folder, "checkout", "--quiet", "-B", branch);
  const before = git(folder, "rev-parse", "HEAD");
  const after = commitFiles(folder, "Edit", files);
  git(folder, "checkout", "--quiet", "main");
  const payload = await app.github.events(place).push({ branch, before, after });
  return heard({ ...payload, ...more });
}

async function heard(payload: unknown): Promise<Timer["payload"][]> {
  const timers: Timer[] = [];
  app.github.requests.length = 0;
  await onPush(payload, { ...app.work, later: async (timer) => void timers.push(timer) });
  for (const { lane, payload } of timers)
    expect(lane).toBe(payload.kind === "settle" ? `${payload.repository}#${payload.number}` : lane);
  return timers.map((timer) => timer.payload);
}

describe("a push to the default branch", () => {
  test("has open pull requests decided again where it touches the policy, and is nobody's business elsewhere", async () => {
    app = await open();
    expect(await pushed({ [thresholds]: "schema-version: 1\ndefaults: {}\n" })).toEqual([]);
    await redecide(shop, 7, app.work);
    expect(await pushed({ "src/other.ts": "other\n" })).toEqual([]);
    expect(await pushed({ ".github/CODEOWNERS": "* @rita\n" })).toEqual([asked]);
    expect(
      await pushed({ [thresholds]: "schema-version: 1\ndefaults: { approval: { from: 1 } }\n" }),
    ).toEqual([asked]);
    expect(await pushed({ [thresholds]: "no policy: [" })).toEqual([asked]);
    expect(await pushed({ ".github/adaptive-deploy.yml": null, "src/pay.ts": "3\n" })).toEqual([asked]);
  });

  test("of a folder that the configuration names, of another base that it lists, and of a feature branch", async () => {
    const configuration = "schema-version: 1\npolicy: ci/policy\npolicy-bases: [release]\n";
    app = await open({
      files: {
        ".github/adaptive-deploy.yml": configuration,
        "ci/policy/thresholds-and-windows.yaml": "schema-version: 1\ndefaults: {}\n",
      },
    });
    await redecide(shop, 7, app.work);
    const edit = {
      "ci/policy/thresholds-and-windows.yaml": "schema-version: 1\ndefaults: { mode: shadow }\n",
    };
    expect(await pushed(edit)).toEqual([asked]);
    expect(await pushed({ [thresholds]: "x" }, { branch: "feature" })).toEqual([]);
    app.pull.baseRef = "release";
    expect(await pushed({ "src/a.ts": "1" }, { branch: "release" })).toEqual([]);
    expect(
      await pushed({ ...edit, "src/a.ts": "2", "ci/policy/metadata.md": "x" }, { branch: "release" }),
    ).toEqual([asked]);
  });

  test("whose files GitHub does not list may have changed the policy; a closed pull request stays closed", async () => {
    app = await open();
    await redecide(shop, 7, app.work);
    expect(await pushed({ "src/a.ts": "1" }, { more: { forced: true } })).toEqual([asked]);
    const many = Array.from({ length: 20 }, () => ({ added: [], modified: ["src/a.ts"], removed: [] }));
    expect(await pushed({ "src/a.ts": "2" }, { more: { commits: many } })).toEqual([asked]);
    expect(await pushed({ "src/a.ts": "3" }, { more: { commits: many.slice(1) } })).toEqual([]);
    expect(await pushed({ "src/a.ts": "4" }, { more: { forced: true, deleted: true } })).toEqual([]);
    const [head, base] = [app.head(), git(app.folder(shop), "rev-parse", "main")];
    Object.assign(app.pull, { state: "closed", frozen: { head, base } });
    expect(await pushed({ "src/a.ts": "5" }, { more: { forced: true } })).toEqual([]);
  });
});

test("a push to a ledger's branch has the rollout of that stream looked at, and nothing else", async () => {
  app = await open();
  const to = (branch: string) => pushed({ "events.jsonl": `${branch}\n` }, { branch });
  expect(await to("adaptive-deploy/production/pay")).toEqual([
    { kind: "rollout", repository: shop, stream: "production/pay" },
  ]);
  expect(await to("adaptive-deploy/changes")).toEqual([]);
  expect(await to("adaptive-deploy/history")).toEqual([]);
  expect(app.github.requests).toEqual([]);
});
