import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { answerOf, holding } from "../../../../core/analysis/gates/answer.ts";
import { argoAnswer, argoBody, numberIn } from "../../../../core/analysis/gates/argo.ts";
import { armOf, label } from "../../../../core/analysis/gates/arms.ts";
import { type FlaggerState, flaggerHooks, flaggerStatus } from "../../../../core/analysis/gates/flagger.ts";
import { type MetricState, type Verdict, verdict } from "../../../../core/analysis/verdict.ts";

const states: FlaggerState[] = ["not-begun", "promote", "slow", "hold", "rollback"];

/** The statuses in the order of the states. */
test.each([
  ["confirm-rollout", [200, 200, 200, 200, 200]],
  ["pre-rollout", [200, 200, 200, 200, 200]],
  ["rollout", [200, 200, 200, 200, 403]],
  ["confirm-traffic-increase", [200, 200, 403, 403, 403]],
  ["confirm-promotion", [403, 200, 403, 403, 403]],
  ["rollback", [403, 403, 403, 403, 200]],
  ["post-rollout", [200, 200, 200, 200, 200]],
  ["event", [200, 200, 200, 200, 200]],
] as const)("Flagger's hook %s passes as %j", (hook, expected) => {
  expect(states.map((state) => flaggerStatus(hook, state))).toEqual(expected);
});

test("every hook is in the table above, once", () => expect(new Set(flaggerHooks).size).toBe(8));

const whole = verdict.parse(
  JSON.parse(readFileSync(new URL("../../../fixtures/verdicts/promote.json", import.meta.url), "utf8")),
);
const metric = (state: MetricState, weight: number) => ({ state, weight });
function told(metrics: { state: MetricState; weight: number }[], reason = "All is well."): Verdict {
  const [one] = whole.metrics;
  return { ...whole, reason, metrics: one ? metrics.map((own) => ({ ...one, ...own })) : [] };
}

describe("what is told", () => {
  test.each([
    [[metric("healthy", 1), metric("healthy", 1)], 100],
    [[metric("healthy", 3), metric("worse", 1)], 75],
    [[metric("worse", 1)], 0],
    [[metric("unknown", 1)], null],
    [[metric("healthy", 0)], null],
    [[], null],
  ])("the score of %j is %j", (metrics, score) => {
    expect(answerOf(told(metrics), { id: "a-1" }).score).toBe(score);
  });

  test("is one line of plain text, whatever a metric is called", () => {
    expect(answerOf(told([], "bad\u001b[31m\nline"), { id: "a-1" }).reason).toBe("bad line");
  });

  test("holds where nothing is known, in the same form", () => {
    const { status, body } = argoAnswer(holding({ id: "a-1" }, "no-data", "Nothing."));
    expect(status).toBe(200);
    expect(argoBody.parse(body).data).toMatchObject({ verdict: "hold", score: null });
  });
});

test("numbers come as such, as text, or not at all", () => {
  expect([20, "20", "12.5", "0", "", undefined].map(numberIn)).toEqual([
    20,
    20,
    12.5,
    0,
    undefined,
    undefined,
  ]);
});

test("an arm knows what was said of it, and an empty text says nothing", () => {
  expect(armOf("candidate", { version: "1.5.0", hash: "" })).toEqual({
    name: "candidate",
    variables: { version: "1.5.0" },
  });
  expect(label.safeParse("{{args.version}}").success).toBe(false);
  expect(label.safeParse('1.5"} or up{x="').success).toBe(true);
});
