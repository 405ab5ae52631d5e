import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gitBranchLedger } from "../../../adapters/ledgers/git-branch.ts";
import { branchOf } from "../../../core/evidence/stream.ts";
import type { Bench } from "../../contracts/ledger-bench.ts";
import { filesBelow, replaceFiles } from "./file-bench.ts";

const run = promisify(execFile);

/** Git as a person would run it, apart from the adapter's own way of calling it. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=Mallory", "-c", "user.email=mallory@example.com"];
  const { stdout } = await run("git", ["-C", folder, ...identity, ...args], { maxBuffer: 1 << 28 });
  return stdout.trim();
}

/** Pushes a commit that changes the stored files, as anybody could who may push. */
export async function tamperWithBranch(
  repository: string,
  stream: string,
  change: (files: Map<string, string>) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tamper-"));
  await git(folder, "clone", "--quiet", "--branch", branchOf(stream), repository, "clone");
  const clone = join(folder, "clone");
  const files = await filesBelow(clone);
  const events = new Map([...files].filter(([path]) => path.startsWith("0000000/")));
  change(events);
  await replaceFiles(
    join(clone, "0000000"),
    new Map([...events].map(([path, text]) => [path.slice(8), text])),
  );
  await git(clone, "add", "--all");
  await git(clone, "commit", "--quiet", "--message", "tidy up");
  await git(clone, "push", "--quiet", "origin", `HEAD:refs/heads/${branchOf(stream)}`);
  await rm(folder, { recursive: true });
}

export type GitBench = Bench & { folder: string; remote: string; clone(): Promise<string> };

export async function remoteBench(): Promise<GitBench> {
  const folder = await mkdtemp(join(tmpdir(), "ledger-"));
  const remote = join(folder, "remote.git");
  await git(folder, "init", "--quiet", "--bare", "--initial-branch=main", remote);
  let clones = 0;
  const clone = async () => {
    clones += 1;
    const path = join(folder, `clone-${clones}`);
    await git(folder, "clone", "--quiet", remote, path);
    return path;
  };
  return {
    folder,
    remote,
    clone,
    open: async () => gitBranchLedger({ repository: await clone(), remote: "origin" }),
    settings: async () => ({ home: "git-branch", folder: await clone() }),
    tamper: (stream, change) => tamperWithBranch(remote, stream, change),
    close: () => rm(folder, { recursive: true, maxRetries: 3 }),
  };
}

export async function localBench(): Promise<GitBench> {
  const folder = await mkdtemp(join(tmpdir(), "ledger-"));
  const remote = join(folder, "repository");
  await git(folder, "init", "--quiet", "--initial-branch=main", remote);
  return {
    folder,
    remote,
    clone: async () => remote,
    open: async () => gitBranchLedger({ repository: remote, remote: null }),
    settings: async () => ({ home: "git-branch", folder: remote, remote: null }),
    tamper: (stream, change) => tamperWithBranch(remote, stream, change),
    close: () => rm(folder, { recursive: true, maxRetries: 3 }),
  };
}
