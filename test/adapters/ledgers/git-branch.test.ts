import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gitBranchLedger } from "../../../adapters/ledgers/git-branch.ts";
import { HeadMoved } from "../../../core/evidence/head-moved.ts";
import { serviceStream } from "../../../core/evidence/stream.ts";
import { ledgerContract } from "../../contracts/ledger.ts";
import { event, headOf } from "../../contracts/ledger-bench.ts";
import { type GitBench, git, localBench, remoteBench } from "./git-bench.ts";

ledgerContract("branches of a remote", remoteBench, { writers: 4, processes: 0, brief: true });
ledgerContract("branches of the repository itself", localBench, { writers: 4, processes: 0, brief: true });

const stream = serviceStream("production", "payments-api");
const branch = `adaptive-deploy/${stream}`;
const decision = event(
  {
    risk_score: 47,
    strategy: "canary",
    reason_code: "within-policy",
    reason: "thanks @octocat, fixes #12\nand more",
  },
  { kind: "decision" },
);

describe("the ledger on a branch over plain git", () => {
  let bench: GitBench;
  beforeEach(async () => {
    bench = await remoteBench();
  });
  afterEach(() => bench.close());

  it("reads well in git log, without mentioning or linking anything", async () => {
    const ledger = gitBranchLedger({ repository: await bench.clone(), remote: "origin" });
    const first = await ledger.append(stream, [decision], null);
    await ledger.append(stream, [event({ outcome: "healthy" }), event({ outcome: "done" })], headOf(first));
    expect((await git(bench.remote, "log", "--reverse", "--format=%s%n%an", branch)).split("\n")).toEqual([
      "decision: payments-api in production: 47 / 100 canary, within-policy, thanks octocat, fixes 12 and more",
      "adaptive-deploy",
      "outcome: payments-api in production: healthy and 1 more",
      "adaptive-deploy",
    ]);
    expect(await git(bench.remote, "log", "-1", "--format=%b", branch)).toContain("[skip ci]");
    expect(await git(bench.remote, "ls-tree", "-r", "--name-only", branch)).toBe(
      "0000000/000000000.jsonl\n0000000/000000001.jsonl\nREADME.md",
    );
    expect(await git(bench.remote, "rev-list", "--count", "--max-parents=0", branch)).toBe("1");
  });

  it("touches neither the work tree nor the index nor any branch of the checkout", async () => {
    const clone = await bench.clone();
    await writeFile(join(clone, "staged.txt"), "staged");
    await git(clone, "add", "staged.txt");
    await writeFile(join(clone, "untracked.txt"), "untracked");
    const before = await git(clone, "status", "--porcelain");
    const ledger = gitBranchLedger({ repository: clone, remote: "origin" });
    const first = await ledger.append(stream, [event()], null);
    await ledger.append(stream, [event()], headOf(first));
    await ledger.read(stream);
    expect(await git(clone, "status", "--porcelain")).toBe(before);
    expect(await git(clone, "for-each-ref", "refs/heads", "refs/tags")).toBe("");
  });

  it("appends from a shallow clone and from a bare repository", async () => {
    const seeded = await bench.clone();
    for (const number of [1, 2, 3])
      await git(seeded, "commit", "--quiet", "--allow-empty", "-m", `commit ${number}`);
    await git(seeded, "push", "--quiet", "origin", "HEAD:refs/heads/main");
    const first = await gitBranchLedger({ repository: seeded, remote: "origin" }).append(
      stream,
      [event()],
      null,
    );
    const shallow = join(bench.folder, "shallow");
    await git(bench.folder, "clone", "--quiet", "--depth=1", `file://${bench.remote}`, shallow);
    const second = await gitBranchLedger({ repository: shallow, remote: "origin" }).append(
      stream,
      [event()],
      headOf(first),
    );
    const bare = join(bench.folder, "bare.git");
    await git(bench.folder, "clone", "--quiet", "--bare", bench.remote, bare);
    await gitBranchLedger({ repository: bare, remote: bench.remote }).append(
      stream,
      [event()],
      headOf(second),
    );
    const chain = await gitBranchLedger({ repository: seeded, remote: "origin" }).read(stream);
    expect(chain.fault).toBeUndefined();
    expect(chain.events).toHaveLength(3);
  });

  it("goes on behind a commit that somebody made by hand, and leaves what is no event alone", async () => {
    const ledger = gitBranchLedger({ repository: await bench.clone(), remote: "origin" });
    const first = await ledger.append(stream, [event()], null);
    const person = await bench.clone();
    await git(person, "checkout", "--quiet", "-b", "notes", `origin/${branch}`);
    await writeFile(join(person, "NOTES.md"), "a note\n");
    await git(person, "add", "NOTES.md");
    await git(person, "commit", "--quiet", "-m", "a note");
    await git(person, "push", "--quiet", "origin", `HEAD:${branch}`);
    await ledger.append(stream, [event()], headOf(first));
    expect((await ledger.read(stream)).events).toHaveLength(2);
    expect(await git(bench.remote, "ls-tree", "--name-only", branch)).toContain("NOTES.md");
  });

  it("says that a hook refused, and tells a refusal from a lost race", async () => {
    const ledger = gitBranchLedger({ repository: await bench.clone(), remote: "origin" });
    const hook = join(bench.remote, "hooks", "pre-receive");
    await writeFile(hook, "#!/bin/sh\necho 'ledger branches are frozen' >&2\nexit 1\n");
    await chmod(hook, 0o755);
    const refused = ledger.append(stream, [event()], null);
    await expect(refused).rejects.toMatchObject({ reasonCode: "ledger-unavailable", exitCode: 69 });
    await expect(refused).rejects.toThrow("ledger branches are frozen");
    await writeFile(hook, "#!/bin/sh\necho 'permission denied' >&2\nexit 1\n");
    await expect(ledger.append(stream, [event()], null)).rejects.toMatchObject({
      reasonCode: "read-only-token",
    });
    await rm(hook);
    const first = await ledger.append(stream, [event()], null);
    const other = gitBranchLedger({ repository: await bench.clone(), remote: "origin" });
    await other.append(stream, [event()], headOf(first));
    await expect(ledger.append(stream, [event()], headOf(first))).rejects.toThrow(HeadMoved);
  });

  it("knows its own commit again where the answer to the push was lost", async () => {
    const ledger = gitBranchLedger({ repository: await bench.clone(), remote: "origin" });
    const hook = join(bench.remote, "hooks", "post-receive");
    await writeFile(hook, "#!/bin/sh\nkill -9 $PPID\n");
    await chmod(hook, 0o755);
    await ledger.append(stream, [event()], null);
    await rm(hook);
    expect((await ledger.read(stream)).events).toHaveLength(1);
  });

  it("shows no password in an error, and names what cannot be reached", async () => {
    const address = "http://user:hunter2@127.0.0.1:1/ledger.git";
    const read = gitBranchLedger({ repository: await bench.clone(), remote: address }).read(stream);
    await expect(read).rejects.toMatchObject({ reasonCode: "ledger-unavailable" });
    await expect(read).rejects.toThrow("http://127.0.0.1:1/ledger.git");
    await expect(read).rejects.not.toThrow("hunter2");
  });

  it.each([null, "origin"])("says what to do outside a repository (remote %s)", async (remote) => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    const read = gitBranchLedger({ repository: outside, remote }).read(stream);
    await expect(read).rejects.toThrow(/needs a git repository/);
    await expect(gitBranchLedger({ repository: join(outside, "gone"), remote }).read(stream)).rejects.toThrow(
      /git could not be started/,
    );
    await rm(outside, { recursive: true });
  });

  it("refuses a remote that git would take for an option", () => {
    expect(() => gitBranchLedger({ repository: ".", remote: "--upload-pack=true" })).toThrow("is no remote");
  });

  it("says which branch stands in the way", async () => {
    const repository = (await localBench()).remote;
    await git(repository, "commit", "--quiet", "--allow-empty", "-m", "first");
    await git(repository, "branch", "adaptive-deploy");
    const append = gitBranchLedger({ repository, remote: null }).append(stream, [event()], null);
    await expect(append).rejects.toThrow(/refs\/heads\/adaptive-deploy' exists/);
    await rm(join(repository, ".."), { recursive: true });
  });
});
