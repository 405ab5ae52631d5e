import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { fileLedger } from "../../adapters/ledgers/file.ts";
import { run } from "../../cli/shadow.ts";
import { type RolloutWorld, rolloutWorld, shop } from "../adapters/github/rollout-world.ts";
import {
  feedback,
  seasonEnd,
  streamsOf,
  type Told,
  versionOfPolicy,
} from "../core/learning/shadow/season.ts";
import { modelText } from "../made-model.ts";
import { commanded, repositoryWithChange } from "./command.ts";
import { withTerminal } from "./terminal.ts";

/** A season of two services in a real ledger of files, read as a person reads it. */

const folder = mkdtempSync(join(tmpdir(), "shadow-"));
const ledger = join(folder, "ledger");
const bundle = join(folder, "repo/.github/adaptive-deploy");
const calm = { probability: 0.06, rank: 40 };
const risky = { probability: 0.3, rank: 99 };
const season: Told[] = [
  ...Array.from(
    { length: 26 },
    (_, week): Told => ({ day: 7 * week, ends: "well", points: 20, model: calm }),
  ),
  { day: 30, ends: "failed", points: 20, model: risky },
  { day: 60, ends: "failed", points: 90, model: risky },
  { day: 70, ends: "disputed", points: 20, model: calm },
  { day: 250, ends: "pending", points: 20, model: risky },
  { day: 3, ends: "well", points: 20, model: calm, service: "search" },
];

beforeAll(async () => {
  mkdirSync(bundle, { recursive: true });
  writeFileSync(join(bundle, "policy-metadata.md"), "---\nname: team\nversion: '1'\nowner: team\n---\n");
  writeFileSync(join(bundle, "model.json"), modelText());
  const home = fileLedger({ folder: ledger });
  const said = [feedback("Too high: <img src=x onerror=alert(1)> only docs."), feedback("too low @everyone")];
  for (const [stream, events] of streamsOf(season, said)) await home.append(stream, events, null);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const where = [
  "--repo",
  join(folder, "repo"),
  "--now",
  new Date(seasonEnd * 1000).toISOString(),
  "--since",
  "400d",
];
const shadow = (words: string[] = [], environment: Record<string, string> = {}, from = ledger) =>
  withTerminal((terminal) => run([...where, "--folder", from, ...words], terminal), environment);

test("it tells what each would have held up, and that the state may rise", async () => {
  const { code, out } = await shadow();
  expect(code).toBe(0);
  expect(out).toContain("shop in production");
  expect(out).toContain(
    "2 of the 2 releases that failed would have needed a person's approval; the weights asked for 1.",
  );
  expect(out).toContain("Pending, and counted nowhere: 1 release");
  expect(out).toContain("Left out: 1 disputed by a person.");
  expect(out).toContain("→ It may rise to advisory: a pull request that sets model.state does it.");
  expect(out).toContain("search in production");
});

test("as JSON it is the document, of one service where one is named", async () => {
  const { out } = await shadow(["--json", "--service", "search"]);
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    ...{ schema_version: 1, kind: "adaptive-deploy/shadow", drift: null, undecided: 0 },
    model: { version: versionOfPolicy, labels: 1000 },
    // Drift is of the model, whichever service is asked about.
    calibration: { releases: 29, failures: 2 },
    services: [{ service: "search", releases: 1 }],
  });
});

test("as Markdown and as a page it holds what people wrote as text alone", async () => {
  const [markdown, page] = [join(folder, "r.md"), join(folder, "r.html")];
  await shadow(["--markdown", markdown, "--html", page]);
  const text = readFileSync(markdown, "utf8");
  expect(text).toContain("### `shop` in `production`");
  expect(text).toContain("[comment](https://github.com/octo-org/shop/pull/7#issuecomment-42)");
  expect(text).not.toMatch(/<img|(?<!`)@everyone/);
  const html = readFileSync(page, "utf8");
  expect(html).toContain("&lt;img src=x");
  expect(html).not.toMatch(/<img|<script/);
  expect(html.match(/<svg /g)).toHaveLength(4);
});

test("a ledger that was tampered with proves nothing", async () => {
  const copy = join(folder, "tampered");
  const home = fileLedger({ folder: copy });
  const [first] = streamsOf(season.slice(0, 2));
  if (first === undefined) throw new Error("There is no season.");
  await home.append(first[0], first[1], null);
  const chain = await home.read(first[0]);
  const file = chain.events[0]?.hash ?? "";
  const { readdirSync } = await import("node:fs");
  const path = readdirSync(copy, { recursive: true, encoding: "utf8" })
    .map((name) => join(copy, name))
    .find((name) => name.endsWith("l") && readFileSync(name, "utf8").includes(file));
  if (path === undefined) throw new Error("The events are in no file.");
  rmSync(path, { force: true });
  writeFileSync(path, "not an event\n");
  await expect(shadow([], {}, copy)).rejects.toMatchObject({ reasonCode: "ledger-tampered" });
});

test("decide hears of drift from the ledger of its own checkout", async () => {
  const repository = repositoryWithChange({
    ".github/adaptive-deploy.yml": "schema-version: 1\nledger: { home: file, folder: kept }\n",
    ".github/adaptive-deploy/policy-metadata.md": "---\nname: team\nversion: '1'\nowner: team\n---\n",
    ".github/adaptive-deploy/model.json": modelText(),
  });
  const asked = ["decide", "--base", "main", "--json", "--now", "2026-02-01T00:00:00Z"];
  const model = async () => JSON.parse((await commanded(asked, repository.folder)).out).model;
  expect(await model()).toMatchObject({ spoke: true, version: versionOfPolicy });
  const broken = Array.from(
    { length: 30 },
    (_, day): Told => ({ day: day - 200, ends: "failed", points: 20, model: calm }),
  );
  const home = fileLedger({ folder: join(repository.folder, "kept") });
  for (const [stream, events] of streamsOf(broken)) await home.append(stream, events, null);
  const after = await model();
  repository.dispose();
  expect(after).toMatchObject({ spoke: false, reason_code: "model-drifted" });
  expect(after.sentence).toContain("Of 30 releases 30 failed, where the model expected 1.8");
});

describe("on GitHub", () => {
  let world: RolloutWorld;
  beforeEach(async () => {
    world = await rolloutWorld({ issues: "write", contents: "write", pull_requests: "write" });
  });
  afterEach(async () => {
    expect(world.github.violations()).toEqual([]);
    await world.close();
  });
  const asJob = (...words: string[]) =>
    shadow([...words, "--repository", shop], { GITHUB_TOKEN: "job-token", GITHUB_API_URL: world.github.url });
  const repository = () => world.github.repository(shop);

  test("the report stands in one issue, which is rewritten", async () => {
    const first = await asJob("--issue");
    expect(first.note).toMatch(/The report stands in http\S+\/issues\/1\./);
    const again = await asJob("--issue", "--service", "search");
    expect(again.note).toContain("/issues/1.");
    const issues = [...repository().issues.values()];
    expect(issues).toHaveLength(1);
    expect(issues[0]?.labels).toEqual(["adaptive-deploy-shadow"]);
    expect(issues[0]?.body).toMatch(/^<!-- adaptive-deploy:report:shadow -->\n## Shadow report/);
    expect(issues[0]?.body).not.toContain("`shop` in");
  });

  test("another state is proposed, once, and never set", async () => {
    const first = await asJob("--propose");
    expect(first.note).toMatch(/pull\/1 proposes it/);
    expect((await asJob("--propose")).note).toMatch(/pull\/1 proposes it/);
    const pulls = [...repository().pulls.values()];
    expect(pulls).toHaveLength(1);
    expect(pulls[0]).toMatchObject({ state: "open", title: "Model of risk: another state for shop" });
    expect(pulls[0]?.body).toContain("Merging this is the sign-off");
    const path = ".github/adaptive-deploy/thresholds-and-windows.yaml";
    const { execFileSync } = await import("node:child_process");
    const git = (ref: string) =>
      execFileSync("git", ["-C", repository().git.folder, "show", `${ref}:${path}`], {
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(parse(git(pulls[0]?.headRef ?? "")).scopes.at(-1)).toEqual({
      match: { service: "shop", environment: "production" },
      model: { state: "advisory" },
    });
    expect(() => git("main")).toThrow();
  });

  test("without a token nothing is written", async () => {
    await expect(shadow(["--issue", "--repository", shop])).rejects.toMatchObject({ reasonCode: "no-token" });
  });
});
