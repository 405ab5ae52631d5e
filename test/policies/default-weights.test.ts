import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newestPart, readProjects } from "../../bench/risk/projects.ts";
import { scoresOf } from "../../bench/risk/score.ts";
import { spreadOf } from "../../bench/risk/spread.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import { type RiskWeights, riskWeights, type ScoredFact } from "../../core/policy/schema.ts";
import { parseYamlDocument } from "../../core/policy/yaml/document.ts";
import { pointsOnCurve } from "../../core/risk/curve.ts";
import { scoreFacts, shownScore } from "../../core/risk/score.ts";
import { auc } from "../../core/stats/auc.ts";

const text = readFileSync(new URL("../../policies/default/risk-weights.yaml", import.meta.url), "utf8");
const parsed = parseYamlDocument(text, "risk-weights.yaml", riskWeights);

function shipped(): RiskWeights {
  if (!parsed.value) throw new Error(parsed.problems.map((problem) => problem.message).join("\n"));
  return parsed.value;
}

const factors = Object.entries(shipped().factors);

/** Facts where less is worse. */
const fallingFacts: ScoredFact[] = [
  "coverage.delta",
  "performance.throughput_percent",
  "history.days_since_rollback",
  "history.days_since_incident",
];

function points(fact: ScoredFact, value: number | boolean): number {
  return factors
    .filter(([, factor]) => factor.fact === fact)
    .reduce((total, [, factor]) => total + pointsOnCurve(factor.curve, value), 0);
}

function shown(diff: NonNullable<ChangeFacts["diff"]>, more: Partial<ChangeFacts> = {}): number {
  return shownScore(scoreFacts({ schema_version: 1, diff, ...more }, shipped()).score);
}

describe("the default weights", () => {
  it("are valid and name their schema in the first line", () => {
    expect(parsed.problems).toEqual([]);
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../schema/risk-weights.schema.json");
  });

  it("read each fact once, each with a label of its own", () => {
    expect(new Set(factors.map(([, factor]) => factor.fact)).size).toBe(factors.length);
    expect(new Set(factors.map(([, factor]) => factor.label)).size).toBe(factors.length);
  });

  it("explain each factor's curve in a comment above it", () => {
    for (const [name] of factors) expect(text).toMatch(new RegExp(`^ {2}# .+\\n {2}${name}:$`, "m"));
  });

  it.each<[ScoredFact, number | boolean, number]>([
    ["tests.integration_failed", 1, 10],
    ["tests.integration_failed", 2, 20],
    ["vulnerabilities.critical", 1, 50],
    ["kinds.firmware", true, 15],
    ["kinds.kernel_driver", true, 15],
    ["kinds.driver_signing", true, 10],
    ["coverage.delta", 3, -3],
    ["coverage.delta", -3, 3],
  ])("%s of %s earns %s", (fact, value, expected) => {
    expect(points(fact, value)).toBe(expected);
  });

  it("weigh a critical service by half as much again, and ARM only for the band", () => {
    expect(shipped().criticality).toEqual({ normal: 1, critical: 1.5 });
    expect(shipped().caution).toEqual({ arm: 10 });
    const diff = { files: 3, additions: 30, deletions: 5 };
    const score = scoreFacts({ schema_version: 1, diff }, shipped()).score;
    const critical = scoreFacts(
      { schema_version: 1, diff, service: { criticality: "critical" } },
      shipped(),
    ).score;
    expect(critical).toBeCloseTo(1.5 * score, 9);
  });

  it("give nothing to a fact that is 0, so that the empty change earns 0", () => {
    for (const [name, factor] of factors) {
      if (factor.fact.startsWith("history.days_since")) continue;
      expect(pointsOnCurve(factor.curve, 0), name).toBe(0);
    }
  });

  it("never score a change lower for a fact that is worse", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...factors),
        fc.double({ min: -1000, max: 100_000, noNaN: true }),
        fc.double({ min: 0, max: 100_000, noNaN: true }),
        ([, { fact, curve }], value, more) => {
          const worse = fallingFacts.includes(fact) ? value - more : value + more;
          expect(pointsOnCurve(curve, worse)).toBeGreaterThanOrEqual(pointsOnCurve(curve, value) - 1e-9);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("never reach 0 or the cap by size alone, so that size still ranks changes there", () => {
    expect(shown({ files: 1, additions: 1, deletions: 0 })).toBeGreaterThan(0);
    const largest = scoreFacts(
      { schema_version: 1, diff: { files: 5000, additions: 2_000_000, deletions: 2_000_000 } },
      shipped(),
    );
    expect(largest.score).toBeLessThanOrEqual(100);
    expect(largest.contributors.map((contributor) => contributor.name)).not.toContain("cap");
  });

  it.each<[string, NonNullable<ChangeFacts["diff"]>, number, number]>([
    ["a one-line fix is rolled out", { files: 1, additions: 1, deletions: 1 }, 5, 15],
    ["a median change is rolled out", { files: 2, additions: 10, deletions: 4 }, 15, 30],
    ["60 lines in three files are a canary", { files: 3, additions: 60, deletions: 20 }, 31, 70],
    ["400 lines in ten files are blue-green", { files: 10, additions: 400, deletions: 0 }, 71, 100],
  ])("%s", (_, diff, least, most) => {
    expect(shown(diff)).toBeGreaterThanOrEqual(least);
    expect(shown(diff)).toBeLessThanOrEqual(most);
  });

  it("keep the worst of what is not known moderate", () => {
    const { score, worst } = scoreFacts(
      { schema_version: 1, diff: { files: 2, additions: 10, deletions: 4, churn: 2 }, kinds: {} },
      shipped(),
    );
    expect(worst).toBeGreaterThan(score + 10);
    expect(worst).toBeLessThan(90);
  });
});

const projects = readProjects();

describe.skipIf(!projects)("on ../shared/data/change-risk (skipped where it is absent)", () => {
  const parts = (projects ?? []).flatMap((project) => [
    { name: `${project.name}, whole`, part: project },
    { name: `${project.name}, newest 30 %`, part: newestPart(project) },
  ]);

  it.each(parts)("$name: the default ranks at least as well as lines added", ({ part }) => {
    const linesAdded = auc(part.additions, part.buggy);
    for (const facts of ["size", "size and shape"] as const) {
      const scores = scoresOf(part, shipped(), facts);
      expect(auc(scores, part.buggy)).toBeGreaterThanOrEqual(linesAdded);
      expect(auc(scores.map(shownScore), part.buggy)).toBeGreaterThanOrEqual(linesAdded);
    }
  });

  it("the pooled changes spread about 65 % rolling, 27 % canary, 8 % blue-green", () => {
    const scores = (projects ?? []).flatMap((project) => Array.from(scoresOf(project, shipped(), "size")));
    const { rolling, canary, blueGreen } = spreadOf(Float64Array.from(scores));
    expect(rolling).toBeCloseTo(0.65, 2);
    expect(canary).toBeCloseTo(0.27, 2);
    expect(blueGreen).toBeCloseTo(0.08, 2);
  });
});
