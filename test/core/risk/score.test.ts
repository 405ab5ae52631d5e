import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shippedBundle, shippedBundleNames } from "../../../adapters/policy/shipped.ts";
import { readFact } from "../../../core/change/fact.ts";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { scoredFacts } from "../../../core/policy/schema.ts";
import { scoreFacts, shownScore } from "../../../core/risk/score.ts";
import { arbitraryFacts } from "../../arbitrary-facts.ts";

describe.each([...shippedBundleNames])("under the bundle %s", (name) => {
  const { weights } = shippedBundle(name);

  test("contributors sum to score − reference to 1e-9, within bounds", () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const score = scoreFacts(facts, weights);
        const sum = score.contributors.reduce((total, contributor) => total + contributor.points, 0);
        expect(Math.abs(sum - (score.score - score.reference))).toBeLessThan(1e-9);
        for (const bound of [score.score, score.reference, score.worst]) {
          expect(bound).toBeGreaterThanOrEqual(0);
          expect(bound).toBeLessThanOrEqual(100);
        }
        expect(score.worst).toBeGreaterThanOrEqual(score.score - 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test("monotone: more of an adverse fact never lowers the score", () => {
    const better = ["coverage.delta", "performance.throughput_percent"];
    const adverse = scoredFacts.filter(
      (fact) =>
        !better.includes(fact) &&
        !fact.startsWith("author.") &&
        !fact.includes("days_since") &&
        fact !== "kinds.revert",
    );
    fc.assert(
      fc.property(
        arbitraryFacts,
        fc.constantFrom(...adverse),
        fc.double({ min: 0.01, max: 500, noNaN: true }),
        (facts, fact, step) => {
          const worse = raised(facts, fact, step);
          if (worse)
            expect(scoreFacts(worse, weights).score).toBeGreaterThanOrEqual(
              scoreFacts(facts, weights).score - 1e-9,
            );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("a gain in coverage never raises the score, a loss never lowers it", () => {
    fc.assert(
      fc.property(arbitraryFacts, fc.double({ min: 0, max: 40, noNaN: true }), (facts, change) => {
        const at = (delta: number) => scoreFacts({ ...facts, coverage: { delta } }, weights).score;
        expect(at(change)).toBeLessThanOrEqual(at(0) + 1e-9);
        expect(at(-change)).toBeGreaterThanOrEqual(at(0) - 1e-9);
      }),
    );
  });

  test("a critical service never scores lower than a normal one", () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const at = (criticality: "normal" | "critical") =>
          scoreFacts({ ...facts, service: { criticality } }, weights).score;
        expect(at("critical")).toBeGreaterThanOrEqual(at("normal") - 1e-9);
      }),
    );
  });
});

/** The same facts with one known fact a step worse. */
function raised(
  facts: ChangeFacts,
  fact: (typeof scoredFacts)[number],
  step: number,
): ChangeFacts | undefined {
  const value = readFact[fact](facts);
  if (value === undefined || value === null) return undefined;
  const [group, field] = fact.split(".");
  const next =
    typeof value === "boolean"
      ? true
      : fact === "history.failure_rate"
        ? Math.min(1, value + step)
        : value + step;
  const before: unknown = Object.entries(facts).find(([key]) => key === group)?.[1];
  return { ...facts, [group ?? ""]: { ...(typeof before === "object" ? before : {}), [field ?? ""]: next } };
}

test("unknown is not zero: it is named, with what it could add", () => {
  const { weights } = shippedBundle("default");
  const diff = { files: 1, additions: 1, deletions: 0, directories: 1, entropy: 0, churn: 0 };
  const known = scoreFacts({ schema_version: 1, diff, vulnerabilities: { critical: 0 } }, weights);
  const unknown = scoreFacts({ schema_version: 1, diff }, weights);
  expect(known.unknowns.map((one) => one.fact)).not.toContain("vulnerabilities.critical");
  expect(unknown.unknowns.map((one) => one.fact)).toContain("vulnerabilities.critical");
  expect(unknown.worst).toBeGreaterThan(known.worst);
});

test.each([
  [46.5, 47],
  [46.499, 46],
  [0.5, 1],
  [99.5, 100],
])("%d is shown as %d: half up", (exact, shown) => expect(shownScore(exact)).toBe(shown));
