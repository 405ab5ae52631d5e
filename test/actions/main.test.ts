import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyzeDeclaration } from "../../actions/analyze/declaration.ts";
import { decideDeclaration } from "../../actions/decide/declaration.ts";
import { noEffect, rolloutOf, steadyWorld } from "../../bench/analyze/world.ts";
import { exitCodes } from "../../core/errors.ts";
import { git } from "../emulated/small-repository.ts";
import { comments, type Shop, startShop } from "./shop.ts";

/** The entry files as a runner starts them: variables and files in, commands, files and an exit code out. */

type Left = { exitCode: number; text: string; output: string; summary: string };

let shop: Shop;
let number: number;
const folder = mkdtempSync(join(tmpdir(), "action-main-"));

beforeAll(async () => {
  shop = await startShop();
  shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
  number = await shop.open("change");
});
afterAll(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  verb: string,
  event: string,
  payload: unknown,
  more: Record<string, string> = {},
): Promise<Left> {
  const runner = await shop.github.events("acme/shop").writeFile(event, await shop.pullRequest(number));
  writeFileSync(runner.eventPath, typeof payload === "string" ? payload : JSON.stringify(payload));
  const main = fileURLToPath(new URL(`../../actions/${verb}/main.ts`, import.meta.url));
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, ...runner.env, ...more };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main],
      { env, cwd: more.GITHUB_WORKSPACE ?? folder },
      (error, out, stderr) => {
        const text = out + stderr;
        const read = (path: string): string => readFileSync(path, "utf8");
        const exitCode = error ? Number(error.code ?? 1) : 0;
        resolve({ exitCode, text, output: read(runner.files.output), summary: read(runner.files.summary) });
      },
    );
  });
}

/** What GITHUB_OUTPUT holds, as the runner reads it. */
function outputs(text: string): Map<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(ghadelimiter_\S+)\r?\n([\s\S]*?)\r?\n\2$/gm);
  return new Map([...found].map(([, name = "", , value = ""]) => [name, value]));
}

const token = { "INPUT_GITHUB-TOKEN": "job" };

describe("decide", () => {
  it("writes the outputs that are declared, the summary and the documents, and hides its token", async () => {
    const left = await start("decide", "pull_request", await shop.pullRequest(number), {
      ...token,
      INPUT_COMMENT: "true",
    });
    expect(left.text).toContain("::add-mask::job");
    expect(left.exitCode).toBe(exitCodes.go);
    const found = outputs(left.output);
    expect([...found.keys()]).toEqual(Object.keys(decideDeclaration.outputs));
    const decision = JSON.parse(readFileSync(found.get("decision") ?? "", "utf8"));
    expect(decision.decision_id).toBe(found.get("decision-id"));
    expect(left.summary).toContain(`${decision.risk_score} / 100`);
    expect(comments(shop)).toHaveLength(1);
  });

  it("takes an event of 10 MB", async () => {
    const payload = await shop.pullRequest(number);
    const big = { ...payload, filler: "x".repeat(10 * 1024 * 1024) };
    const left = await start("decide", "pull_request", big, token);
    expect(left.exitCode).toBe(exitCodes.go);
  });

  it.each([
    ["no token", {}, "{}", exitCodes.unavailable, "no-token", "github-token"],
    [
      "an event that is cut",
      token,
      '{"repository":',
      exitCodes.badInput,
      "bad-event",
      "cannot be read as JSON",
    ],
    [
      "an event that nobody knows",
      { ...token, GITHUB_EVENT_NAME: "watch" },
      "{}",
      exitCodes.usage,
      "unknown-event",
      "watch",
    ],
    [
      "no event at all",
      { ...token, GITHUB_EVENT_PATH: "" },
      "{}",
      exitCodes.usage,
      "no-event",
      "npx adaptive-deploy decide",
    ],
    [
      "a comment that is maybe",
      { ...token, INPUT_COMMENT: "maybe" },
      "{}",
      exitCodes.usage,
      "bad-input",
      "Allowed: true, false",
    ],
    [
      "a mode with a line break",
      { ...token, INPUT_MODE: "x\n::set-output name=allowed::true" },
      "{}",
      exitCodes.usage,
      "bad-input",
      "Allowed: shadow",
    ],
  ])(
    "%s ends in one red line, an exit code and a reason",
    async (_name, env, event, exitCode, reason, said) => {
      const left = await start("decide", "pull_request", event, env);
      expect(left.exitCode).toBe(exitCode);
      expect(outputs(left.output).get("reason-code")).toBe(reason);
      expect(left.text.split("\n").filter((line) => line.startsWith("::error::"))).toHaveLength(1);
      expect(left.text).toContain(said);
      expect(left.text).not.toMatch(/^::set-output|\n\s+at /m);
    },
  );
});

describe("collect", () => {
  it("writes what the checkout and its reports say, then decide takes it", async () => {
    const checkout = join(folder, "checkout");
    git(folder, "clone", "--quiet", shop.folder, checkout);
    git(checkout, "checkout", "--quiet", "origin/change");
    const junit =
      '<testsuite name="a" tests="2" failures="1"><testcase name="x"/><testcase name="y"><failure/></testcase></testsuite>';
    writeFileSync(join(checkout, "junit.xml"), junit);
    const payload = await shop.pullRequest(number);
    const env = {
      GITHUB_WORKSPACE: checkout,
      INPUT_HEAD: "HEAD",
      INPUT_REPORTS: "junit.xml",
      INPUT_BASE: "origin/main",
    };
    const collected = await start("collect", "pull_request", payload, env);
    expect(collected.exitCode, collected.text).toBe(exitCodes.go);
    const inputs = outputs(collected.output).get("inputs") ?? "";
    expect(JSON.parse(readFileSync(inputs, "utf8"))).toMatchObject({ tests: { total: 2, failed: 1 } });
    const build = outputs(collected.output).get("build-info") ?? "";
    expect(JSON.parse(readFileSync(build, "utf8"))).toMatchObject({
      schema_version: 1,
      commit: shop.tip("change"),
    });

    const decided = await start("decide", "pull_request", payload, { ...token, INPUT_INPUTS: inputs });
    expect(decided.exitCode, decided.text).toBe(exitCodes.go);
    const decision = JSON.parse(readFileSync(outputs(decided.output).get("decision") ?? "", "utf8"));
    expect(JSON.stringify(decision.contributors)).toContain("tests-failed");
  });

  it("without a token says what the history summary needs", async () => {
    const env = { GITHUB_WORKSPACE: join(folder, "checkout"), INPUT_HEAD: "HEAD", INPUT_HISTORY: "true" };
    const left = await start("collect", "pull_request", await shop.pullRequest(number), env);
    expect(left).toMatchObject({ exitCode: exitCodes.unavailable });
    expect(left.text).toContain("contents: write");
  });
});

describe("analyze", () => {
  const recorded = (errors: number): Record<string, string> => {
    const path = join(folder, `rollout-${errors}.jsonl`);
    writeFileSync(path, JSON.stringify(rolloutOf(steadyWorld, 1, "shop 1.5.0", { ...noEffect, errors })));
    return { ...token, INPUT_MEASUREMENTS: path };
  };

  it("writes the outputs that are declared, the summary and the documents, and fails on a rollback", async () => {
    const left = await start(
      "analyze",
      "workflow_dispatch",
      {},
      { ...recorded(4), "INPUT_TELEMETRY-TOKEN": "secret-1" },
    );
    expect(left.exitCode, left.text).toBe(exitCodes.blocked);
    for (const secret of ["job", "secret-1"]) expect(left.text).toContain(`::add-mask::${secret}`);
    const found = outputs(left.output);
    const ofLearning = ["history"];
    const declared = Object.keys(analyzeDeclaration.outputs).filter((name) => !ofLearning.includes(name));
    expect([...found.keys()].sort()).toEqual(declared.sort());
    expect(found.get("verdict")).toBe("rollback");
    const verdict = JSON.parse(readFileSync(found.get("verdict-json") ?? "", "utf8"));
    expect(verdict).toMatchObject({ verdict: "rollback", reason_code: found.get("reason-code") });
    expect(verdict.policy_version.commit).toBe("shipped");
    expect(left.summary).toContain("Roll back");
  });

  it("lets the step pass with a mild verdict, and says in one line what telemetry is missing", async () => {
    const mild = await start("analyze", "workflow_dispatch", {}, recorded(1));
    expect(mild.exitCode, mild.text).toBe(exitCodes.go);
    const live = {
      ...token,
      INPUT_SETS: "red-http",
      INPUT_VARIABLES: "job=shop",
      INPUT_CANDIDATE: "2",
      INPUT_STABLE: "1",
    };
    const left = await start("analyze", "workflow_dispatch", {}, live);
    expect(left.exitCode).toBe(exitCodes.usage);
    expect(left.text).toContain("Nothing says where the telemetry is");
    expect(outputs(left.output).get("reason-code")).toBe("telemetry-configuration");
  });
});
