import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import { type DecisionBody, decisionBody } from "../../../core/decision/shape.ts";
import { policyModelIn } from "../../../core/policy/bundle/model.ts";
import type { ModelRules, PolicyBundle, Thresholds } from "../../../core/policy/schema.ts";
import { arbitraryFacts } from "../../arbitrary-facts.ts";
import { type MadeModel, madeModel } from "../../made-model.ts";
import { answerOf, changeOf, smallPolicy } from "./small-policy.ts";

/** Log-odds −1 + 2 + 1 = 2 where large, −1 − 1 − 0.5 = −2.5 where small: ranks 70 and 25, probabilities 88 % and 7.6 %. */
const large = changeOf(60, { diff: { additions: 60, files: 8 } });
const small = changeOf(10, { diff: { additions: 10, files: 1 } });

function policyWith(
  rules: ModelRules | undefined,
  { made = {}, defaults = {} }: { made?: MadeModel; defaults?: Thresholds } = {},
): PolicyBundle {
  return smallPolicy({
    defaults: { ...defaults, ...(rules ? { model: rules } : {}) },
    model: madeModel(made),
  });
}

const calibration = {
  ...{ model: "", releases: 200, failures: 100, expected: 20, evidence: 1e9 },
  towards: "more-failures" as const,
};

/** What is left of a decision without what a shadow records. */
function withoutModel(body: DecisionBody) {
  const { model: _, decision_id: _id, policy_version: _version, services, ...rest } = body;
  return { ...rest, services: services.map(({ model: _model, ...service }) => service) };
}

describe("a model that nobody wrote rules for stays in shadow", () => {
  test("it is recorded with rank, probability and reasons", () => {
    const { model } = decide(large, policyWith(undefined));
    expect(model).toMatchObject({
      state: "shadow",
      scale: "rank",
      spoke: true,
      heuristic_score: 60,
      outcome: "failed",
    });
    expect(model?.rank).toEqual({ percent: 70, changes: 40 });
    expect(model?.probability).toBeCloseTo(0.8808, 4);
    expect(model?.contributors?.map(({ name, log_odds }) => [name, Number(log_odds.toFixed(9))])).toEqual([
      ["la", 1.5],
      ["nf", 0.75],
    ]);
  });

  test("every other byte is what it is without", () => {
    fc.assert(
      fc.property(
        arbitraryFacts,
        fc.constantFrom({}, { state: "shadow" as const, scale: "probability" as const }),
        (facts, rules) => {
          const before = decide(facts, smallPolicy());
          const body = decide(facts, policyWith(rules));
          expect(JSON.stringify(withoutModel(body))).toBe(JSON.stringify(withoutModel(before)));
          expect(body.model?.version).toMatch(/^model@[0-9a-f]{12}$/);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("advisory is shown and decides nothing", () => {
  test("score, strategy and gates are the weights' own", () => {
    const defaults = { approval: { from: 50 } };
    const before = decide(large, smallPolicy({ defaults }));
    const body = decide(large, policyWith({ state: "advisory" }, { defaults }));
    expect(body.model_version).toBe(body.model?.version);
    expect(body.probability).toBeCloseTo(0.8808, 4);
    const { probability: _, model_version: _version, ...rest } = withoutModel(body);
    const services = rest.services.map(({ probability: _one, ...service }) => service);
    expect({ ...rest, services }).toEqual(withoutModel(before));
  });
});

describe("enforced, it gives score, strategy and approval", () => {
  const bands = [
    { "up-to": 20, strategy: "rolling" },
    { "up-to": 60, strategy: "canary" },
    { "up-to": 100, strategy: "blue-green" },
  ];
  test.each([
    ["a low rank", small, {}, 25, "rolling", "low", "pass: within-policy"],
    ["a rank below 80", large, {}, 70, "rolling", "low", "pass: within-policy"],
    ["bands of the team's own", large, { bands }, 70, "blue-green", "high", "pass: within-policy"],
    [
      "a rank from which policy asks",
      large,
      { approval: { from: 70 } },
      70,
      "rolling",
      "low",
      "approve: model-needs-approval",
    ],
    [
      "a probability below the least",
      small,
      { approval: { from: 20, "least-probability": 8 } },
      25,
      "rolling",
      "low",
      "pass: within-policy",
    ],
    [
      "a probability above it",
      small,
      { approval: { from: 20, "least-probability": 7 } },
      25,
      "rolling",
      "low",
      "approve: model-needs-approval",
    ],
    ["the scale probability", large, { scale: "probability", bands }, 88, "blue-green", "high", "absent"],
    [
      "an approval on it",
      large,
      { scale: "probability", bands, approval: { from: 80 } },
      88,
      "blue-green",
      "high",
      "approve: model-needs-approval",
    ],
  ] satisfies [string, ChangeFacts, ModelRules, number, string, string, string][])(
    "%s",
    (_, facts, rules, score, strategy, level, gate) => {
      const body = decide(facts, policyWith({ state: "enforced", ...rules }));
      expect([body.risk_score, body.strategy, body.model?.level]).toEqual([score, strategy, level]);
      expect(answerOf(body.gates, "risk-score")).toBe(gate);
      expect(body.model?.heuristic_score).toBe(facts.diff?.additions);
      expect(decisionBody.parse(body)).toEqual(body);
    },
  );

  test("the rank is the model's, and so are the reasons, of which points are rescaled", () => {
    const body = decide(large, policyWith({ state: "enforced" }));
    expect(body.rank).toEqual({ percent: 70, changes: 40 });
    expect(body.reference_score).toBe(48);
    expect(body.contributors.map(({ name, value, typical }) => [name, value, typical])).toEqual([
      ["la", 60, 19.5],
      ["nf", 8, 19.5],
      ["rounding", undefined, undefined],
    ]);
  });

  test("on the scale points it speaks beside the weights, and guardrails may ask it", () => {
    const guardrails = 'rule "likely": when probability > 80% then block "it will likely fail"';
    const policy = { ...policyWith({ state: "enforced", scale: "points" }), guardrails };
    const body = decide(large, policy);
    expect([body.risk_score, body.strategy]).toEqual([60, "canary"]);
    expect(answerOf(body.gates, "guardrail:likely")).toBe("block: guardrail-blocks");
    expect(decide(small, policy).allowed).toBe(true);
  });

  test("a guardrail does not see the model of a shadow or an advice: what it rests on is unknown", () => {
    const guardrails = 'rule "likely": when rank > 10 then block "risky"';
    const body = decide(large, { ...policyWith({ state: "advisory" }), guardrails });
    expect(answerOf(body.gates, "guardrail:likely")).toBe("approve: guardrail-fact-unknown");
  });
});

describe("what the model has not learnt from counts by the weights, and the stricter holds", () => {
  const defaults = { approval: { from: 70 } };
  test.each([
    [0, "rolling", "pass: within-policy"],
    [4, "canary", "pass: within-policy"],
    [8, "blue-green", "approve: score-needs-approval"],
  ])("%i failing tests", (failed, strategy, gate) => {
    const body = decide({ ...small, tests: { failed } }, policyWith({ state: "enforced" }, { defaults }));
    expect([body.risk_score, body.strategy, answerOf(body.gates, "risk-score")]).toEqual([
      25,
      strategy,
      gate,
    ]);
    const why = `By the weights facts that the model has not learnt from come to ${10 * failed} points, which ask for ${strategy}.`;
    expect(body.notes).toEqual(failed ? [why] : []);
  });

  test("unknown ones are named, and said what they could lead to", () => {
    const { tests: _, ...facts } = small;
    const body = decide(facts, policyWith({ state: "enforced" }, { defaults: { approval: { from: 25 } } }));
    expect(body.unknowns).toEqual([{ name: "failed", worst: 30 }]);
    expect(body.at_worst).toEqual({ strategy: "rolling", needs_approval: true });
    expect(body.worst_score).toBe(40);
  });

  test("gates and overrides are never milder than without a model, and sums stay exact", () => {
    const rules = fc.record({
      state: fc.constantFrom("shadow" as const, "advisory" as const, "enforced" as const),
      scale: fc.constantFrom("points" as const, "rank" as const),
    });
    const mode = fc.constantFrom("advisory" as const, "enforced" as const);
    const untrusted = fc.boolean();
    fc.assert(
      fc.property(arbitraryFacts, rules, mode, untrusted, (given, model, asked, isForged) => {
        const facts: ChangeFacts = isForged
          ? { ...given, sources: { ...given.sources, history: { from: "git", trusted: false } } }
          : given;
        const defaults: Thresholds = { vulnerabilities: { critical: "block" }, approval: { from: 60 } };
        const overrides = [{ name: "schema", when: "kinds.db_schema", approval: "required" as const }];
        const before = decide(facts, smallPolicy({ defaults, overrides }), { mode: asked });
        const after = decide(
          facts,
          smallPolicy({ defaults: { ...defaults, model }, overrides, model: madeModel() }),
          {
            mode: asked,
          },
        );
        for (const gate of before.gates.filter((one) => one.name !== "risk-score"))
          expect(after.gates).toContainEqual(gate);
        const sum = after.contributors.reduce((total, { points }) => total + points, 0);
        expect(Math.abs(sum - (after.risk_score - after.reference_score))).toBeLessThan(1e-9);
        expect(after.worst_score).toBeGreaterThanOrEqual(after.risk_score);
        for (const option of after.counterfactuals) expect(option.score).toBeLessThan(after.risk_score);
        const { bias = 0, log_odds: logOdds = 0, contributors = [] } = after.model ?? {};
        const added = contributors.reduce((total, { log_odds }) => total + log_odds, bias);
        expect(Math.abs(added - logOdds)).toBeLessThan(1e-9);
        expect(decisionBody.parse(after)).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });
});

describe("where it cannot speak, the weights decide and say why", () => {
  const day = (text: string): Partial<ChangeFacts> => ({ context: { day: text } });
  const version = madeModel().version;
  test.each([
    ["three months old", {}, {}, day("2026-04-02"), "model-stale"],
    ["with a week allowed", {}, { "stale-after": "7d" }, day("2026-01-09"), "model-stale"],
    [
      "half of what it asks unknown, with less allowed",
      {},
      { "most-unknowns": 49 },
      { diff: { additions: 60 } },
      "model-unknowns",
    ],
    [
      "drifted",
      {},
      {},
      { history: { model_calibration: { ...calibration, model: version } } },
      "model-drifted",
    ],
  ] satisfies [string, MadeModel, ModelRules, Partial<ChangeFacts>, string][])(
    "%s",
    (_, made, rules, more, code) => {
      const body = decide({ ...large, ...more }, policyWith({ state: "enforced", ...rules }, { made }));
      expect(body.model).toMatchObject({ state: "enforced", spoke: false, reason_code: code });
      expect([body.risk_score, body.strategy, body.probability, body.model_version]).toEqual([
        60,
        "canary",
        undefined,
        undefined,
      ]);
      expect(body.notes).toEqual([
        `The weights decide, without the model (${code}). ${body.model?.sentence}`,
      ]);
      const shadow = decide({ ...large, ...more }, policyWith(rules, { made }));
      expect([shadow.model?.reason_code, shadow.notes]).toEqual([code, []]);
    },
  );

  test.each([
    ["still fresh", {}, day("2026-04-01")],
    ["of a day that nobody told", {}, {}],
    ["half of what it asks unknown", {}, { diff: { additions: 60 } }],
    [
      "another model drifted",
      {},
      { history: { model_calibration: { ...calibration, model: "model@other" } } },
    ],
  ] satisfies [string, ModelRules, Partial<ChangeFacts>][])("it speaks: %s", (_, rules, more) => {
    expect(decide({ ...large, ...more }, policyWith({ state: "enforced", ...rules })).model?.spoke).toBe(
      true,
    );
  });

  test("rules without a model", () => {
    const { model, notes } = decide(large, smallPolicy({ defaults: { model: { state: "advisory" } } }));
    expect(model).toEqual({
      state: "advisory",
      scale: "rank",
      heuristic_score: 60,
      spoke: false,
      reason_code: "model-missing",
      sentence: expect.stringContaining("no model.json"),
    });
    expect(notes).toHaveLength(1);
  });

  test("a model that cannot be read", () => {
    const model = policyModelIn(new Map([["model.json", modelWithout("parts")]]), undefined);
    const body = decide(
      large,
      smallPolicy({ defaults: { model: { state: "enforced" } }, ...(model ? { model } : {}) }),
    );
    expect(body.model).toMatchObject({ spoke: false, reason_code: "model-broken" });
    expect(body.notes).toEqual([
      expect.stringMatching(
        /\(model-broken\)\. model\.json: The model is not read\. features: .* Learn it anew/,
      ),
    ]);
  });

  test.each([
    ["fewer labels than policy asks for", { trained: { rows: 199 } }, {}],
    ["no quantiles, and so no rank", { standing: false }, {}],
  ] satisfies [string, MadeModel, ModelRules][])("with %s it stays in shadow", (_, made, rules) => {
    const body = decide(large, policyWith({ state: "enforced", ...rules }, { made }));
    expect(body.model).toMatchObject({ state: "shadow", spoke: true, reason_code: "model-unproven" });
    expect([body.risk_score, body.probability]).toEqual([60, undefined]);
    expect(body.notes).toEqual([expect.stringContaining(`(model-unproven). ${body.model?.sentence}`)]);
  });
});

function modelWithout(key: string): string {
  return JSON.stringify({ schema_version: 1, kind: "adaptive-deploy/model", [key]: undefined });
}

describe("history that anybody may write makes nothing milder", () => {
  const splits = { la: { at: 50, below: -1, above: 1 }, ndev: { at: 3, below: -3, above: 2 } };
  const bands = [
    { "up-to": 40, strategy: "rolling" },
    { "up-to": 60, strategy: "canary" },
    { "up-to": 100, strategy: "blue-green" },
  ];
  const forged = (developers: number, trusted: boolean): ChangeFacts => ({
    ...large,
    history: { past: { lines_before: 1, developers, days_since_touched: 1, changes_before: 1 } },
    sources: { history: { from: "git", trusted } },
  });
  // Unknown goes left: −1 + 1 − 3 = −3, rank 20; with many developers −1 + 1 + 2 = 2, rank 70.
  const decided = (facts: ChangeFacts, mode: "advisory" | "enforced", made: MadeModel = { splits }) =>
    decide(facts, policyWith({ state: "enforced", bands, "most-unknowns": 50 }, { made }), { mode });

  test("what it worries holds, what it comforts does not", () => {
    const comforting = { ...splits, ndev: { at: 3, below: 2, above: -3 } };
    expect(decided(forged(9, false), "enforced", { splits: comforting })).toMatchObject({
      risk_score: 70,
      strategy: "blue-green",
    });
    expect(decided(forged(9, true), "enforced", { splits: comforting })).toMatchObject({
      risk_score: 20,
      strategy: "rolling",
    });
    expect(decided(forged(9, false), "advisory", { splits: comforting })).toMatchObject({ risk_score: 20 });
    expect(decided(forged(9, false), "enforced")).toMatchObject({ risk_score: 70, strategy: "blue-green" });
  });

  test("a forged drift does not take a strict model away", () => {
    const made = { splits: { la: { at: 50, below: 4, above: 1 } } };
    const model_calibration = { ...calibration, model: madeModel(made).version };
    const facts = { ...forged(9, false), diff: { additions: 1 }, history: { model_calibration } };
    const body = decided(facts, "enforced", made);
    expect(body.model).toMatchObject({ spoke: false, reason_code: "model-drifted" });
    expect([body.risk_score, body.strategy]).toEqual([1, "blue-green"]);
    expect(decided(facts, "advisory", made).strategy).toBe("rolling");
  });

  test("nor hides a forged drift the score from what guardrails and overrides ask of it", () => {
    const made = { splits: { la: { at: 50, below: 4, above: 1 } } };
    const model_calibration = { ...calibration, model: madeModel(made).version };
    const facts = { ...forged(9, false), diff: { additions: 1 }, history: { model_calibration } };
    const asking = {
      ...policyWith({ state: "enforced", bands: [{ "up-to": 100, strategy: "rolling" }] }, { made }),
      guardrails: ["rank", "risk_score"]
        .map((name) => `rule "high_${name}": when ${name} > 75 then block`)
        .join("\n"),
    };
    const careful = { name: "high", when: "rank > 75", strategy: "blue-green" };
    const policy = { ...asking, mapping: { ...asking.mapping, overrides: [careful] } };
    const { gates, strategy, allowed } = decide(facts, policy, { mode: "enforced" });
    expect(answerOf(gates, "guardrail:high_rank")).toBe("block: guardrail-blocks");
    expect(answerOf(gates, "guardrail:high_risk_score")).toBe("block: guardrail-blocks");
    expect([strategy, allowed]).toEqual(["blue-green", false]);
  });
});

describe("services, each by its own rules and its own files", () => {
  const past = (developers: number) => ({
    ...{ lines_before: 1, developers, days_since_touched: 1, changes_before: 1 },
  });
  const facts: ChangeFacts = {
    ...large,
    services: [
      { name: "pay", diff: { additions: 60 }, past: past(9) },
      { name: "web", diff: { additions: 1 }, past: past(1) },
    ],
  };
  const made = { splits: { la: { at: 50, below: -1, above: 2 }, ndev: { at: 3, below: -1, above: 2 } } };
  const policy = policyWith({ state: "shadow" }, { made });
  const scopes = [{ match: { service: "pay" }, model: { state: "enforced" as const } }];
  const scoped = { ...policy, thresholds: { ...policy.thresholds, scopes } };

  test("one is scored by the model, the other by the weights; the strictest leads", () => {
    const body = decide(facts, scoped);
    expect(body.services.map(({ name, risk_score, model }) => [name, risk_score, model?.state])).toEqual([
      ["pay", 80, "enforced"],
      ["web", 1, "shadow"],
    ]);
    expect(body.services.map(({ model }) => Math.round(model?.rank?.percent ?? 0))).toEqual([80, 20]);
    expect([body.risk_score, body.model?.level, body.model_version]).toEqual([
      80,
      "low",
      body.model?.version,
    ]);
  });
});
