import { execFile } from "node:child_process";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { probe } from "../../scripts/probe/run.ts";
import { failures, table } from "../../scripts/probe/table.ts";
import { git, type SmallRepository, smallRepository } from "../emulated/small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;

beforeEach(async () => {
  repository = smallRepository();
  github = await startGitHub({
    repositories: [
      { owner: "acme", name: "scratch", folder: repository.folder, collaborators: { maria: "admin" } },
    ],
    tokens: {
      "maria-token": { user: "maria" },
      "job-token": {
        app: "github-actions",
        permissions: { contents: "write", checks: "write", pull_requests: "write", issues: "write" },
      },
    },
  });
});

afterEach(async () => {
  await github.close();
  repository.remove();
});

type Run = { code: number; out: string; err: string };

function script(args: string[], environment: Record<string, string>): Promise<Run> {
  const path = join(import.meta.dirname, "../../scripts/probe-github.ts");
  const { GITHUB_TOKEN: _token, ...env } = process.env;
  return new Promise((done) => {
    execFile(process.execPath, [path, ...args], { env: { ...env, ...environment } }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const client = (auth: string) => new Octokit({ auth, baseUrl: github.url, log });
const place = { owner: "acme", name: "scratch" };

describe("scripts/probe-github.ts", () => {
  it.each([
    ["without a token", ["--repository", "acme/scratch", "--yes"], {}, "GITHUB_TOKEN is not set"],
    ["without --yes", ["--repository", "acme/scratch"], { GITHUB_TOKEN: "t" }, "say --yes"],
    ["without a repository", ["--yes"], { GITHUB_TOKEN: "t" }, "--repository is missing"],
    [
      "of a repository without an owner",
      ["--repository", "scratch", "--yes"],
      { GITHUB_TOKEN: "t" },
      "is not owner/name",
    ],
    ["with an unknown flag", ["--repo", "acme/scratch"], { GITHUB_TOKEN: "t" }, "Unknown option '--repo'"],
  ])("refuses %s, and says how", async (_, args, environment, says) => {
    const { code, err } = await script([...args, "--api-url", github.url], environment);
    expect({ code, err }).toEqual({ code: 64, err: expect.stringContaining(says) });
    expect(err).toContain("Usage: GITHUB_TOKEN=…");
    expect(github.requests).toEqual([]);
  });

  it("prints a table and ends with 0 where the server is as expected", async () => {
    const { code, out, err } = await script(
      ["--repository", "acme/scratch", "--yes", "--api-url", github.url],
      { GITHUB_TOKEN: "maria-token" },
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^ok {7}HEAD in an expression is the default branch/);
    expect(out.trimEnd()).toMatch(/\n18 ok, 0 differ$/);
    expect(out + err).not.toContain("maria-token");
  });

  it("leaves no branch, no comment and no open pull request behind", async () => {
    await probe(client("maria-token"), place);
    const { pulls, comments } = github.repository("acme/scratch");
    expect(git(repository.folder, "for-each-ref", "--format=%(refname)", "refs/heads")).toBe(
      "refs/heads/main",
    );
    expect([...comments.values()]).toEqual([]);
    expect([...pulls.values()].map((pull) => pull.state)).toEqual(["closed"]);
  });

  it("expects a check run of a job's token, which is no person", async () => {
    const rows = await probe(client("job-token"), place);
    expect(rows.filter((row) => !row.same)).toEqual([]);
    expect(rows.at(-1)).toMatchObject({ seen: "done" });
  });

  it("says what differs, and still asks the rest and takes everything away", async () => {
    github.failNext({ operation: "git/create-tree", status: 502, times: 1 });
    const rows = await probe(client("maria-token"), place);
    expect(failures(rows)).toBe(1);
    expect(table(rows)).toMatch(/^differs {2}the ledger on a branch {2,}.* \(expected answers\)$/m);
    expect(git(repository.folder, "for-each-ref", "--format=%(refname)", "refs/heads")).toBe(
      "refs/heads/main",
    );
  });
});
