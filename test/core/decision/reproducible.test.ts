import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { folderBundle } from "../../../adapters/policy/folder.ts";
import { shippedBundle, shippedBundleNames, shippedFiles } from "../../../adapters/policy/shipped.ts";
import { changeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import { identified, identityHolds } from "../../../core/decision/identify.ts";
import { decisionBody } from "../../../core/decision/shape.ts";
import { arbitraryFacts } from "../../arbitrary-facts.ts";

/** The same value with the keys of every object the other way round. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reordered(one)]),
  );
}

describe.each([...shippedBundleNames])("under the bundle %s", (name) => {
  const policy = shippedBundle(name);

  test("contributors sum to the shown score − the shown reference, to 1e-9", () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const body = decide(facts, policy);
        for (const one of [body, ...body.services]) {
          const sum = one.contributors.reduce((total, contributor) => total + contributor.points, 0);
          expect(Math.abs(sum - (one.risk_score - one.reference_score))).toBeLessThan(1e-9);
          expect(one.band_score).toBeGreaterThanOrEqual(one.risk_score);
          expect(one.worst_score).toBeGreaterThanOrEqual(one.risk_score);
          for (const option of one.counterfactuals) expect(option.score).toBeLessThan(one.risk_score);
          expect(one.counterfactuals.length).toBeLessThanOrEqual(3);
          expect(one.allowed && one.gates.some((gate) => gate.verdict === "block")).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("every decision has the form that it promises, and the name of its own body", () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const body = decide(facts, policy);
        expect(decisionBody.parse(body)).toEqual(body);
        expect(identityHolds(body)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("equal facts give equal bytes; the order of their keys says nothing", () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const body = decide(facts, policy);
        expect(JSON.stringify(decide(structuredClone(facts), policy))).toBe(JSON.stringify(body));
        const other = changeFacts.parse(reordered(facts));
        expect(decide(other, policy).decision_id).toBe(body.decision_id);
      }),
      { numRuns: 100 },
    );
  });
});

test("the order of keys in the policy's files says nothing either", () => {
  const files = new Map(shippedFiles("default"));
  const turned = new Map(files);
  for (const file of ["risk-weights.yaml", "strategy-mapping-policy.yaml"]) {
    turned.set(file, JSON.stringify(reordered(parse(files.get(file) ?? ""))));
    expect(turned.get(file)).not.toBe(JSON.stringify(parse(files.get(file) ?? "")));
  }
  const origin = { name: "default", commit: "shipped" };
  const other = folderBundle(turned, origin);
  const one = folderBundle(files, origin);
  expect(other.version.hash).toBe(one.version.hash);
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      expect(JSON.stringify(decide(facts, other))).toBe(JSON.stringify(decide(facts, one)));
    }),
    { numRuns: 100 },
  );
});

describe("the name of a decision", () => {
  const body = decide({ schema_version: 1, diff: { files: 1, additions: 9 } }, shippedBundle("default"));

  test("is a prefix of the hash of the rest", () => {
    const { decision_id, ...rest } = body;
    expect(decision_id).toMatch(/^[0-9a-f]{24}$/);
    expect(identified(rest).decision_id).toBe(decision_id);
  });

  test.each([
    ["another score", { ...body, risk_score: body.risk_score + 1 }],
    ["another answer", { ...body, allowed: !body.allowed }],
    ["a shorter name", { ...body, decision_id: body.decision_id.slice(0, 8) }],
    ["no name", { ...body, decision_id: "" }],
  ])("does not hold for %s", (_, changed) => {
    expect(identityHolds(body)).toBe(true);
    expect(identityHolds(changed)).toBe(false);
  });

  test("differs with the facts, the policy and the mode", () => {
    const facts = { schema_version: 1 as const, diff: { files: 1, additions: 9 } };
    const names = [
      body,
      decide({ ...facts, diff: { files: 1, additions: 10 } }, shippedBundle("default")),
      decide(facts, shippedBundle("regulated")),
      decide(facts, shippedBundle("default"), { mode: "enforced" }),
    ].map((one) => one.decision_id);
    expect(new Set(names).size).toBe(names.length);
  });
});
