import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide } from "../../../core/decision/decide.ts";
import { settling } from "../../../core/decision/provisional.ts";
import { policyHash } from "../../../core/policy/bundle/bundle.ts";
import { type AwaitedFact, awaitedFacts, type WaitFor } from "../../../core/policy/schema.ts";
import { changeOf, smallPolicy } from "./small-policy.ts";

const headAt = new Date("2026-03-04T10:00:00Z");
const minutesOn = (minutes: number) => ({ headAt, now: new Date(headAt.getTime() + minutes * 60_000) });
const waiting = (...facts: AwaitedFact[]) => smallPolicy({ defaults: { "wait-for": { facts } } });
const bare = changeOf(1, { tests: null });

describe("without wait-for", () => {
  test("a score is settled at once", () => {
    expect(settling(bare, smallPolicy(), minutesOn(0))).toEqual({ provisional: false, missing: [] });
  });

  test("neither the policy's hash nor a decision knows that there is such a key", () => {
    const plain = smallPolicy({ defaults: { mode: "advisory" } });
    const waits = smallPolicy({ defaults: { mode: "advisory", "wait-for": { facts: ["ci"] } } });
    expect(decide(bare, waits)).toEqual(decide(bare, plain));
    expect(policyHash(waits)).not.toBe(policyHash(plain));
  });
});

describe("with wait-for", () => {
  test("it is provisional until the last fact is there, for thirty minutes where nothing is said", () => {
    const until = "2026-03-04T10:30:00.000Z";
    expect(settling(bare, waiting("coverage", "ci"), minutesOn(1))).toEqual({
      provisional: true,
      missing: ["ci", "coverage"],
      until,
    });
    const tested = { ...bare, tests: { total: 12 } };
    expect(settling(tested, waiting("coverage", "ci"), minutesOn(1))).toMatchObject({
      missing: ["coverage"],
    });
    const whole = { ...tested, coverage: { percent: 80 } };
    expect(settling(whole, waiting("coverage", "ci"), minutesOn(1))).toEqual({
      provisional: false,
      missing: [],
    });
  });

  test("it settles without what has not come by the deadline, and says what that was", () => {
    expect(settling(bare, waiting("ci"), minutesOn(29.9))).toMatchObject({ provisional: true });
    expect(settling(bare, waiting("ci"), minutesOn(30))).toEqual({ provisional: false, missing: ["ci"] });
  });

  test("what is over without a report is not waited for", () => {
    expect(settling(bare, waiting("ci"), { ...minutesOn(1), over: ["ci"] })).toEqual({
      provisional: false,
      missing: [],
    });
  });

  test.each([
    ["ci", { tests: { failed: 0 } }],
    ["coverage", { coverage: { delta: 0 } }],
    ["scan", { vulnerabilities: { critical: 0 } }],
    ["performance", { performance: { latency_percent: 0 } }],
  ] as const)("%s has come where its figure is known, zero included", (fact, more) => {
    expect(settling({ ...bare, ...more }, waiting(fact), minutesOn(1))).toEqual({
      provisional: false,
      missing: [],
    });
    expect(settling(bare, waiting(fact), minutesOn(1))).toMatchObject({ missing: [fact] });
  });
});

test("of several services the one that waits longest counts", () => {
  const scope = (service: string, facts: AwaitedFact[], deadline: string) => ({
    match: { service },
    "wait-for": { facts, deadline },
  });
  const policy = smallPolicy();
  policy.thresholds.scopes = [scope("web", ["ci"], "10m"), scope("pay", ["scan"], "1h")];
  const facts = { ...bare, services: [{ name: "web" }, { name: "pay" }] };
  expect(settling(facts, policy, minutesOn(1))).toMatchObject({
    missing: ["ci", "scan"],
    until: "2026-03-04T11:00:00.000Z",
  });
  expect(settling(facts, policy, minutesOn(20))).toMatchObject({ provisional: true, missing: ["scan"] });
  expect(settling(facts, policy, minutesOn(60))).toEqual({ provisional: false, missing: ["ci", "scan"] });
});

test("it always settles: after the deadline by any clock, and never waits for what policy does not name", () => {
  const waits: fc.Arbitrary<WaitFor> = fc.record({
    facts: fc.subarray([...awaitedFacts]),
    deadline: fc.constantFrom("0s", "5m", "2h"),
  });
  fc.assert(
    fc.property(waits, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (wait, minutes) => {
      const policy = smallPolicy({ defaults: { "wait-for": wait } });
      const state = settling(bare, policy, minutesOn(minutes));
      expect(wait.facts).toEqual(expect.arrayContaining(state.missing));
      if (minutes >= 120) expect(state.provisional).toBe(false);
      if (state.provisional) expect(state.missing.length).toBeGreaterThan(0);
    }),
  );
});
