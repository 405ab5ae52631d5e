import { describe, expect, test } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { counterfactuals } from "../../../core/risk/counterfactuals.ts";
import { scoreFacts, shownScore } from "../../../core/risk/score.ts";

const { weights } = shippedBundle("default");
const small: ChangeFacts = { schema_version: 1, diff: { files: 1, additions: 12, deletions: 1 } };
const told = (more: Partial<ChangeFacts>) => counterfactuals({ ...small, ...more }, weights);

describe("what would lower the score", () => {
  test.each<[string, Partial<ChangeFacts>, string]>([
    [
      "a large change",
      { diff: { files: 8, additions: 300, deletions: 40, directories: 4 } },
      "split it into two pull requests of equal size",
    ],
    [
      "a major bump",
      {
        dependencies: {
          major: 1,
          updated: 1,
          changes: [{ ecosystem: "npm", name: "stripe", to: "15.0.0", major: true }],
        },
      },
      "stripe 15.0.0 in a pull request of its own",
    ],
    [
      "bumps without names",
      { dependencies: { major: 2, updated: 2 } },
      "the 2 major dependency bumps in a pull request of its own",
    ],
    ["failing tests", { tests: { failed: 2, failed_names: ["a", "b"] } }, "fix a, b"],
    ["three flaky tests", { tests: { flaky: 3, flaky_names: ["a", "b", "c"] } }, "steady a, b, 1 more"],
    ["lost coverage", { coverage: { delta: -8 } }, "cover the new lines with tests"],
    ["a vulnerability", { vulnerabilities: { critical: 1, identifiers: ["CVE-2026-1"] } }, "mend CVE-2026-1"],
    ["a migration", { kinds: { db_schema: true } }, "the schema migration in a pull request of its own"],
    ["latency", { performance: { latency_percent: 60 } }, "win back the latency"],
  ])("of %s", (_, facts, change) => {
    expect(told(facts).map((option) => option.change)).toContain(change);
  });

  test("a change that is only a migration is in a pull request of its own already", () => {
    const alone = {
      path: "db/migrations/042_tenants.sql",
      status: "added" as const,
      additions: 12,
      deletions: 0,
    };
    const code = { ...alone, path: "src/tenants.ts" };
    const options = (changed_files: (typeof alone)[]) =>
      told({ kinds: { db_schema: true }, diff: { files: 2, additions: 12, deletions: 1, changed_files } });
    const own = { change: "the schema migration in a pull request of its own" };
    expect(options([alone, code])).toContainEqual(expect.objectContaining(own));
    expect(options([alone, alone])).not.toContainEqual(expect.objectContaining(own));
  });

  test("nothing, where nothing is adverse", () => {
    expect(told({ tests: { failed: 0 }, coverage: { delta: 4 }, vulnerabilities: { critical: 0 } })).toEqual(
      [],
    );
  });

  test("the best three, best first, each with the score after it", () => {
    const facts: ChangeFacts = {
      ...small,
      tests: { failed: 3, flaky: 1 },
      vulnerabilities: { critical: 1 },
      coverage: { delta: -20 },
      kinds: { firmware: true },
    };
    const options = counterfactuals(facts, weights);
    const now = shownScore(scoreFacts(facts, weights).score);
    expect(options).toHaveLength(3);
    expect(options.map((option) => option.score)).toEqual(
      options.map(({ score }) => score).sort((a, b) => a - b),
    );
    for (const option of options) expect(option.score).toBeLessThan(now);
    const mended = { ...facts, vulnerabilities: { critical: 0, high: 0 } };
    expect(options[0]?.score).toBe(shownScore(scoreFacts(mended, weights).score));
  });
});
