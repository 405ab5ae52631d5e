import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { exitCodes } from "../../../core/errors.ts";
import { rolloutWorld, type World, type WorldOptions } from "./world.ts";

/** The entry files as a runner starts them, on a target whose socket nobody listens at. */

let world: World;
const folder = mkdtempSync(join(tmpdir(), "rollout-main-"));
afterEach(async () => {
  expect(world.shop.github.violations()).toEqual([]);
  await world.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Left = { exitCode: number; text: string; outputs: Map<string, string>; state: Map<string, string> };

async function start(verb: string, more: Record<string, string> = {}): Promise<Left> {
  const { shop, subject } = world;
  const pushed = await shop.github.events("acme/shop").push({
    ...{ branch: "main", before: null, after: subject.head },
  });
  const runner = await shop.github.events("acme/shop").writeFile("push", pushed);
  const main = fileURLToPath(new URL(`../../../actions/${verb}/main.ts`, import.meta.url));
  const state = join(folder, `state-${Math.round(performance.now() * 1000)}`);
  writeFileSync(state, "");
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const env = {
    ...{ PATH, NODE_COMPILE_CACHE, ...runner.env, GITHUB_STATE: state, "INPUT_GITHUB-TOKEN": "ledger" },
    ...{ GITHUB_RUN_ID: "1", GITHUB_RUN_ATTEMPT: "1", GITHUB_JOB: "deploy", ...more },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [main], { env, cwd: folder }, (error, out, stderr) => {
      resolve({
        exitCode: error ? Number(error.code ?? 1) : 0,
        text: out + stderr,
        outputs: valuesIn(readFileSync(runner.files.output, "utf8")),
        state: valuesIn(readFileSync(state, "utf8")),
      });
    });
  });
}

/** What GITHUB_OUTPUT and GITHUB_STATE hold, as the runner reads them. */
function valuesIn(text: string): Map<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(ghadelimiter_\S+)\r?\n([\s\S]*?)\r?\n\2$/gm);
  return new Map([...found].map(([, name = "", , value = ""]) => [name, value]));
}

async function opened(options: WorldOptions = {}): Promise<void> {
  world = await rolloutWorld(options);
}

/** A rollout that this job has opened, whose lease it holds. */
async function openedByJob(): Promise<string> {
  const id = await world.decide("v2");
  const died = new Error("the runner is gone");
  const ports = { holder: "acme/shop/1/1/deploy/0a1b2c3d", now: Date.now };
  const dying = () => {
    throw died;
  };
  const job = { inputs: { "decision-id": id, candidate: "v2" }, ports, meanwhile: [dying] };
  await expect(world.rollout(job)).rejects.toBe(died);
  const [state] = await world.states();
  return state?.plan.rollout ?? "";
}

const lastLease = async () => (await world.events()).findLast(({ kind }) => kind === "lease")?.body.action;

describe("the step", () => {
  it.each([
    ["rollout", { INPUT_SERVICE: "shpo" }, exitCodes.usage, "unknown-service", "did you mean"],
    ["rollout", { INPUT_SERVICE: "nowhere" }, exitCodes.badInput, "no-target", "kind"],
    ["rollout", { INPUT_SERVICE: "shop" }, exitCodes.badInput, "no-decision", "decision-id"],
    ["rollout", { "INPUT_WAIT-FOR-APPROVAL": "soon" }, exitCodes.usage, "bad-input", "5h50m"],
    ["canary-step", { INPUT_STEP: "back" }, exitCodes.usage, "bad-input", "status"],
    [
      "canary-step",
      { INPUT_STEP: "status", INPUT_SERVICE: "shop" },
      exitCodes.badInput,
      "no-rollout",
      "next",
    ],
    ["rollback", { INPUT_SERVICE: "shop" }, exitCodes.unavailable, "target-unavailable", "haproxy.sock"],
  ])(
    "of %s ends in one red line, an exit code and a reason: %j",
    async (verb, env, exitCode, reason, said) => {
      await opened();
      const left = await start(verb, env);
      expect(left.outputs.get("reason-code"), left.text).toBe(reason);
      expect(left.exitCode).toBe(exitCode);
      expect(left.text.split("\n").filter((line) => line.startsWith("::error::"))).toHaveLength(1);
      expect(left.text).toContain(said);
      expect(left.text).toContain("::add-mask::ledger");
    },
  );

  it("says how to have a ledger where there is none", async () => {
    await opened({ ledger: "{ home: none }" });
    const left = await start("rollout", { INPUT_SERVICE: "shop" });
    expect(left.outputs.get("reason-code")).toBe("ledger-not-configured");
    expect(left.state.get("begun")).toBe("true");
    expect(left.state.has("left")).toBe(false);
  });

  it("watches over the ledger on a schedule, without an input", async () => {
    await opened();
    const left = await start("rollout", { GITHUB_EVENT_NAME: "schedule", INPUT_ADOPT: "hold" });
    expect(left.exitCode, left.text).toBe(exitCodes.go);
    expect(left.outputs.get("outcome")).toBe("none-silent");
    expect(left.state.get("left")).toBe("true");
  });
});

describe("its post", () => {
  const begun = { STATE_begun: "true", STATE_process: "0a1b2c3d", INPUT_SERVICE: "shop" };

  it("gives the lease back where the step was ended, and says how to go on", async () => {
    await opened();
    const rollout = await openedByJob();
    expect(["acquire", "renew"]).toContain(await lastLease());
    const left = await start("rollout", { ...begun, STATE_rollout: rollout });
    expect(left.exitCode, left.text).toBe(exitCodes.go);
    expect(left.text).toContain("Run this job again");
    expect(await lastLease()).toBe("release");
  });

  it("leaves the lease alone that another leg of the same job holds", async () => {
    await opened();
    const rollout = await openedByJob();
    const other = { ...begun, STATE_process: "", STATE_rollout: rollout };
    const left = await start("rollout", other);
    expect(left.exitCode, left.text).toBe(exitCodes.go);
    expect(left.state.get("process")).toMatch(/^[0-9a-f]{8}$/);
    expect(["acquire", "renew"]).toContain(await lastLease());
  });

  it("has nothing to do where the step did it all, or never began", async () => {
    await opened();
    const rollout = await openedByJob();
    const over: Record<string, string>[] = [
      { STATE_rollout: rollout, STATE_left: "true" },
      { STATE_rollout: "" },
    ];
    for (const state of over)
      expect(await start("rollout", { ...begun, ...state })).toMatchObject({
        exitCode: exitCodes.go,
        text: "",
      });
    expect(["acquire", "renew"]).toContain(await lastLease());
  });
});
