import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releaseTree } from "../../scripts/release-tree.ts";
import { commitFiles, git, type SmallRepository, smallRepository } from "../emulated/small-repository.ts";

/** The published command line: the bundle as npm would put it on a PATH. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-cli-"));
const cli = join(folder, "tree/cli/index.js");
let repository: SmallRepository;

beforeAll(async () => {
  await releaseTree(join(folder, "tree"));
  repository = smallRepository();
  git(repository.folder, "checkout", "--quiet", "-b", "change");
  commitFiles(repository.folder, "Migrate", { "db/migrations/1.sql": "drop table users;\n".repeat(900) });
});
afterAll(() => {
  repository.remove();
  rmSync(folder, { recursive: true, force: true });
});

type Ended = { code: number | null; out: string; err: string };

function run(words: string[], input?: string, node = process.execPath): Ended {
  const { status, stdout, stderr } = spawnSync(node, [cli, ...words], {
    cwd: repository.folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    ...(input === undefined ? {} : { input }),
  });
  return { code: status, out: stdout, err: stderr };
}

describe("adaptive-deploy", () => {
  it("says its version and its verbs", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(run(["--version"]).out).toBe(`adaptive-deploy ${version}\n`);
    for (const verb of ["decide", "score", "analyze", "judge", "collect", "policy", "ledger"])
      expect(run(["--help"]).out).toContain(`\n  ${verb}`);
  });

  it("decides in a checkout with nothing configured, the same way twice", () => {
    const words = ["decide", "--base", "main", "--json", "--now", "2026-03-02T12:00:00Z"];
    const first = run(words);
    expect(first.code, first.err).toBe(0);
    const decision = JSON.parse(first.out);
    expect(decision).toMatchObject({
      schema_version: 1,
      strategy: "blue-green",
      environment: "production",
      needs_approval: true,
    });
    expect(run(words).out).toBe(first.out);
    expect(run([...words, "--fail-on", "needs-approval"]).code).toBe(3);
  });

  it("runs where a person sees it, without colour in a pipe", () => {
    const { out, code } = run(["decide", "--base", "main"]);
    expect(code).toBe(0);
    expect(out).toContain("/ 100");
    expect(out).not.toContain("\u001b");
  });

  it("scores a stream, and names the line that is wrong", () => {
    const fact = (additions: number): string =>
      JSON.stringify({ schema_version: 1, diff: { files: 1, additions, deletions: 0 } });
    const good = run(["score", "--inputs", "-"], `${fact(1)}\n\n${fact(5000)}\n`);
    expect(good.code, good.err).toBe(0);
    const [small, large] = good.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).risk_score);
    expect(large).toBeGreaterThan(small);
    const bad = run(["score", "--inputs", "-"], `${fact(1)}\n${fact(-5)}\n`);
    expect(bad.code).toBe(65);
    expect(bad.err).toContain("standard input:2: diff.additions");
  });

  it.each([
    [["decied"], 64, "did you mean decide?"],
    [["decide", "--bsae", "main"], 64, "did you mean --base?"],
    [["decide", "--base", "no-such-branch"], 65, "no-such-branch"],
    [["decide", "--now", "yesterday"], 64, "ISO 8601"],
    [["score", "--inputs", "none.jsonl"], 65, "none.jsonl"],
    [["policy", "check", "no-such-folder"], 65, "no-such-folder"],
  ])("%j ends with %i and says why, without a stack trace", (words, code, said) => {
    const ended = run(words);
    expect([ended.code, ended.err]).toEqual([code, expect.stringContaining(said)]);
    expect(ended.err).not.toMatch(/\n\s+at /);
  });

  it("is found by npx in this checkout, as its bin is in the release", () => {
    const said = execFileSync("npx", ["--no-install", "adaptive-deploy", "--version"], {
      cwd: root,
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    expect(said).toBe(run(["--version"]).out);
  });

  it("installs from the release tree as a package does", () => {
    const home = mkdtempSync(join(folder, "install-"));
    writeFileSync(join(home, "package.json"), '{"private":true}\n');
    const options = {
      cwd: home,
      encoding: "utf8",
      shell: process.platform === "win32",
      stdio: "pipe",
    } as const;
    execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, "tree")], options);
    expect(execFileSync("npx", ["--no-install", "adaptive-deploy", "--version"], options)).toBe(
      run(["--version"]).out,
    );
  });
});

describe("the release on the oldest Node that it promises", () => {
  const oldest = (process.env.PATH ?? "")
    .split(delimiter)
    .map((place) => join(place, "node"))
    .find((path) => {
      const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
      return stdout?.startsWith("v20.");
    });
  it.runIf(oldest)("decides, scores and refuses as it does on the newest", () => {
    for (const words of [
      ["decide", "--base", "main", "--json", "--now", "2026-03-02T12:00:00Z"],
      ["policy", "check"],
      ["decied"],
    ]) {
      const [old, current] = [run(words, undefined, oldest), run(words)];
      expect(old).toEqual(current);
    }
  });
});
