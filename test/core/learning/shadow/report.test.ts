import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServiceShadow } from "../../../../core/learning/shadow/document.ts";
import { calibrationNow, shadowReport } from "../../../../core/learning/shadow/report.ts";
import type { Chain } from "../../../../core/ports.ts";
import { chainsOf, day, ends, feedback, firstDay, policyWith, seasonEnd, type Told } from "./season.ts";

const question = { now: seasonEnd, since: firstDay - day };
const reportOf = (chains: Chain[], policy = policyWith()) => shadowReport(chains, policy, question);
function onlyService(season: Told[], policy = policyWith()): ServiceShadow {
  const { services } = reportOf(chainsOf(season), policy);
  const [one] = services;
  if (one === undefined || services.length > 1) throw new Error(`There are ${services.length} services.`);
  return one;
}

const calm = { probability: 0.06, rank: 40 };
const risky = { probability: 0.3, rank: 99 };
const well = (day: number, points = 20, model: Told["model"] = calm): Told => ({
  day,
  ends: "well",
  points,
  model,
});
const failed = (day: number, points = 20, model: Told["model"] = risky): Told => ({
  day,
  ends: "failed",
  points,
  model,
});

/** Weeks of one service: of four that failed the model asked before three, the weights before two. */
const weeks: Told[] = [
  ...Array.from({ length: 26 }, (_, week) => well(7 * week)),
  ...[failed(8, 90), failed(30), failed(60, 20), failed(90, 90, calm)],
  ...[well(100, 90), well(110, 20, risky)],
];

describe("a service's weeks", () => {
  const one = onlyService(weeks);

  test("are held against what weights and model would have asked", () => {
    expect(one).toMatchObject({
      service: "shop",
      environment: "production",
      releases: 32,
      failures: 4,
      state: "shadow",
    });
    expect(one.model).toMatchObject({ approvals_of_failed: 3, approvals_of_well: 1 });
    expect(one.heuristic).toMatchObject({ approvals_of_failed: 2, approvals_of_well: 1 });
    expect(one.model.recall).toMatchObject({ value: 0.75 });
    expect(one.model.false_positives.value).toBeCloseTo(1 / 28, 12);
    expect(one.expected_failures).toBeCloseTo(28 * 0.06 + 4 * 0.3, 9);
  });

  test("say how far what was said came true", () => {
    expect(one.reliability.map(({ releases, said, came }) => [releases, said, came])).toEqual([
      [28, expect.closeTo(0.06, 9), expect.closeTo(1 / 28, 9)],
      [4, expect.closeTo(0.3, 9), expect.closeTo(0.75, 9)],
    ]);
    for (const { came, low, high } of one.reliability) expect(low <= came && came <= high).toBe(true);
  });

  test("let it rise one step, and say that a pull request does it", () => {
    expect(one.criteria.map(({ name, answer }) => [name, answer])).toEqual([
      ["labels", "met"],
      ["releases", "met"],
      ["false-positives", "met"],
      ["recall", "met"],
      ["calibration", "met"],
    ]);
    expect(one.verdict).toMatchObject({ answer: "may-rise", to: "advisory" });
    const higher = onlyService(weeks, policyWith({ state: "advisory" }));
    expect(higher.verdict).toMatchObject({ answer: "may-rise", to: "enforced" });
    expect(higher.verdict.sentence).toContain("pull request");
  });
});

describe("nothing but known ends counts", () => {
  test.each([
    ["pending", { pending: 1 }],
    ["young", { pending: 1 }],
    ["disputed", { censored: "disputed" }],
    ["shared-fault", { censored: "shared-fault" }],
    ["unrelated", { censored: "unrelated-rollback" }],
  ] as const)("%s is listed and not counted", (end, where) => {
    const one = onlyService([...weeks, { day: 290, ends: end, points: 95, model: risky }]);
    expect(one.releases).toBe(32);
    expect(one.pending).toHaveLength("pending" in where ? where.pending : 0);
    expect(one.censored.map(({ because }) => because)).toEqual("censored" in where ? [where.censored] : []);
  });

  test("a failure waits as long as a success does", () => {
    const chains = chainsOf([failed(10)]);
    const at = (hours: number) =>
      shadowReport(chains, policyWith(), { now: firstDay + 10 * day + 3600 * hours, since: 0 });
    expect(at(1).services[0]).toMatchObject({ releases: 0, pending: [expect.anything()] });
    expect(at(73).services[0]).toMatchObject({ releases: 1, failures: 1, pending: [] });
  });

  test("a release of which the model said nothing is told apart", () => {
    expect(onlyService([...weeks, { day: 5, ends: "well", points: 10 }])).toMatchObject({
      releases: 32,
      unspoken: 1,
    });
  });
});

test("streams may come in any order, and so may what is not counted", () => {
  const told = fc.record({
    day: fc.integer({ min: 0, max: 290 }),
    ends: fc.constantFrom(...ends),
    points: fc.integer({ min: 0, max: 100 }),
    model: fc.record({
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      rank: fc.integer({ min: 0, max: 100 }),
    }),
    service: fc.constantFrom("shop", "payments", "search"),
    environment: fc.constantFrom("production", "staging"),
  });
  const counted = new Set(["well", "failed"]);
  fc.assert(
    fc.property(fc.array(told, { maxLength: 30 }), fc.integer(), (drawn, seed) => {
      // A rollout under way lets no other one of its service begin.
      const season = drawn.map((one, index) =>
        one.ends === "pending" ? { ...one, service: `waiting-${index}` } : one,
      );
      const chains = chainsOf(season);
      const report = reportOf(chains);
      const turned = chains.toSorted(
        (one, other) => ((one.stream.length * seed) % 7) - ((other.stream.length * seed) % 7),
      );
      expect(reportOf(turned.reverse())).toEqual(report);
      const known = season.filter(({ ends }) => counted.has(ends)).length;
      expect(report.services.reduce((sum, one) => sum + one.releases, 0)).toBe(known);
      const listed = report.services.reduce((sum, one) => sum + one.pending.length + one.censored.length, 0);
      expect(listed).toBe(season.length - known);
    }),
    { numRuns: 60 },
  );
});

describe("drift", () => {
  const broken = Array.from({ length: 40 }, (_, index) =>
    index % 2 ? failed(index, 20, calm) : well(index),
  );

  test("of the model in force takes it down to shadow", () => {
    const one = onlyService(broken, policyWith({ state: "enforced" }));
    expect(one.verdict).toMatchObject({ answer: "should-fall", to: "shadow" });
    expect(reportOf(chainsOf(broken)).drift).toMatch(
      /^Of 40 releases 20 failed, where the model expected 2\.4; that releases fail more often/,
    );
  });

  test("of a model before is none of the one in force", () => {
    const old = broken.map((one) => ({ ...one, model: { ...calm, version: "model@before" } }));
    expect(calibrationNow(chainsOf(old), policyWith(), seasonEnd)).toBeUndefined();
    expect(reportOf(chainsOf(old))).toMatchObject({ drift: null, calibration: null });
    const one = onlyService(old, policyWith({ state: "advisory" }));
    expect(one.criteria.find(({ name }) => name === "calibration")).toMatchObject({
      answer: "not-met",
      surely: false,
    });
    expect(one.verdict.answer).toBe("stay");
  });

  test("counts a change once, however many services it was brought to", () => {
    const everywhere = ["shop", "payments", "search"].map(
      (service): Told => ({ ...failed(3), service, commit: "c".repeat(40) }),
    );
    const one = { ...well(4), commit: "d".repeat(40) };
    expect(calibrationNow(chainsOf([...everywhere, one]), policyWith(), seasonEnd)).toMatchObject({
      releases: 2,
      failures: 1,
      expected: expect.closeTo(0.36, 9),
    });
  });
});

test("what people said stands beside it and counts nowhere", () => {
  const said = [
    feedback("Too high: only docs changed."),
    feedback("This is underestimated", { model: { version: "model@1", state: "shadow", probability: 0.04 } }),
    feedback("No."),
    feedback("too high and dangerous", { repository: "../..", comment: "x" }),
  ];
  const { feedback: found, services } = reportOf(chainsOf(weeks, said));
  expect(found.map(({ says }) => says).sort()).toEqual(["too-high", "too-low", "unclear"]);
  expect(found.find(({ says }) => says === "too-low")).toMatchObject({
    by: "maria",
    model: { version: "model@1", probability: 0.04 },
    path: "/octo-org/shop/pull/7#issuecomment-42",
  });
  expect(services).toEqual(reportOf(chainsOf(weeks)).services);
});
