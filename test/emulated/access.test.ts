import { generateKeyPairSync } from "node:crypto";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { git, type SmallRepository, smallRepository } from "./small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const client = (auth?: string): Octokit =>
  new Octokit({ ...(auth ? { auth } : {}), baseUrl: github.url, log: quiet });
const open = { owner: "acme", repo: "shop" };
const closed = { owner: "acme", repo: "vault" };
const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

beforeEach(async () => {
  repository = smallRepository();
  const { folder } = repository;
  github = await startGitHub({
    repositories: [
      { owner: "acme", name: "shop", folder, collaborators: { maria: "admin", eve: "read" } },
      { owner: "acme", name: "vault", folder, private: true, collaborators: { maria: "admin" } },
    ],
    apps: [
      {
        slug: "deployer",
        id: 7,
        publicKey: keys.publicKey,
        permissions: { checks: "write", contents: "read" },
      },
    ],
    tokens: {
      maria: { user: "maria" },
      eve: { user: "eve" },
      "read-only": { app: "github-actions", permissions: { contents: "read" }, repositories: ["acme/shop"] },
    },
  });
});

afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  repository.remove();
});

const sha = (): string => git(repository.folder, "rev-parse", "main");

describe("tokens", () => {
  it("that nobody gave out are bad credentials", async () => {
    await expect(client("made-up").rest.repos.get(open)).rejects.toMatchObject({
      status: 401,
      response: { data: { message: "Bad credentials" } },
    });
  });

  it("without a permission are told which one it takes", async () => {
    const write = client("read-only").rest.checks.create({ ...open, name: "decide", head_sha: sha() });
    await expect(write).rejects.toMatchObject({
      status: 403,
      response: {
        data: { message: "Resource not accessible by integration" },
        headers: { "x-accepted-github-permissions": "checks=write" },
      },
    });
    const comment = client("read-only").rest.issues.createComment({ ...open, issue_number: 1, body: "x" });
    await expect(comment).rejects.toMatchObject({
      response: { headers: { "x-accepted-github-permissions": "issues=write; pull_requests=write" } },
    });
  });

  it("do not show a private repository to those outside it", async () => {
    for (const auth of [undefined, "eve", "read-only"])
      await expect(client(auth).rest.repos.get(closed)).rejects.toMatchObject({ status: 404 });
    expect((await client("maria").rest.repos.get(closed)).data.visibility).toBe("private");
    expect((await client().rest.repos.get(open)).data.full_name).toBe("acme/shop");
  });

  it("of readers write nothing", async () => {
    const make = client("eve").rest.git.createRef({ ...open, ref: "refs/heads/x", sha: sha() });
    await expect(make).rejects.toMatchObject({ status: 403 });
    await expect(
      client().rest.git.createRef({ ...open, ref: "refs/heads/x", sha: sha() }),
    ).rejects.toMatchObject({ status: 401 });
  });
});

describe("Apps", () => {
  const app = (privateKey: string): Octokit =>
    new Octokit({
      authStrategy: createAppAuth,
      auth: { appId: 7, privateKey },
      baseUrl: github.url,
      log: quiet,
    });

  it("sign themselves in and narrow their tokens", async () => {
    const octokit = app(keys.privateKey);
    expect((await octokit.rest.apps.getAuthenticated()).data?.slug).toBe("deployer");
    const installation = await octokit.rest.apps.getRepoInstallation(open);
    expect((await octokit.rest.apps.listInstallations()).data).toHaveLength(1);
    const id = { installation_id: installation.data.id };
    const { data } = await octokit.rest.apps.createInstallationAccessToken({
      ...id,
      repositories: ["shop"],
      permissions: { checks: "write" },
    });
    const made = await client(data.token).rest.checks.create({ ...open, name: "decide", head_sha: sha() });
    expect(made.data.app?.slug).toBe("deployer");
    await expect(client(data.token).rest.repos.get(closed)).rejects.toMatchObject({ status: 404 });
    const visible = await client(data.token).rest.apps.listReposAccessibleToInstallation();
    expect(visible.data.repositories.map((one) => one.name)).toEqual(["shop"]);
    const wider = octokit.rest.apps.createInstallationAccessToken({
      ...id,
      permissions: { issues: "write" },
    });
    await expect(wider).rejects.toMatchObject({ status: 422 });
  });

  it("are not let in with another key", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    await expect(app(String(other)).rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
  });
});
