import { afterEach, describe, expect, test } from "vitest";
import { gates } from "../../../app/gates/protection-rule.ts";
import { onDeploymentStatus } from "../../../app/webhooks/deployment-status.ts";
import { place, type Shop, start, startShop, thresholds, waitingRun } from "./work.ts";

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const needsApproval = thresholds("  mode: enforced\n  approval: { from: 0 }\n");
const blocks = (mode: string) =>
  thresholds(`  mode: ${mode}\n  change-window: { closed: pass }\n  approval: { from: 100 }\n`);
const guard = {
  ".github/adaptive-deploy/guardrails.rules": 'rule "none": when risk_score >= 0 then block\n',
};
const rows = () => shop.database.query("select * from gates order by deployment_id");
const head = () => shop.commit("Change", { "src/pay.ts": "export const pay = 2;\n" });
const days = (count: number) => new Date(start.valueOf() + count * 24 * 60 * 60_000);
const approvalOf = (sha: string) => ({
  actor: "maria",
  sha,
  environment: "production",
  reason: "seen",
  source: "comment 1",
  at: start.toISOString(),
});

describe("the answer", () => {
  test("within policy: approved, once, however often the event comes", async () => {
    shop = await startShop(thresholds("  mode: enforced\n  approval: { from: 100 }\n"));
    const { payload, answers } = await waitingRun(shop, head());
    const app = gates(shop.decideFor);
    await app.onProtectionRule(payload, shop.work());
    await app.onProtectionRule(payload, shop.work());
    expect(answers()).toMatchObject([{ state: "approved", environment: "production" }]);
    expect(answers()[0]?.comment).toMatch(/^Risk \d+ \/ 100, strategy /);
    expect(await rows()).toMatchObject([{ state: "answered", answer: "approved" }]);
  });

  test("an approval is waited for, reported once, and then counted", async () => {
    shop = await startShop(needsApproval);
    const sha = head();
    const { payload, states, answers } = await waitingRun(shop, sha);
    const app = gates(shop.decideFor);
    await app.onProtectionRule(payload, shop.work());
    await app.reevaluateGates(place, shop.work());
    expect(states()).toEqual([null]);
    expect(answers()[0]?.comment).toContain("Waits for an approval");
    shop.approvals.push(approvalOf(sha));
    await app.reevaluateGates(place, shop.work(), { environment: "staging" });
    expect(states()).toEqual([null]);
    await app.reevaluateGates(place, shop.work(), { sha });
    await app.reevaluateGates(place, shop.work());
    expect(states()).toEqual([null, "approved"]);
    expect(answers()[1]?.comment).toContain("Approved by maria");
  });

  test.each([
    ["enforced", "rejected", "Blocked by policy"],
    ["advisory", "approved", "its mode is advisory"],
    ["shadow", "approved", "its mode is shadow"],
  ])("a block in %s mode: %s", async (mode, state, sentence) => {
    shop = await startShop({ ...blocks(mode), ...guard });
    const { payload, answers } = await waitingRun(shop, head());
    await gates(shop.decideFor).onProtectionRule(payload, shop.work());
    expect(answers()).toMatchObject([{ state }]);
    expect(answers()[0]?.comment).toContain(sentence);
  });

  test("a repository without configuration and a policy that cannot be read hold, and say so", async () => {
    shop = await startShop({});
    const { payload, answers, states } = await waitingRun(shop, head());
    const app = gates(shop.decideFor);
    await app.onProtectionRule(payload, shop.work());
    shop.commit("Broken", { ".github/adaptive-deploy.yml": "schema-version: 1\npolicee: x\n" });
    await app.reevaluateGates(place, shop.work());
    expect(states()).toEqual([null, null]);
    expect(answers()[0]?.comment).toContain("says nothing of adaptive-deploy");
    expect(answers()[1]?.comment).toContain("policee");
  });
});

describe("waiting", () => {
  const frozen = {
    ...thresholds("  mode: enforced\n  approval: { from: 100 }\n  freeze: { during: block }\n"),
    ".github/adaptive-deploy/calendar.yaml": [
      "schema-version: 1",
      "time-zone: UTC",
      "change-windows:",
      "  - { days: [fri], from: '09:00', to: '10:00' }",
      "freezes:",
      "  - { name: fair, from: 2026-03-01, to: 2026-03-03T12:00 }",
      "",
    ].join("\n"),
  };

  test("a freeze is no refusal: the gate is looked at again when it ends", async () => {
    shop = await startShop({
      ...frozen,
      ...thresholds(
        "  mode: enforced\n  approval: { from: 100 }\n  freeze: { during: block }\n  change-window: { closed: pass }\n",
      ),
    });
    const { payload, states, answers, run } = await waitingRun(shop, head());
    const app = gates(shop.decideFor);
    await app.onProtectionRule(payload, shop.work());
    expect(states()).toEqual([null]);
    expect(answers()[0]?.comment).toContain("2026-03-03T12:00Z");
    expect(shop.timers.map(({ at }) => at.toISOString())).toEqual([
      days(30).toISOString(),
      "2026-03-03T12:00:00.000Z",
    ]);
    const due = shop.timers[1];
    expect(due?.timer.lane).toMatch(/^acme\/shop!production!\d+$/);
    expect(due?.timer.payload).toEqual({ kind: "gate", repository: place, run, environment: "production" });
    await app.onTimer(due?.timer.payload, shop.work(due?.at));
    expect(states()).toEqual([null, "approved"]);
  });

  test("news during peak hours sets one timer, at the full hour, and says nothing twice", async () => {
    shop = await startShop({
      ...thresholds("  mode: enforced\n  approval: { from: 0 }\n  peak: { during: block }\n"),
      ".github/adaptive-deploy/calendar.yaml":
        "schema-version: 1\ntime-zone: UTC\npeak-hours:\n  - { days: [mon], from: '08:00', to: '20:00' }\n",
    });
    const { payload, states, answers } = await waitingRun(shop, head());
    const app = gates(shop.decideFor);
    await app.onProtectionRule(payload, shop.work());
    const minutes = (count: number) => shop.work(new Date(start.valueOf() + count * 60_000));
    for (let minute = 1; minute < 60; minute += 5) await app.reevaluateGates(place, minutes(minute));
    const looks = () =>
      shop.timers.filter(({ timer }) => timer.key.endsWith("calendar")).map(({ at }) => at.toISOString());
    expect(new Set(looks())).toEqual(new Set(["2026-03-02T11:00:00.000Z"]));
    await app.onTimer(shop.timers.at(-1)?.timer.payload, minutes(60));
    expect(looks().at(-1)).toBe("2026-03-02T12:00:00.000Z");
    expect(states()).toEqual([null]);
    expect(answers()[0]?.comment).not.toContain("looked at again");
  });

  test("another moment of the next look alone is no report", async () => {
    shop = await startShop(frozen);
    const { payload, states, answers } = await waitingRun(shop, head());
    const app = gates(shop.decideFor);
    await app.onProtectionRule(payload, shop.work());
    expect(answers()[0]?.comment).toContain("2026-03-03T12:00Z");
    const path = ".github/adaptive-deploy/calendar.yaml";
    shop.commit("Longer", { [path]: (frozen[path] ?? "").replace("03T12:00", "03T14:00") });
    await app.reevaluateGates(place, shop.work());
    expect(shop.timers.at(-1)?.at.toISOString()).toBe("2026-03-03T14:00:00.000Z");
    expect(states()).toEqual([null]);
  });

  test("nine reports at most, so that the answer always has its place", async () => {
    shop = await startShop(needsApproval);
    const sha = head();
    const { payload, states } = await waitingRun(shop, sha);
    const approving = Array.from({ length: 12 }, (_, count) => `team-${count}`);
    let asked = 0;
    const app = gates(async (...given) => {
      const decision = await shop.decideFor(...given);
      return decision && { ...decision, approvers: [approving[asked++] ?? ""] };
    });
    await app.onProtectionRule(payload, shop.work());
    for (let count = 0; count < 11; count++) await app.reevaluateGates(place, shop.work());
    expect(states()).toHaveLength(9);
    shop.approvals.push(approvalOf(sha));
    await app.reevaluateGates(place, shop.work());
    expect(states()).toHaveLength(10);
    expect(states().at(-1)).toBe("approved");
  });

  test("after 30 days GitHub has ended the run, and nothing is said any more", async () => {
    shop = await startShop(needsApproval);
    const sha = head();
    const { payload, states } = await waitingRun(shop, sha);
    const app = gates(shop.decideFor);
    await app.onProtectionRule(payload, shop.work());
    shop.approvals.push(approvalOf(sha));
    await app.reevaluateGates(place, shop.work(days(30)));
    expect(states()).toEqual([null]);
    expect(await rows()).toMatchObject([{ state: "expired" }]);
  });

  test("a run that is run again asks anew, and the older request is left", async () => {
    shop = await startShop(needsApproval);
    const sha = head();
    const first = await waitingRun(shop, sha);
    const app = gates(shop.decideFor);
    await app.onProtectionRule(first.payload, shop.work());
    const second = await waitingRun(shop, sha, "production", first.run);
    await app.onProtectionRule(second.payload, shop.work());
    await app.onProtectionRule(first.payload, shop.work());
    expect(await rows()).toMatchObject([{ state: "expired" }, { state: "waiting" }]);
  });
});

describe("faults", () => {
  const post = "actions/review-custom-gates-for-run";

  test.each([
    ["dropped before anything was done", { kind: "dropped" as const }, "approved"],
    // GitHub does not say whose word it was, so it counts as nothing passed.
    ["done, and the answer lost", { kind: "lost" as const }, null],
    ["a server error", { kind: "status" as const, status: 502 }, "approved"],
  ])("an answer that fails (%s) is given once by the next attempt", async (_, fault, known) => {
    shop = await startShop(thresholds("  mode: enforced\n  approval: { from: 100 }\n"));
    const { payload, states } = await waitingRun(shop, head());
    const app = gates(shop.decideFor);
    shop.github.failNext({ operation: post, ...fault });
    await expect(app.onProtectionRule(payload, shop.work())).rejects.toThrow();
    await app.onProtectionRule(payload, shop.work());
    expect(states()).toEqual(["approved"]);
    expect(await rows()).toMatchObject([{ state: known ? "answered" : "expired", answer: known }]);
  });

  test("an answer that never came, to a run that was cancelled since, let nothing pass", async () => {
    shop = await startShop(thresholds("  mode: enforced\n  approval: { from: 100 }\n"));
    const { payload, states, run } = await waitingRun(shop, head());
    const app = gates(shop.decideFor);
    shop.github.failNext({ operation: post, kind: "status", status: 502 });
    await expect(app.onProtectionRule(payload, shop.work())).rejects.toThrow("502");
    const cancelled = shop.github.repository(place).runs.get(run);
    if (cancelled) cancelled.status = "completed";
    await app.onProtectionRule(payload, shop.work());
    await app.onProtectionRule(payload, shop.work());
    expect(states()).toEqual([]);
    expect(await rows()).toMatchObject([{ state: "expired", answer: null, within_policy: false }]);
  });

  test("a report whose outcome is unknown is not repeated", async () => {
    shop = await startShop(needsApproval);
    const { payload, states } = await waitingRun(shop, head());
    const app = gates(shop.decideFor);
    shop.github.failNext({ operation: post, kind: "lost" });
    await app.onProtectionRule(payload, shop.work());
    await app.onProtectionRule(payload, shop.work());
    expect(states()).toEqual([null]);
    expect(shop.warnings.join()).toContain("the report of gate acme/shop");
  });

  test("a gate that somebody else's answer closed is done, and counts as nothing passed", async () => {
    shop = await startShop(thresholds("  mode: enforced\n  approval: { from: 100 }\n"));
    const { payload, answers, run } = await waitingRun(shop, head());
    answers().push({ environment: "production", state: "rejected", comment: "", app: null });
    await gates(shop.decideFor).onProtectionRule(payload, shop.work());
    expect(answers()).toHaveLength(1);
    expect(await rows()).toMatchObject([{ run_id: run, state: "expired", answer: null }]);
  });

  test("one gate that fails holds up no other", async () => {
    shop = await startShop(needsApproval);
    const sha = head();
    const one = await waitingRun(shop, sha);
    const two = await waitingRun(shop, sha);
    const app = gates(shop.decideFor);
    await app.onProtectionRule(one.payload, shop.work());
    await app.onProtectionRule(two.payload, shop.work());
    shop.approvals.push(approvalOf(sha));
    shop.github.failNext({ operation: post, kind: "status", status: 500 });
    await expect(app.reevaluateGates(place, shop.work())).rejects.toThrow("500");
    expect([...one.states(), ...two.states()].filter((state) => state === "approved")).toHaveLength(1);
  });
});

describe("a return to last known good", () => {
  const startThree = async () => {
    shop = await startShop(needsApproval);
    const app = gates(shop.decideFor);
    const [first, second, third] = [1, 2, 3].map((pay) =>
      shop.commit(`Pay ${pay}`, { "src/pay.ts": `export const pay = ${pay} + 10;\n` }),
    );
    if (!first || !second || !third) throw new Error("Three commits are needed.");
    let minutes = 0;
    /** What GitHub tells of a deployment; its own API would take this from anyone who may push. */
    const tell = (run: Awaited<ReturnType<typeof waitingRun>>, state: string) => {
      minutes += 1;
      return onDeploymentStatus(
        {
          repository: { full_name: place },
          deployment: { id: run.deployment.id, sha: run.deployment.sha, environment: "production" },
          deployment_status: { id: minutes, state, created_at: start.toISOString() },
        },
        shop.work(),
      );
    };
    const ask = async (sha: string) => {
      const run = await waitingRun(shop, sha);
      minutes += 1;
      await app.onProtectionRule(run.payload, shop.work(new Date(start.valueOf() + minutes * 60_000)));
      return run;
    };
    const pass = async (sha: string) => {
      shop.approvals.push(approvalOf(sha));
      const run = await ask(sha);
      expect(run.states()).toEqual(["approved"]);
      shop.approvals.length = 0;
      return run;
    };
    return { first, second, third, ask, pass, tell };
  };

  test("goes at once, to the last success before the present one", async () => {
    const { first, second, third, ask, pass, tell } = await startThree();
    await tell(await pass(first), "success");
    await tell(await pass(second), "failure");
    await pass(third);
    expect((await ask(third)).states()).toEqual([null]);
    const back = await ask(first);
    expect(back.answers()).toMatchObject([{ state: "approved" }]);
    expect(back.answers()[0]?.comment).toContain(`A return to ${first.slice(0, 12)}`);
  });

  test("goes nowhere that only a claim leads to", async () => {
    const { first, second, third, ask, pass, tell } = await startThree();
    await tell(await pass(first), "success");
    const middle = await pass(second);
    await tell(middle, "success");
    await tell(middle, "failure");
    await tell(await pass(third), "success");
    // Deployments and their states by the API, as anyone who may push can make them.
    await (await waitingRun(shop, first)).finish("success");
    await (await waitingRun(shop, third)).finish("success");
    expect((await ask(first)).states()).toEqual([null]);
    const back = await ask(second);
    expect(back.states()).toEqual(["approved"]);
  });

  test("waits where it is not known what became of the one before", async () => {
    const { first, second, third, ask, pass, tell } = await startThree();
    await tell(await pass(first), "success");
    await pass(second);
    await pass(third);
    expect((await ask(second)).states()).toEqual([null]);
    expect((await ask(first)).states()).toEqual([null]);
  });

  test("is no way forward: what was left by a way back is not returned to", async () => {
    const { first, second, third, ask, pass, tell } = await startThree();
    await tell(await pass(first), "success");
    await tell(await pass(second), "success");
    const back = await ask(first);
    expect(back.states()).toEqual(["approved"]);
    await tell(back, "success");
    expect((await ask(second)).states()).toEqual([null]);
    await tell(await pass(third), "failure");
    expect((await ask(second)).states()).toEqual([null]);
    expect((await ask(first)).states()).toEqual(["approved"]);
  });

  test("does not go to what mere advice let through", async () => {
    const { first, second, ask, pass, tell } = await startThree();
    await tell(await pass(first), "success");
    await shop.database.query("update gates set within_policy = false");
    await pass(second);
    expect((await ask(first)).states()).toEqual([null]);
  });
});
