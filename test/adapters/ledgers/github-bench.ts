import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { githubBranchLedger } from "../../../adapters/ledgers/github-branch.ts";
import { type EmulatedGitHub, type GitHubOptions, startGitHub } from "../../../emulated/github/index.ts";
import type { Bench } from "../../contracts/ledger-bench.ts";
import { git, tamperWithBranch } from "./git-bench.ts";

export const repository = "acme/ledger";
export type GitHubBench = Bench & { github: EmulatedGitHub; folder: string; client(token?: string): Octokit };

/** The emulated GitHub on a real repository with one commit on main. */
export async function githubBench(options: Partial<GitHubOptions> = {}): Promise<GitHubBench> {
  const folder = await mkdtemp(join(tmpdir(), "ledger-"));
  const bare = join(folder, "remote.git");
  await git(folder, "init", "--quiet", "--bare", "--initial-branch=main", bare);
  await git(folder, "clone", "--quiet", bare, "seed");
  await git(join(folder, "seed"), "commit", "--quiet", "--allow-empty", "-m", "first");
  await git(join(folder, "seed"), "push", "--quiet", "origin", "HEAD:refs/heads/main");
  const github = await startGitHub({
    repositories: [{ owner: "acme", name: "ledger", folder: bare }],
    users: [{ login: "acme", type: "Organization" }],
    tokens: {
      writer: { app: "github-actions", permissions: { contents: "write" } },
      reader: { app: "github-actions", permissions: { contents: "read" } },
    },
    ...options,
  });
  const client = (token = "writer") =>
    new Octokit({ auth: token, baseUrl: github.url, log: { debug() {}, info() {}, warn() {}, error() {} } });
  return {
    github,
    folder,
    client,
    open: async () => githubBranchLedger({ client: client(), repository }),
    settings: async () => ({ home: "git-branch", repository, github: { url: github.url, token: "writer" } }),
    tamper: (stream, change) => tamperWithBranch(bare, stream, change),
    close: async () => {
      const violations = github.violations();
      await github.close();
      await rm(folder, { recursive: true, maxRetries: 3 });
      if (violations.length > 0) throw new Error(`GitHub's schema was broken: ${JSON.stringify(violations)}`);
    },
  };
}
