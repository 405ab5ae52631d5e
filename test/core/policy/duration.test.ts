import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  durationSeconds,
  formatDuration,
  formatMilliseconds,
  parseDuration,
  parseMilliseconds,
} from "../../../core/policy/duration.ts";

describe("parseDuration", () => {
  test.each([
    ["90s", 90],
    ["5m", 300],
    ["1h30m", 5400],
    ["1d2h3m4s", 93_784],
    ["0s", 0],
    ["3660d", 3660 * 86_400],
  ])("%s is %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
    expect(durationSeconds(text)).toBe(seconds);
  });

  test.each([
    "",
    "5",
    "m",
    "5 m",
    "5m ",
    "-5m",
    "1.5h",
    "5M",
    "5w",
    "300ms",
    "3661d",
    "9999999999999s",
    `${"1s".repeat(40)}`,
  ])("%j is no duration", (text) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(() => durationSeconds(text)).toThrow(/is not a duration .* for example 90s, 5m or 1h30m/);
  });
});

describe("formatDuration", () => {
  test.each([
    [0, "0s"],
    [59, "59s"],
    [60, "1m"],
    [90, "90s"],
    [300, "5m"],
    [3600, "1h"],
    [5400, "90m"],
    [86_400, "1d"],
    [90_000, "25h"],
    [86_460, "1d1m"],
    [86_401, "1d1s"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test("parses back, and no single unit is shorter", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000_000 }), (seconds) => {
        const text = formatDuration(seconds);
        expect(parseDuration(text)).toBe(seconds);
        for (const [unit, size] of [
          ["s", 1],
          ["m", 60],
          ["h", 3600],
          ["d", 86_400],
        ] as const) {
          if (seconds % size === 0)
            expect(text.length).toBeLessThanOrEqual(`${seconds / size}${unit}`.length);
        }
      }),
    );
  });
});

describe("milliseconds, as latencies are written", () => {
  test.each([
    ["300ms", 300, "300ms"],
    ["3.0s", 3000, "3s"],
    ["1.5s", 1500, "1500ms"],
    ["0.25ms", 0.25, "0.25ms"],
    ["1.005s", 1005, "1005ms"],
    ["1h30m", 5_400_000, "90m"],
  ])("%s is %d, shown as %s", (text, milliseconds, shown) => {
    expect(parseMilliseconds(text)).toBe(milliseconds);
    expect(formatMilliseconds(milliseconds)).toBe(shown);
  });

  test.each(["300", "ms", "3.s", ".5s", "1e3ms", "-1ms"])("%j is none", (text) => {
    expect(parseMilliseconds(text)).toBeUndefined();
  });

  test("parses back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (thousandths) => {
        expect(parseMilliseconds(formatMilliseconds(thousandths / 1000))).toBe(thousandths / 1000);
      }),
    );
  });
});
