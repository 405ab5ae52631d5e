import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  eventsOf,
  permissionsOf,
  startingPermission,
  type Tier,
  tiers,
} from "../../../app/setup/permissions.ts";
import { startApp } from "../../../app/start.ts";
import { type EmulatedGitHub, startGitHub } from "../../../emulated/github/index.ts";
import { router } from "../../../emulated/github/router.ts";
import { routes } from "../../../emulated/github/routes/index.ts";
import { buildSampleRepository, type SampleRepository } from "../../../emulated/sample/index.ts";
import { freshDatabaseFolder } from "../../database.ts";

/** What the App asks of GitHub stands in its sources as literal routes; the emulator knows what each needs. */
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const root = join(import.meta.dirname, "../../..");
const folders = ["app", "adapters/github", "adapters/ledgers"];
const sources = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...folders], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file.endsWith(".ts"));

const asked = sources.flatMap((file) =>
  [
    ...readFileSync(join(root, file), "utf8").matchAll(/["`]((GET|POST|PUT|PATCH|DELETE) (\/[^"`\s]+))["`]/g),
  ].map(([, route = "", method = "", path = ""]) => ({ file, route, method, path })),
);
let folder: string;
let sample: SampleRepository;
let github: EmulatedGitHub;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "permissions-"));
  sample = await buildSampleRepository(folder);
  github = await startGitHub({
    repositories: [{ ...sample.repository, private: true }],
    users: sample.users,
    apps: [
      {
        slug: "adaptive-deploy",
        owner: "acme",
        permissions: permissionsOf("advise"),
        publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    ],
  });
});
afterAll(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

const ranks = { read: 1, write: 2, admin: 3 };
const find = router(routes);

function suffices(needs: readonly string[], permissions: Record<string, "read" | "write">): boolean {
  return (
    needs.length === 0 ||
    needs.some((need) => {
      const [name = "", level = "read"] = need.split(":");
      const has = permissions[name];
      const wanted = level === "admin" ? "admin" : level === "write" ? "write" : "read";
      return has !== undefined && ranks[has] >= ranks[wanted];
    })
  );
}

/** Ledger and history on a branch, a rollout's deployment and pull requests of our own are the Actions' own. */
const proposing = ["history", "git-revert", "branch", "proposal", "proposal-look", "proposal-older"].map(
  (name) => `adapters/github/${name}.ts`,
);
const tierOf = ({ file, method }: { file: string; method: string }): Tier =>
  file.startsWith("adapters/ledgers/") || proposing.includes(file)
    ? "propose"
    : method === "GET"
      ? "observe"
      : file.startsWith("app/gates/") || file === "adapters/github/rollout-mirror.ts"
        ? "gate"
        : "advise";

describe("the permissions of a tier", () => {
  const toRepositories = asked.filter(({ path }) => path.startsWith("/repos/"));
  test("the App's requests are found at all", () => expect(toRepositories.length).toBeGreaterThan(15));

  test.each(toRepositories.map((one) => [one.route, one] as const))("suffice for %s", (_, one) => {
    const match = find(one.method, one.path.replaceAll(/\{[^}]+\}/g, "1"));
    expect(match, `${one.file} asks for ${one.route}, which the emulator does not serve`).toBeDefined();
    const tier = tierOf(one);
    const starts: Record<string, "read" | "write"> = one.path.endsWith("/dispatches")
      ? { [startingPermission.name]: startingPermission.level }
      : {};
    expect(
      suffices(match?.route.needs ?? [], { ...permissionsOf(tier), ...starts }),
      `${one.file}: ${one.route} needs ${match?.route.needs.join(" or ")}, which ${tier} does not have`,
    ).toBe(true);
  });

  test("each has what the one before it has, and reads nothing less", () => {
    for (const [index, tier] of tiers.entries()) {
      const before = tiers[index - 1];
      if (before === undefined) continue;
      for (const [name, level] of Object.entries(permissionsOf(before)))
        expect(suffices([`${name}:${level}`], permissionsOf(tier)), `${tier} lost ${name}`).toBe(true);
      expect(eventsOf(tier)).toEqual(expect.arrayContaining(eventsOf(before)));
    }
  });

  test("observing writes nothing, and members are read only where teams approve", () => {
    expect(Object.values(permissionsOf("observe"))).not.toContain("write");
    expect(permissionsOf("propose")).not.toHaveProperty("members");
    expect(permissionsOf("observe", { teams: true })).toMatchObject({ members: "read" });
  });
});

test("an App of the tier advise comments and checks on a private repository, and is refused nothing", async () => {
  const folder = await freshDatabaseFolder();
  const app = await startApp({
    appId: String(github.world.apps.get("adaptive-deploy")?.id),
    privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    webhookSecret: "secret",
    baseUrl: github.url,
    database: { folder },
    host: "127.0.0.1",
    port: 0,
    demo: true,
  });
  try {
    const repository = github.repository("acme/shop");
    const pull = repository.pulls.get(sample.pulls.middle.number);
    if (!pull) throw new Error("The sample lacks a pull request.");
    const payload = await github
      .events("acme/shop")
      .as({ login: sample.pulls.middle.author, app: "adaptive-deploy" })
      .pullRequest(pull, "opened");
    const to = { url: `${app.url}/webhooks`, secret: "secret" };
    await github.sendEvent("pull_request", payload, { app: "adaptive-deploy", to });
    const own = () => [...repository.comments.values()].filter(({ number }) => number === pull.number);
    await vi.waitFor(() => expect(own()).toHaveLength(1), 15_000);
  } finally {
    await app.close();
    rmSync(folder, { recursive: true });
  }
  const operations = new Map(routes.map((one) => [one.operation, one.needs]));
  const asked = github.requests.filter(({ operation }) => operations.get(operation)?.length);
  expect(asked.length).toBeGreaterThan(2);
  for (const { operation, status } of asked) {
    expect(suffices(operations.get(operation) ?? [], permissionsOf("advise")), operation).toBe(true);
    expect(status, operation).not.toBe(403);
  }
  expect(github.violations()).toEqual([]);
});
