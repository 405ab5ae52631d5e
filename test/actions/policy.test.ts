import { afterEach, describe, expect, it } from "vitest";
import { decideDeclaration } from "../../actions/decide/declaration.ts";
import { decisionDocument } from "../../core/decision/shape.ts";
import { exitCodes } from "../../core/errors.ts";
import type { Files } from "../emulated/small-repository.ts";
import { decideOn, decisionOf, inMode, rule, type Shop, startShop } from "./shop.ts";

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const plain = { "src/pay.ts": "export const pay = 2;\n" };

async function pullRequest(onMain: Files, change: Files): Promise<Record<string, unknown>> {
  shop = await startShop(onMain);
  shop.branch("change", change);
  return shop.pullRequest(await shop.open("change"));
}

describe("policy is the default branch's", () => {
  it("and one edited in the head does not count, and is noted", async () => {
    const payload = await pullRequest(
      { ...rule("block"), ...inMode("enforced") },
      { ...plain, ...rule("allow"), ...inMode("shadow") },
    );
    const { decision, exitCode } = decisionOf(await decideOn(shop, "pull_request", payload));
    expect(decision).toMatchObject({
      mode: "enforced",
      allowed: false,
      policy_version: { commit: shop.tip("main") },
    });
    expect(exitCode).toBe(exitCodes.blocked);
    expect(decision.notes.join("\n")).toContain("edits the policy itself");
  });

  it("nor does one of another base that the default branch does not list", async () => {
    shop = await startShop(rule("block"));
    shop.branch("lax", rule('notify "all"'));
    shop.branch("change", plain, "lax");
    const payload = await shop.pullRequest(await shop.open("change", { base: "lax" }));
    expect(decisionOf(await decideOn(shop, "pull_request", payload)).decision.allowed).toBe(false);
  });

  it("a base that the default branch lists speaks for itself", async () => {
    shop = await startShop({
      ...rule("block"),
      ".github/adaptive-deploy.yml": "schema-version: 1\npolicy-bases: [lax]\n",
    });
    shop.branch("lax", rule('notify "all"'));
    shop.branch("change", plain, "lax");
    const payload = await shop.pullRequest(await shop.open("change", { base: "lax" }));
    const { decision } = decisionOf(await decideOn(shop, "pull_request", payload));
    expect(decision).toMatchObject({ allowed: true, policy_version: { commit: shop.tip("lax") } });
  });

  it.each([
    [
      "a folder that is not there",
      { ".github/adaptive-deploy.yml": "schema-version: 1\npolicy: ops/none\n" },
      "policy-not-found",
      "ops/none",
    ],
    [
      "a folder outside",
      { ".github/adaptive-deploy.yml": "schema-version: 1\npolicy: ../../etc\n" },
      "bad-input",
      "not a path inside",
    ],
    [
      "a configuration with an unknown key",
      { ".github/adaptive-deploy.yml": "schema-version: 1\npolciy: default\n" },
      "policy-invalid",
      "polciy",
    ],
    [
      "a configuration that is no YAML",
      { ".github/adaptive-deploy.yml": "policy: [\n" },
      "policy-invalid",
      "adaptive-deploy.yml",
    ],
    [
      "a broken guardrail",
      { ".github/adaptive-deploy/guardrails.rules": 'rule "x": when risk_score > 0.7 then block\n' },
      "policy-invalid",
      "did you mean 70?",
    ],
    [
      "a bomb of aliases",
      {
        ".github/adaptive-deploy.yml": `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      },
      "policy-invalid",
      "adaptive-deploy.yml",
    ],
    [
      "a bundle with a file too large to be given whole",
      { ".github/adaptive-deploy/guardrails.rules": `# ${"x".repeat(600_000)}\n` },
      "policy-too-large",
      "guardrails.rules",
    ],
  ])("%s fails closed", async (_name, onMain: Files, reasonCode, said) => {
    const payload = await pullRequest(onMain, plain);
    const { error, result } = await decideOn(shop, "pull_request", payload);
    expect(result).toBeUndefined();
    expect(error).toMatchObject({ reasonCode, exitCode: exitCodes.badInput });
    expect(error?.message).toContain(said);
  });

  it("an input may name a shipped bundle or a folder of the default branch", async () => {
    const payload = await pullRequest(
      { "ops/risk/guardrails.rules": 'rule "all": when risk_score >= 0 then block\n' },
      plain,
    );
    const shipped = decisionOf(
      await decideOn(shop, "pull_request", payload, { inputs: { policy: "regulated" } }),
    );
    expect(shipped.decision.policy_version).toMatchObject({ name: "regulated", commit: "shipped" });
    const folder = decisionOf(
      await decideOn(shop, "pull_request", payload, { inputs: { policy: "ops/risk" } }),
    );
    expect(folder.decision).toMatchObject({ allowed: false, policy_version: { name: "risk" } });
  });

  it("the configuration's environment holds where the input is silent", async () => {
    const payload = await pullRequest(
      { ".github/adaptive-deploy.yml": "schema-version: 1\nenvironment: staging\n" },
      plain,
    );
    expect(decisionOf(await decideOn(shop, "pull_request", payload)).decision.environment).toBe("staging");
    const inputs = { environment: "production" };
    expect(decisionOf(await decideOn(shop, "pull_request", payload, { inputs })).decision.environment).toBe(
      "production",
    );
  });
});

describe("the input `mode` only strengthens", () => {
  it.each([
    ["shadow", "advisory", "advisory"],
    ["advisory", "enforced", "enforced"],
    ["enforced", "shadow", "enforced"],
    ["advisory", "shadow", "advisory"],
  ])("policy %s, input %s: %s", async (policy, input, mode) => {
    const payload = await pullRequest(inMode(policy), plain);
    expect(
      decisionOf(await decideOn(shop, "pull_request", payload, { inputs: { mode: input } })).decision.mode,
    ).toBe(mode);
  });
});

describe("fail-on, mode and answer give the exit code", () => {
  const { go, blocked, needsApproval } = exitCodes;
  const table: [mode: string, action: string, failOn: string, code: number][] = [
    ["shadow", "block", "blocked", go],
    ["shadow", "require_approval", "needs-approval", go],
    ["advisory", "block", "", blocked],
    ["advisory", "block", "blocked", blocked],
    ["advisory", "block", "needs-approval", blocked],
    ["advisory", "block", "never", go],
    ["advisory", "require_approval", "", go],
    ["advisory", "require_approval", "blocked", go],
    ["advisory", "require_approval", "needs-approval", needsApproval],
    ["advisory", "require_approval", "never", go],
    ["enforced", "block", "never", blocked],
    ["enforced", "require_approval", "never", needsApproval],
    ["enforced", "require_approval", "blocked", needsApproval],
    ["enforced", 'notify "all"', "needs-approval", go],
  ];
  it.each(table)("%s, %s, fail-on %j: %i", async (mode, action, failOn, code) => {
    const payload = await pullRequest({ ...rule(action), ...inMode(mode) }, plain);
    const { exitCode, outputs } = decisionOf(
      await decideOn(shop, "pull_request", payload, { inputs: { "fail-on": failOn } }),
    );
    expect(exitCode).toBe(code);
    // The policy's own answer, in every mode.
    expect(outputs.allowed).toBe(String(action.startsWith("notify")));
    expect(outputs["needs-approval"]).toBe(String(action === "require_approval"));
  });
});

describe("what a run leaves", () => {
  it("outputs as declared, documents as their schema, and the same again for the same facts", async () => {
    const payload = await pullRequest({}, plain);
    const first = await decideOn(shop, "pull_request", payload, { now: new Date("2026-03-02T12:00:00Z") });
    const second = await decideOn(shop, "pull_request", payload, { now: new Date("2026-03-02T13:00:00Z") });
    const { outputs, decision } = decisionOf(first);
    expect(Object.keys(outputs)).toEqual(Object.keys(decideDeclaration.outputs));
    expect(Object.values(outputs).every((value) => !value.includes("\n"))).toBe(true);
    expect(JSON.parse(outputs.result ?? "")).toMatchObject({
      schema_version: 1,
      decision_id: decision.decision_id,
    });
    expect(decisionDocument.parse(JSON.parse(first.documents.get("risk-decision.json") ?? ""))).toEqual(
      decision,
    );
    expect([...first.documents.keys()]).toEqual(["risk-inputs-for-decision.json", "risk-decision.json"]);
    expect(decisionOf(second).decision).toEqual({ ...decision, decided_at: "2026-03-02T13:00:00.000Z" });
  });

  it("an input that is not allowed lists what is", async () => {
    shop = await startShop();
    shop.branch("change", plain);
    const payload = await shop.pullRequest(await shop.open("change"));
    const { error } = await decideOn(shop, "pull_request", payload, { inputs: { mode: "enforce" } });
    expect(error?.message).toContain("Allowed: shadow, advisory, enforced");
    expect(error?.exitCode).toBe(exitCodes.usage);
  });
});
