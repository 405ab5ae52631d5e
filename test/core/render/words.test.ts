import { describe, expect, test } from "vitest";
import type { PaceStep } from "../../../core/decision/shape.ts";
import { grouped, listed, odds, rounded, signed } from "../../../core/render/numbers.ts";
import { durationSeconds, durationWords, paceWithWindows, paceWords } from "../../../core/render/plan.ts";
import { factWords, typicalWords, valueWords } from "../../../core/render/values.ts";
import { cutToWidth, displayWidth, padEndToWidth, wrapToWidth } from "../../../core/render/width.ts";

const step = (share: Partial<PaceStep>, window: string, healthy = 1): PaceStep => ({
  ...share,
  window,
  healthy_windows: healthy,
});

describe("a plan in words", () => {
  const canary = [
    step({ weight: 10 }, "2m"),
    step({ weight: 25 }, "5m"),
    step({ weight: 50 }, "10m"),
    step({ weight: 100 }, "15m"),
  ];
  test.each([
    ["canary", canary, "canary 10 → 25 → 50 → 100 % (about 32 min)"],
    [
      "rolling",
      [step({ batch: 50 }, "2m"), step({ batch: 100 }, "2m")],
      "rolling, batches of 50 → 100 % (about 4 min)",
    ],
    ["rolling", [step({ batch: 50 }, "90s")], "rolling, batches of 50 % (about 3 min)"],
    ["rolling", [], "rolling"],
    [
      "blue-green",
      [step({ weight: 0 }, "2m", 3)],
      "blue-green, cut-over after 3 healthy windows of 2 min (about 6 min)",
    ],
    [
      "blue-green",
      [step({ weight: 100 }, "1m")],
      "blue-green, cut-over after 1 healthy window of 1 min (about 1 min)",
    ],
    [
      "blue-green",
      [step({ weight: 5 }, "1m"), step({ weight: 100 }, "1m")],
      "blue-green 5 → 100 % (about 2 min)",
    ],
    [
      "cohorts",
      [step({ cohort: 1 }, "1h"), step({ cohort: 100 }, "24h", 2)],
      "cohorts 1 → 100 % (about 2 d 1 h)",
    ],
    ["canary", [step({ weight: 10 }, "a while")], "canary 10 %"],
  ] as const)("%s %#", (strategy, pace, expected) => {
    expect(paceWords(strategy, pace)).toBe(expected);
  });

  test("a table tells the windows", () => {
    expect(paceWithWindows("canary", canary)).toBe(
      "canary 10 → 25 → 50 → 100 %, 2 / 5 / 10 / 15 min windows",
    );
    expect(paceWithWindows("blue-green", [step({ weight: 0 }, "2m", 3)])).toBe(
      "blue-green, cut-over after 3 healthy windows of 2 min",
    );
  });

  test("a long ladder keeps its ends", () => {
    const long = Array.from({ length: 20 }, (_, index) => step({ weight: (index + 1) * 5 }, "1m"));
    expect(paceWords("canary", long)).toBe("canary 5 → 10 → 15 → 20 → … → 95 → 100 % (about 20 min)");
  });
});

test.each([
  ["90s", 90, "90 s"],
  ["5m", 300, "5 min"],
  ["1h30m", 5400, "1 h 30 min"],
  ["2h", 7200, "2 h"],
  ["2d4h", 187_200, "2 d 4 h"],
])("%s is %i seconds: %s", (text, seconds, words) => {
  expect(durationSeconds(text)).toBe(seconds);
  expect(durationWords(seconds)).toBe(words);
});

test.each(["", "5", "m", "5m ", "-5m", "5 m", `${"1m".repeat(50)}`])("%j is no duration", (text) => {
  expect(durationSeconds(text)).toBeUndefined();
});

test("numbers", () => {
  expect([0, 999, 1000, 2310, -1234567, 1e21].map(grouped)).toEqual([
    "0",
    "999",
    "1,000",
    "2,310",
    "−1,234,567",
    "1.00e+21",
  ]);
  expect(grouped(Number.NaN)).toBe("?");
  expect([0.1834, 9.999, 12.34, 1234.5, 1e-9].map(rounded)).toEqual(["0.18", "10", "12.3", "1,235", "0"]);
  expect([14, -4, 0].map(signed)).toEqual(["+14", "−4", "0"]);
  expect([0.0714, 0.5, 0.72, 0.99, 0.0001].map(odds)).toEqual([
    "about 1 in 14",
    "about 1 in 2",
    "about 7 in 10",
    "nearly all",
    "fewer than 1 in 1,000",
  ]);
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map((items) => listed(items))).toEqual([
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});

test("values have the unit of their factor", () => {
  expect(valueWords("churn", 19)).toBe("19 × in 30 d");
  expect(valueWords("failure-rate", 0.183)).toBe("18 %");
  expect(valueWords("coverage", -1.2)).toBe("−1.2 %");
  expect(valueWords("latency", 12.04)).toBe("+12 %");
  expect(valueWords("our-own", 12.04)).toBe("12");
  expect(valueWords("db-schema", true)).toBe("yes");
  expect(valueWords("x", undefined)).toBe("");
  expect(typicalWords(3, undefined)).toBe("–");
  expect(typicalWords(undefined, undefined)).toBe("");
  expect(factWords("tests.integration_failed")).toBe("tests integration failed");
  expect(factWords("Dependency scan")).toBe("Dependency scan");
});

describe("columns of a terminal", () => {
  test.each([
    ["abc", 3],
    ["日本", 4],
    ["🧪", 2],
    ["e\u0301", 1],
    ["█▌·▽−→", 6],
  ])("%s takes %i", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  test("cut, pad and wrap count columns, not characters", () => {
    expect(cutToWidth("日本語テスト", 7)).toBe("日本語…");
    expect(cutToWidth("retry.ts, refund.ts", 11)).toBe("retry.ts…");
    expect(padEndToWidth("日本", 6)).toBe("日本  ");
    expect(wrapToWidth("日本語 テスト", 6)).toEqual(["日本語", "テスト"]);
    expect(wrapToWidth("abcdefgh ij", 3)).toEqual(["abc", "def", "gh", "ij"]);
  });
});
