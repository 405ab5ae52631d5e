import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import {
  commitsInThirtyDays,
  type HistorySummary,
  historyFacts,
  moduleOf,
  parseHistory,
  type SampleRow,
  sampleColumns,
} from "../../../core/change/history.ts";
import { recordOf } from "../../../core/change/record-of.ts";

const none = {
  changes: 0,
  files: null,
  additions: null,
  deletions: null,
  directories: null,
  entropy: null,
  churn: null,
};

function summary(more: Partial<HistorySummary> = {}): HistorySummary {
  return {
    schema_version: 1,
    base: "a".repeat(40),
    base_at: "2026-01-31T09:30:00.000Z",
    sample: { columns: [...sampleColumns], rows: [] },
    typical: { people: none, bots: none },
    commits_30d: recordOf<number>([]),
    commits_30d_complete: true,
    failures: { changes: 0, failures: 0 },
    modules: recordOf<{ changes: number; failures: number }>([]),
    previous_release: null,
    days_since_rollback: null,
    ...more,
  };
}

function rows(count: number, bot: 0 | 1 = 0): SampleRow[] {
  return Array.from({ length: count }, (_, index) => [bot, 1, index, 0, 1, 0, null]);
}

const score = (facts: ChangeFacts) => facts.diff?.additions ?? -1;
const question = { isBot: false, files: ["src/pay/a.ts"], score };

describe("historyFacts", () => {
  it("says nothing typical of fewer than 30 changes, only how many", () => {
    const sample = { columns: [...sampleColumns], rows: rows(29) };
    expect(historyFacts(summary({ sample }), question)).toEqual({ changes: 29, among: "people" });
  });

  it("gives medians and the scores of past changes from 30 on", () => {
    const typical = { people: { ...none, changes: 101, additions: 50 }, bots: none };
    const facts = historyFacts(
      summary({
        sample: { columns: [...sampleColumns], rows: rows(101) },
        typical,
        previous_release: { name: "v1.2.0", days_before: 3 },
        days_since_rollback: 12.5,
      }),
      question,
    );
    expect(facts).toMatchObject({
      changes: 101,
      among: "people",
      previous_release: "v1.2.0",
      days_since_rollback: 12.5,
    });
    expect(facts.typical?.additions).toBe(50);
    expect(facts.typical).not.toHaveProperty("changes");
    expect(facts.score_quantiles).toEqual(Array.from({ length: 101 }, (_, percent) => percent));
  });

  it("ranks bots among bots", () => {
    const sample = { columns: [...sampleColumns], rows: [...rows(40), ...rows(31, 1)] };
    const facts = historyFacts(summary({ sample }), { ...question, isBot: true });
    expect(facts).toMatchObject({ changes: 31, among: "bots" });
    expect(facts.score_quantiles?.at(-1)).toBe(30);
  });

  it.each([
    ["draws a module's rate towards the whole", ["src/pay/a.ts"], (6 + 10 * 0.1) / (10 + 10)],
    ["takes the worst module", ["docs/x/a.md", "src/pay/deep/a.ts"], (6 + 10 * 0.1) / (10 + 10)],
    ["gives a new module the rate of the whole", ["new/place/a.ts"], 0.1],
    ["does not mistake Object's own for a module", ["constructor/a.ts"], 0.1],
  ])("%s", (_, files, expected) => {
    const history = summary({
      failures: { changes: 100, failures: 10 },
      modules: recordOf([
        ["src/pay", { changes: 10, failures: 6 }],
        ["docs/x", { changes: 60, failures: 0 }],
      ]),
    });
    expect(historyFacts(history, { ...question, files }).failure_rate).toBeCloseTo(expected, 6);
  });

  it("does not know a failure rate below 30 changes or for no files", () => {
    const few = summary({ failures: { changes: 29, failures: 9 } });
    const enough = summary({ failures: { changes: 30, failures: 9 } });
    expect(historyFacts(few, question).failure_rate).toBeUndefined();
    expect(historyFacts(enough, question).failure_rate).toBeCloseTo(0.3, 6);
    expect(historyFacts(enough, { ...question, files: [] }).failure_rate).toBeUndefined();
  });

  it("keeps quantiles in order and within the scores, and the rate between 0 and 1", () => {
    const anyRow = fc.tuple(
      fc.constant(0 as const),
      fc.nat(9),
      fc.nat(900),
      fc.nat(9),
      fc.nat(9),
      fc.constant(0),
      fc.nat(9),
    );
    const counts = fc.record({ changes: fc.integer({ min: 30, max: 500 }), failures: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 30, maxLength: 90 }), counts, (sampled, failures) => {
        const modules = recordOf([["src/pay", failures]]);
        const history = summary({
          sample: { columns: [...sampleColumns], rows: sampled },
          failures,
          modules,
        });
        const facts = historyFacts(history, question);
        const quantiles = facts.score_quantiles ?? [];
        const scores = sampled.map((row) => row[2]);
        expect(quantiles).toHaveLength(101);
        expect(quantiles).toEqual([...quantiles].sort((left, right) => left - right));
        expect(quantiles[0]).toBe(Math.min(...scores));
        expect(quantiles[100]).toBe(Math.max(...scores));
        expect(facts.failure_rate).toBeGreaterThanOrEqual(0);
        expect(facts.failure_rate).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("history.json", () => {
  it("comes back as it was written", () => {
    const written = summary({
      sample: { columns: [...sampleColumns], rows: rows(3) },
      commits_30d: recordOf([["src/a.ts", 3]]),
      modules: recordOf([["src", { changes: 3, failures: 1 }]]),
    });
    const read = parseHistory(JSON.stringify(written));
    expect("summary" in read && JSON.stringify(read.summary)).toBe(JSON.stringify(written));
  });

  it("has no inherited paths", () => {
    const text = JSON.stringify(summary()).replace(
      '"commits_30d":{}',
      '"commits_30d":{"__proto__":{"x":1},"a":2}',
    );
    const read = parseHistory(text);
    const history = "summary" in read ? read.summary : summary();
    expect(history.commits_30d.constructor).toBeUndefined();
    expect(history.commits_30d.a).toBe(2);
    expect(history.commits_30d.x).toBeUndefined();
  });

  it.each([
    ["no JSON", "{"],
    ["another document", "{}"],
    ["a list", "[]"],
    ["another version", JSON.stringify({ ...summary(), schema_version: 2 })],
    ["an unknown key", JSON.stringify({ ...summary(), more: 1 })],
    ["columns in another order", JSON.stringify({ ...summary(), sample: { columns: ["files"], rows: [] } })],
    ["negative counts", JSON.stringify(summary()).replace('"commits_30d":{}', '"commits_30d":{"a":-1}')],
    [
      "a row that is too short",
      JSON.stringify({ ...summary(), sample: { columns: sampleColumns, rows: [[0, 1]] } }),
    ],
  ])("is a problem to say, not a fault: %s", (_, text) => {
    expect(parseHistory(text)).toEqual({ problem: expect.stringContaining("history counts as unknown") });
  });
});

describe("commitsInThirtyDays", () => {
  const counts = recordOf([["a.ts", 4]]);
  it("knows zero only where the list is complete", () => {
    expect(commitsInThirtyDays(summary({ commits_30d: counts }), "a.ts")).toBe(4);
    expect(commitsInThirtyDays(summary({ commits_30d: counts }), "b.ts")).toBe(0);
    expect(
      commitsInThirtyDays(summary({ commits_30d: counts, commits_30d_complete: false }), "b.ts"),
    ).toBeUndefined();
    expect(
      commitsInThirtyDays(summary({ commits_30d: counts, commits_30d_complete: false }), "toString"),
    ).toBeUndefined();
  });
});

describe("moduleOf", () => {
  it.each([
    ["README.md", "."],
    ["src/a.ts", "src"],
    ["src/pay/a.ts", "src/pay"],
    ["src/pay/deep/a.ts", "src/pay"],
  ])("%s is in %s", (path, module) => {
    expect(moduleOf(path)).toBe(module);
  });
});
