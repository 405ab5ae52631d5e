import { describe, expect, test } from "vitest";
import { checkBundle } from "../../../../core/policy/bundle/lint/index.ts";
import { describeProblem } from "../../../../core/policy/yaml/problem.ts";
import { bundleReplacing, bundleWith } from "./texts.ts";

const now = new Date("2026-06-01T00:00:00Z");
const origin = { name: "ours", commit: "1" };
const warningsOf = (files: Map<string, string>, options: { now?: Date } = { now }): string[] =>
  checkBundle(files, origin, options).warnings.map(describeProblem);

const mapping = "strategy-mapping-policy.yaml";
const thresholds = "thresholds-and-windows.yaml";
const override = (line: string): Map<string, string> =>
  bundleReplacing(mapping, "overrides:\n", `overrides:\n  - ${line}\n`);
const scopes = (lines: string): Map<string, string> =>
  bundleReplacing(thresholds, "defaults:", `scopes:\n${lines}\ndefaults:`);
const calendar = (lines: string): Map<string, string> =>
  bundleWith({ "calendar.yaml": `schema-version: 1\ntime-zone: UTC\n${lines}\n` });
const canaryOnly = (line: string): Map<string, string> =>
  bundleWith({
    [mapping]: `schema-version: 1
strategies:
  rolling: { kind: rolling, steps: [{ batch: 50, window: 2m }] }
  canary: { kind: canary, steps: [{ weight: 10, window: 2m }, { weight: 100, window: 5m }] }
bands: [{ up-to: 100, strategy: canary }]
overrides:
  - ${line}
`,
  });

describe("what is allowed and hardly meant", () => {
  test.each<[string, Map<string, string>, string]>([
    [
      "an override that does nothing",
      override("{ name: idle, when: kinds.hotfix }"),
      `${mapping}:9:13: idle: does nothing; give it a strategy, approval: required or block: true`,
    ],
    [
      "an override that says the same as another",
      override("{ name: twin, when: 'kinds.db_schema == true', block: true }"),
      `${mapping}:10:13: schema: has the same condition as twin; make them one`,
    ],
    [
      "an override that every band beats",
      canaryOnly("{ name: never, when: kinds.hotfix, strategy: rolling }"),
      `${mapping}:7:13: never: never applies: every band has a more careful strategy already; say choose: exactly if you mean it`,
    ],
    [
      "bands that a later scope replaces",
      bundleReplacing(
        mapping,
        "overrides:",
        "scopes:\n  - { match: { service: payments-api }, bands: [{ up-to: 100, strategy: canary }] }\n  - { match: { service: payments-* }, bands: [{ up-to: 100, strategy: rolling }] }\noverrides:",
      ),
      `${mapping}:9:5: this scope never applies: scopes[1] below matches all of it and the last one wins; swap them`,
    ],
    [
      "thresholds that a later scope overwrites",
      scopes("  - { match: { environment: staging }, mode: shadow }\n  - { match: {}, mode: enforced }"),
      `${thresholds}:3:5: this scope never shows: scopes[1] below overwrites all of it`,
    ],
    [
      "more approvers than there are",
      scopes("  - { match: {}, approval: { approvers: { count: 3, users: [ada, bob] } } }"),
      `${thresholds}:3:50: count: 3 people approve, and only 2 may; name more of them`,
    ],
    [
      "a rule that forces less than the bands",
      bundleWith({
        "guardrails.rules": '\nrule "quick": when env == "prod" and risk_score > 70 then force rolling\n',
      }),
      'guardrails.rules:2:1: "quick" forces rolling where the bands have the more careful canary; is that meant?',
    ],
    [
      "a freeze that is over",
      calendar("freezes: [{ name: winter, from: 2025-12-20, to: 2026-01-04 }]"),
      'calendar.yaml:3:49: the freeze "winter" is over since 2026-01-04; remove it or set the next',
    ],
    [
      "peak hours that nobody asks about",
      calendar("peak-hours: [{ days: [mon], from: '08:00', to: '09:00' }]"),
      'calendar.yaml:3:13: peak-hours hold nothing up: thresholds-and-windows.yaml has no "peak" that asks about them',
    ],
    [
      "an author's fact that is never read",
      bundleReplacing("risk-weights.yaml", "diff.additions", "author.days_here"),
      "risk-weights.yaml:3:17: fact: author.days_here stays unknown unless author-facts: true stands here",
    ],
    [
      "a case that cannot fail",
      bundleWith({ "cases.yaml": "schema-version: 1\ncases:\n  - { name: a, facts: {}, expect: {} }\n" }),
      "cases.yaml:3:35: nothing is expected, so this case cannot fail",
    ],
    [
      "a case given twice",
      bundleWith({
        "cases.yaml":
          "schema-version: 1\ncases:\n  - { name: a, facts: {}, expect: { allowed: true } }\n  - { name: a, facts: {}, expect: { allowed: true } }\n",
      }),
      'cases.yaml:4:13: the name "a" is given twice; a failure would not say which',
    ],
    [
      "a case that waits for a reason that is none",
      bundleWith({
        "cases.yaml":
          "schema-version: 1\ncases:\n  - { name: a, facts: {}, expect: { reason-code: freze } }\n",
      }),
      'cases.yaml:3:50: "freze" is no reason code, so this case cannot pass; did you mean "freeze"?',
    ],
    [
      "a case that cannot pass",
      bundleWith({
        "cases.yaml":
          "schema-version: 1\ncases:\n  - { name: a, facts: {}, expect: { strategy-name: cnary } }\n",
      }),
      'cases.yaml:3:52: "cnary" is not a strategy of the mapping, so this case cannot pass',
    ],
  ])("%s", (_, files, expected) => {
    const checked = checkBundle(files, origin, { now });
    expect(checked.problems).toEqual([]);
    expect(checked.warnings.map(describeProblem)).toEqual([expected]);
  });
});

describe("nothing is said", () => {
  test.each<[string, Map<string, string>]>([
    ["of a plain bundle", bundleWith({})],
    [
      "of an override that only asks for an approval",
      override("{ name: eyes, when: kinds.policy, approval: required }"),
    ],
    [
      "of a strategy that is meant exactly",
      canaryOnly("{ name: fast, when: kinds.revert, strategy: rolling, choose: exactly }"),
    ],
    [
      "of a narrow scope after a wide one",
      scopes("  - { match: {}, mode: shadow }\n  - { match: { environment: production }, mode: enforced }"),
    ],
    [
      "of a wide scope that leaves something",
      scopes(
        "  - { match: { environment: staging }, mode: shadow, peak: { during: pass } }\n  - { match: {}, mode: enforced }",
      ),
    ],
    ["of a freeze to come", calendar("freezes: [{ name: winter, from: 2026-12-20, to: 2027-01-04 }]")],
    [
      "of a freeze that ended yesterday, which somewhere is today",
      calendar("freezes: [{ name: spring, from: 2026-05-20, to: 2026-05-31 }]"),
    ],
    [
      "of a rule that forces more than the bands",
      bundleWith({ "guardrails.rules": 'rule "a": when risk_score > 10 then force canary\n' }),
    ],
  ])("%s", (_, files) => {
    expect(warningsOf(files)).toEqual([]);
  });

  test("of the past where nobody says what day it is", () => {
    expect(warningsOf(calendar("freezes: [{ name: winter, from: 2025-12-20, to: 2026-01-04 }]"), {})).toEqual(
      [],
    );
  });

  test("of files that come from a shipped bundle", () => {
    const base = override("{ name: idle, when: kinds.hotfix }");
    const checked = checkBundle(new Map([["CODEOWNERS", ""]]), { ...origin, bases: () => base }, { now });
    expect(checked).toMatchObject({ problems: [], warnings: [] });
  });
});

test("with a problem there are no warnings yet, and no bundle", () => {
  const files = override("{ name: idle, when: kinds.hotfix }").set("notes.txt", "");
  const checked = checkBundle(files, origin, { now });
  expect(checked.bundle).toBeUndefined();
  expect(checked.problems).toHaveLength(1);
  expect(checked.warnings).toEqual([]);
});
