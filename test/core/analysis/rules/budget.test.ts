import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { budgetLeft, burnRate } from "../../../../core/analysis/rules/budget.ts";
import { burnAnswers, burnPairs, burnReading } from "../../../../core/analysis/rules/burn.ts";
import { type Counts, trailingCounts, uncounted } from "../../../../core/analysis/rules/counts.ts";

const counts = (total: number | null, bad: number | null): Counts => ({ total, bad });
const slo = { objective: 0.999 };
const window = { window: 7, endSeconds: 840, lengthSeconds: 120 };

describe("the error budget", () => {
  test.each<[Counts, number, number | undefined, number | undefined]>([
    [counts(10_000, 0), 0.999, 1, 0],
    [counts(10_000, 4), 0.999, 0.6, 0.4],
    [counts(10_000, 10), 0.999, 0, 1],
    [counts(10_000, 25), 0.999, -1.5, 2.5],
    [counts(100, 100), 0.99, -99, 100],
    [counts(0, 0), 0.999, undefined, undefined],
    [counts(null, 0), 0.999, undefined, undefined],
    [counts(10, null), 0.999, undefined, undefined],
    // Counts that cannot be are no counts.
    [counts(10, 11), 0.999, undefined, undefined],
    [counts(10, -1), 0.999, undefined, undefined],
    [counts(-10, 0), 0.999, undefined, undefined],
    [counts(Number.NaN, 0), 0.999, undefined, undefined],
    [counts(Number.POSITIVE_INFINITY, 0), 0.999, undefined, undefined],
    [counts(10, Number.NaN), 0.999, undefined, undefined],
    [counts(10, 1), 1, undefined, undefined],
    [counts(10, 1), 0, undefined, undefined],
  ])("of %j at %d is left by %j, burnt at %j", (events, objective, left, rate) => {
    const near = (value: number | undefined, expected: number | undefined) =>
      expected === undefined ? expect(value).toBeUndefined() : expect(value).toBeCloseTo(expected, 9);
    near(budgetLeft(events, objective), left);
    near(burnRate(events, objective), rate);
  });

  test("never grows by a bad event", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e9 }), fc.nat(), (total, any) => {
        const bad = any % total;
        const [before, after] = [bad, bad + 1].map((one) => budgetLeft(counts(total, one), 0.99));
        expect(after).toBeLessThan(before ?? Number.NaN);
      }),
    );
  });
});

describe("the last windows of a series", () => {
  const series = { total: [1, 2, 4, null, 16], bad: [0, 1, 0, 0, 3] };
  test.each<[number, number, Counts]>([
    [3, 2, counts(6, 1)],
    [3, 3, counts(7, 1)],
    [3, 4, uncounted],
    [5, 1, counts(16, 3)],
    [5, 2, uncounted],
    [6, 1, uncounted],
    [3, 0, uncounted],
  ])("up to %d, %d of them", (end, windows, expected) => {
    expect(trailingCounts(series, end, windows)).toEqual(expected);
  });

  test("may miss a tenth and no more", () => {
    const holed = (missing: number) => {
      const total = Array.from({ length: 100 }, (_, index) => (index < missing ? null : 10));
      return trailingCounts({ total, bad: total.map(() => 1) }, 100, 100);
    };
    expect(holed(10)).toEqual(counts(900, 90));
    expect(holed(11)).toEqual(uncounted);
  });
});

/** Bad events in a thousand over each span; what is not given was not counted. */
const rates = (over: Record<string, number>, events = 100_000) => {
  const spans = new Map(Object.entries(over));
  const seconds = new Map([
    ["5m", 300],
    ["30m", 1800],
    ["1h", 3600],
    ["2h", 7200],
    ["6h", 21_600],
    ["1d", 86_400],
    ["3d", 259_200],
  ]);
  return (wanted: number): Counts => {
    const [name = ""] = [...seconds].find(([, length]) => length === wanted) ?? [];
    const perThousand = spans.get(name);
    return perThousand === undefined ? uncounted : counts(events, (perThousand / 1000) * events);
  };
};
const all = (value: number) => ({
  "5m": value,
  "30m": value,
  "1h": value,
  "2h": value,
  "6h": value,
  "1d": value,
  "3d": value,
});

describe("burn rates over two windows", () => {
  const truths = (over: Record<string, number>, events?: number) =>
    burnAnswers(rates(over, events), slo, window).answers.map(({ truth }) => truth);

  // With an objective of 99.9 % one bad event in a thousand is the even pace.
  test.each<[string, Record<string, number>, (boolean | "unknown")[]]>([
    ["nothing burns", all(0), [false, false, false, false]],
    ["just below each factor", { ...all(0.99), "1h": 14.3, "5m": 99 }, [false, false, false, false]],
    ["fast in both windows", all(14.5), [true, true, true, true]],
    ["fast for an hour, and over", { ...all(0), "1h": 30 }, [false, false, false, false]],
    ["fast for minutes only", { ...all(0), "5m": 500 }, [false, false, false, false]],
    ["six times for six hours", { ...all(7), "1d": 2, "3d": 0.9 }, [false, true, false, false]],
    ["slowly for days", { ...all(1.5) }, [false, false, false, true]],
    ["without counts", {}, ["unknown", "unknown", "unknown", "unknown"]],
    [
      "without the long window",
      { "5m": 50, "30m": 50, "2h": 50, "6h": 0 },
      ["unknown", false, "unknown", false],
    ],
    ["settled by one window", { "5m": 0, "30m": 0, "2h": 0, "6h": 0 }, [false, false, false, false]],
  ])("%s", (_, over, expected) => expect(truths(over)).toEqual(expected));

  test("ask for a hold, or to slow, only where they are true", () => {
    const { asked } = burnAnswers(rates(all(14.5)), slo, window);
    expect(asked.map(({ rule, action }) => [rule, action])).toEqual([
      ["slo:burn-1h", "hold"],
      ["slo:burn-6h", "hold"],
      ["slo:burn-1d", "slow"],
      ["slo:burn-3d", "slow"],
    ]);
    expect(asked[0]?.began).toEqual({ since_window: 7, since: 720, since_end: 840 });
    expect(burnAnswers(rates({}), slo, window).asked).toEqual([]);
  });

  test("few bad events are no rate: one of ten is a hundred times the budget", () => {
    const answersOf = (bad: number) => burnAnswers(() => counts(10, bad), slo, window).answers[0];
    expect(answersOf(1)?.truth).toBe("unknown");
    expect(answersOf(4)?.truth).toBe("unknown");
    expect(answersOf(5)?.truth).toBe(true);
    expect(answersOf(1)?.sentence).toBe(
      "The error budget of the objective 99.9 % seems to burn, but 1 bad event in 1h are too few to tell.",
    );
  });

  test("say both rates, or what is missing", () => {
    const [fast] = burnAnswers(rates({ ...all(0), "1h": 20, "5m": 15 }), slo, window).answers;
    expect(fast?.sentence).toBe(
      "The error budget of the objective 99.9 % burns at 14.4 × or more: 20 × the even pace over 1h, 15 × over 5m.",
    );
    const [unknown] = burnAnswers(rates({ "1h": 20 }), slo, window).answers;
    expect(unknown?.sentence).toBe(
      "How fast the error budget burns is unknown: the store has no counts over the whole of 5m.",
    );
    const [usual] = burnAnswers(rates(all(20)), { ...slo, byDefault: true }, window).answers;
    expect(usual?.sentence).toContain("of the objective 99.9 % (policy's default) burns");
  });

  test("spend of a month's budget what the SRE workbook says", () => {
    const month = 30 * 86_400;
    expect(burnPairs.map(({ factor, longSeconds }) => (factor * longSeconds) / month)).toEqual(
      [0.02, 0.05, 0.1, 0.1].map((share) => expect.closeTo(share, 9)),
    );
    for (const { longSeconds, shortSeconds } of burnPairs) expect(shortSeconds).toBe(longSeconds / 12);
  });

  test.each<[string, Record<string, number>, number, number | undefined]>([
    ["the lower of an hour and five minutes", { "1h": 3, "5m": 20 }, 10_000, 3],
    ["either way round", { "1h": 30, "5m": 2 }, 10_000, 2],
    ["unknown without one of them", { "5m": 20 }, 10_000, undefined],
    ["the even pace at most, by few bad events", { "1h": 400, "5m": 300 }, 10, 1],
    ["less, where that is so", { "1h": 0, "5m": 0 }, 10, 0],
  ])("the reading is %s", (_, over, events, expected) => {
    const rate = burnReading(rates(over, events), 0.999);
    if (expected === undefined) expect(rate).toBeUndefined();
    else expect(rate).toBeCloseTo(expected, 9);
  });
});
