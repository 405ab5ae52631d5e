import { describe, expect, test } from "vitest";
import { examineBundle } from "../../../../core/policy/bundle/bundle.ts";
import { describeProblem } from "../../../../core/policy/yaml/problem.ts";
import { bundleReplacing } from "./texts.ts";

const file = "thresholds-and-windows.yaml";
const problemsOf = (from: string, to: string): string[] =>
  examineBundle(bundleReplacing(file, from, to), { name: "ours", commit: "1" }).problems.map(describeProblem);
const analysis = (keys: string): string[] =>
  problemsOf("  approval: { from: 85 }\n", `  analysis: { ${keys} }\n`);
const profile = (name: string, keys: string): string[] =>
  problemsOf("defaults:\n", `profiles:\n  ${name}: { ${keys} }\ndefaults:\n`);

describe("the group analysis", () => {
  test.each([
    "window: 30s, healthy-windows: 10, longest: 5m",
    "window: 1s, longest: 1000s",
    "profile: interactive",
    "profile: none, judge: kayenta, low-traffic: bake, at-deadline: slow",
    "shared-fault: { began-within: 0s, after-step: rollback }, warm-up: 1m",
    "slo: { objective-percent: 99.95, period: 30d }",
    "false-alarms-percent: 0.5, power-percent: 95",
  ])("takes %s", (keys) => expect(analysis(keys)).toEqual([]));

  test.each<[string, string]>([
    ["window: 0s", 'window: "0s" is not between 1s and 7d'],
    ["window: 8d, longest: 300d", 'window: "8d" is not between 1s and 7d'],
    ["warm-up: 2d", 'warm-up: "2d" is not at most 1d'],
    ["shared-fault: { began-within: 48h }", 'began-within: "48h" is not at most 1d'],
    ["slo: { period: 5m }", 'period: "5m" is not between 1h and a year'],
    ["longest: 9m", "longest: 5 healthy windows of 2m take longer than 9m; raise it or ask for fewer"],
    [
      "healthy-windows: 31",
      "longest: 31 healthy windows of 2m take longer than 60m; raise it or ask for fewer",
    ],
    ["window: 15m", "longest: 5 healthy windows of 15m take longer than 60m; raise it or ask for fewer"],
    [
      "window: 1s, longest: 366d",
      "longest: 366d is more than 1000 windows of 1s; lower it or make windows longer",
    ],
    ["window: 1s, longest: 1001s", "longest: 1001s is more than 1000 windows of 1s"],
    [
      "profile: interactve",
      'profile: "interactve" is not one of interactive, patient, none; did you mean interactive?',
    ],
    ["slo: { objective-percent: 100 }", "objective-percent"],
    ["false-alarms-percent: 0", "false-alarms-percent"],
    ["shared-fault: { then: hold }", 'unknown key "then"'],
    ["judge: bayes", "judge"],
  ])("refuses %s", (keys, message) => {
    const problems = analysis(keys);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
    expect(problems[0]).toMatch(/^thresholds-and-windows\.yaml:3:\d+: /);
  });

  test("of a scope is held against the defaults that it lies over", () => {
    const scoped = (keys: string): string[] =>
      problemsOf(
        "defaults:\n",
        `scopes:\n  - { match: { service: shop }, analysis: { ${keys} } }\ndefaults:\n  analysis: { window: 10m }\n`,
      );
    expect(scoped("healthy-windows: 6")).toEqual([]);
    expect(scoped("healthy-windows: 7")).toEqual([
      `${file}:3:62: longest: 7 healthy windows of 10m take longer than 60m; raise it or ask for fewer`,
    ]);
    expect(scoped("profile: patient")).toEqual([]);
  });
});

describe("profiles of the team's own", () => {
  test.each<[string, string, string]>([
    ["none", "success-percent: 99", "none means no profile; give this one another name"],
    ["own", "latency: { p95: 0ms }", 'p95: "0ms" is not between 1ms and 1d'],
    ["own", "latency: { p95: 2000m }", 'p95: "2000m" is not between 1ms and 1d'],
    ["own", "for: 2d", 'for: "2d" is not between 1s and 1d'],
    ["own", "errors: { above-percent: 1, for: 0s }", 'for: "0s" is not between 1s and 1d'],
    ["own", "latency: { p95: fast }", "a latency is a number and ms, s or m"],
  ])("%s: { %s } is refused", (name, keys, message) => {
    expect(profile(name, keys)).toEqual([expect.stringContaining(message)]);
  });
});
