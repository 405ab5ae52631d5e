import { describe, expect, test } from "vitest";
import { UserError } from "../../../../core/errors.ts";
import { type BundleOrigin, examineBundle, readBundle } from "../../../../core/policy/bundle/bundle.ts";
import { describeProblem } from "../../../../core/policy/yaml/problem.ts";
import { bundleReplacing, bundleWith, smallestBundle } from "./texts.ts";

const bases = (name: string): ReadonlyMap<string, string> | undefined =>
  name === "default" ? new Map(Object.entries(smallestBundle)) : undefined;
const origin: BundleOrigin = { name: "ours", commit: "0123456789abcdef", bases };
const problemsOf = (files: Map<string, string>, from: BundleOrigin = origin): string[] =>
  examineBundle(files, from).problems.map(describeProblem);
const services = `schema-version: 1
services:
  - { name: payments-api, paths: ["payments/**"] }
  - { name: shop, paths: ["shop/**"] }
`;

describe("a valid bundle", () => {
  test("is read with the hash of what it means", () => {
    const bundle = readBundle(bundleWith({}), origin);
    expect(bundle).toMatchObject({ name: "ours", version: { commit: origin.commit } });
    expect(bundle.version.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(bundle.mapping.bands).toHaveLength(2);
  });

  const hash = (files: Map<string, string>): string => readBundle(files, origin).version.hash;
  test.each([
    ["comments", bundleReplacing("thresholds-and-windows.yaml", "defaults:", "# why\ndefaults:")],
    [
      "another order of keys",
      bundleReplacing(
        "strategy-mapping-policy.yaml",
        "kind: rolling, steps: [{ batch: 50, window: 2m }]",
        "steps: [{ window: 2m, batch: 50 }], kind: rolling",
      ),
    ],
    [
      "a modeline's key",
      bundleReplacing("risk-weights.yaml", "schema-version: 1", "$schema: ../x.json\nschema-version: 1"),
    ],
    [
      "lines of Windows",
      new Map(Object.entries(smallestBundle).map(([name, text]) => [name, text.replaceAll("\n", "\r\n")])),
    ],
    ["metadata", bundleWith({ "policy-metadata.md": "---\nname: ours\nversion: '1'\nowner: us\n---\n" })],
    ["cases", bundleWith({ "cases.yaml": "schema-version: 1\ncases: []\n" })],
    ["the files that it would get from its base anyway", bundleWith({ "risk-weights.yaml": undefined })],
  ])("has the same hash with %s", (_, files) => {
    expect(hash(files)).toBe(hash(bundleWith({})));
  });
  test.each([
    ["a weight", bundleReplacing("risk-weights.yaml", "points: 50", "points: 49")],
    ["a band", bundleReplacing("strategy-mapping-policy.yaml", "up-to: 30", "up-to: 31")],
    ["a threshold", bundleReplacing("thresholds-and-windows.yaml", "from: 85", "from: 84")],
    ["a rule", bundleReplacing("guardrails.rules", "2x", "3x")],
    ["a service", bundleWith({ "services.yaml": services })],
    ["a calendar", bundleWith({ "calendar.yaml": "schema-version: 1\ntime-zone: UTC\n" })],
  ])("has another hash with another %s", (_, files) => {
    expect(hash(files)).not.toBe(hash(bundleWith({})));
  });
});

describe("files that the folder does not hold", () => {
  test("come whole from the shipped default", () => {
    const own = new Map([
      ["thresholds-and-windows.yaml", "schema-version: 1\ndefaults: { mode: enforced }\n"],
    ]);
    const bundle = readBundle(own, origin);
    expect(bundle.thresholds.defaults).toEqual({ mode: "enforced" });
    expect(bundle.mapping).toEqual(readBundle(bundleWith({}), origin).mapping);
    expect(bundle.guardrails).toContain("rollback");
  });

  test("come from the bundle that the metadata names, and from the one which that names", () => {
    const chain = new Map<string, ReadonlyMap<string, string>>([
      ["default", bundleWith({})],
      [
        "strict",
        new Map([
          ["policy-metadata.md", "---\nname: strict\nversion: '1'\nowner: us\nextends: default\n---\n"],
          ["thresholds-and-windows.yaml", "schema-version: 1\ndefaults: { approval: { from: 20 } }\n"],
        ]),
      ],
    ]);
    const own = new Map([
      ["policy-metadata.md", "---\nname: a\nversion: '1'\nowner: us\nextends: strict\n---\nWhy.\n"],
    ]);
    const bundle = readBundle(own, { ...origin, bases: (name) => chain.get(name) });
    expect(bundle.thresholds.defaults.approval).toEqual({ from: 20 });
    expect(bundle.mapping.bands).toHaveLength(2);
    expect(bundle.metadata).toContain("Why.");
  });

  test("are never services, cases or metadata of somebody else", () => {
    const base = bundleWith({
      "services.yaml": services,
      "cases.yaml": "schema-version: 1\ncases: []\n",
      "policy-metadata.md": "---\nname: b\nversion: '1'\nowner: b\n---\n",
    });
    const bundle = readBundle(new Map([["CODEOWNERS", "* @us"]]), { ...origin, bases: () => base });
    expect([bundle.services, bundle.cases, bundle.metadata]).toEqual([undefined, undefined, undefined]);
  });

  test("are missing where there is no base", () => {
    expect(problemsOf(bundleWith({ "risk-weights.yaml": undefined }), { name: "ours", commit: "1" })).toEqual(
      ["risk-weights.yaml: is missing; add it, or extend a shipped bundle that has it"],
    );
  });

  test("do not go round in circles", () => {
    const circle = new Map([
      ["policy-metadata.md", "---\nname: a\nversion: '1'\nowner: us\nextends: a\n---\n"],
    ]);
    expect(problemsOf(circle, { ...origin, bases: () => circle })).toHaveLength(3);
  });
});

describe("problems of single files", () => {
  test.each<[string, Map<string, string>, string]>([
    [
      "a file that is none",
      bundleWith({ "risk-weights.yml": "" }),
      'risk-weights.yml: is not a file of a policy bundle; did you mean "risk-weights.yaml"? Allowed here: risk-weights.yaml, strategy-mapping-policy.yaml, thresholds-and-windows.yaml, guardrails.rules, calendar.yaml, queries.yaml, services.yaml, policy-metadata.md, cases.yaml, model.json, model.txt, CODEOWNERS, README.md, model-card.md, *.schema.json',
    ],
    [
      "a base that is none",
      bundleWith({ "policy-metadata.md": "---\nname: a\nversion: '1'\nowner: us\nextends: regulatd\n---\n" }),
      'policy-metadata.md:5:10: extends: "regulatd" is not a shipped bundle; leave it out for "default"',
    ],
    [
      "metadata without an owner",
      bundleWith({ "policy-metadata.md": "---\nname: a\nversion: '1'\n---\n" }),
      'policy-metadata.md:2:1: missing key "owner"',
    ],
    [
      "front matter without end",
      bundleWith({ "policy-metadata.md": "---\nname: a\n" }),
      "policy-metadata.md:1:1: the front matter has no end; close it with a line of ---",
    ],
    [
      "rules that are too long",
      bundleWith({ "guardrails.rules": `# ${"a".repeat(300_000)}` }),
      "guardrails.rules: the file is larger than 256 KiB; shorten it",
    ],
    [
      "a rule that is misspelt",
      bundleReplacing("guardrails.rules", "rollback", "rolback"),
      'guardrails.rules:1:63: unknown action "rolback"; actions are block',
    ],
    [
      "a score that is a share",
      bundleWith({ "guardrails.rules": 'rule "a": when risk_score > 0.7 then block\n' }),
      "guardrails.rules:1:29: risk_score is 0–100; did you mean 70?",
    ],
  ])("%s", (_, files, expected) => {
    expect(problemsOf(files).join("\n")).toContain(expected);
  });

  test("hundreds of files that are none are cut to the first ones", () => {
    const strangers = Array.from({ length: 300 }, (_, index): [string, string] => [
      `\u001b[${index}.txt`,
      "",
    ]);
    const problems = problemsOf(new Map([...bundleWith({}), ...strangers]));
    expect(problems).toHaveLength(21);
    expect(problems.join("")).not.toContain("\u001b");
  });

  test("a README and a schema may lie in the folder", () => {
    expect(
      problemsOf(bundleWith({ "README.md": "hello", CODEOWNERS: "* @us", "cases.schema.json": "{}" })),
    ).toEqual([]);
  });
});

describe("problems between values", () => {
  const mapping = "strategy-mapping-policy.yaml";
  const canary = "[{ weight: 10, window: 2m }, { weight: 100, window: 5m }]";
  const calendar = (lines: string): Map<string, string> =>
    bundleWith({ "calendar.yaml": `schema-version: 1\ntime-zone: UTC\n${lines}\n` });
  test.each<[string, Map<string, string>, string]>([
    [
      "bands that fall",
      bundleReplacing(mapping, "{ up-to: 30, strategy: rolling }", "{ up-to: 100, strategy: rolling }"),
      `${mapping}:7:14: up-to: 100 is not above 100 of the band before; bands rise`,
    ],
    [
      "bands that end early",
      bundleReplacing(mapping, "up-to: 100", "up-to: 90"),
      `${mapping}:7:14: bands: scores above 90 have no strategy; let the last band be up-to: 100`,
    ],
    [
      "bands of a scope that end early",
      bundleReplacing(
        mapping,
        "overrides:",
        "scopes: [{ match: {}, bands: [{ up-to: 50, strategy: canary }] }]\noverrides:",
      ),
      `${mapping}:8:40: bands: scores above 50 have no strategy; let the last band be up-to: 100`,
    ],
    [
      "a strategy that is none",
      bundleReplacing(mapping, "strategy: canary", "strategy: cannary"),
      `${mapping}:7:29: strategy: "cannary" is not one of the strategies here: rolling, canary; did you mean canary?`,
    ],
    [
      "a strategy of the language",
      bundleReplacing(mapping, "strategy: canary", "strategy: constructor"),
      `${mapping}:7:29: strategy: "constructor" is not one of the strategies here: rolling, canary`,
    ],
    [
      "weights that fall",
      bundleReplacing(
        mapping,
        canary,
        "[{ weight: 50, window: 2m }, { weight: 25, window: 2m }, { weight: 100, window: 2m }]",
      ),
      `${mapping}:4:73: weight: 25 is not above 50 of the step before; steps rise`,
    ],
    [
      "a canary that ends early",
      bundleReplacing(mapping, canary, "[{ weight: 50, window: 2m }]"),
      `${mapping}:4:45: weight: the last step ends at 100, not at 50; add one or raise it`,
    ],
    [
      "a canary of nothing",
      bundleReplacing(mapping, canary, "[{ weight: 0, window: 2m }, { weight: 100, window: 2m }]"),
      `${mapping}:4:45: weight: 0 moves nothing; give a percent above 0`,
    ],
    [
      "a window of no time",
      bundleReplacing(mapping, "window: 5m", "window: 0s"),
      `${mapping}:4:86: window: "0s" is not between 1s and ten years`,
    ],
    [
      "an override's condition",
      bundleReplacing(mapping, "kinds.db_schema", "kinds.db_shema"),
      `${mapping}:9:27: when: unknown name "kinds.db_shema"`,
    ],
    [
      "an override given twice",
      bundleReplacing(
        mapping,
        "overrides:",
        "overrides:\n  - { name: schema, when: kinds.hotfix, block: true }",
      ),
      `${mapping}:10:13: name: "schema" is given twice; every override has its own`,
    ],
    [
      "a fact that is none",
      bundleReplacing(
        "thresholds-and-windows.yaml",
        "defaults:",
        "defaults:\n  required-facts: [coverage.dleta]",
      ),
      'thresholds-and-windows.yaml:3:20: required-facts[0]: "coverage.dleta" is not one of diff.files',
    ],
    [
      "curve's ends in the wrong order",
      bundleReplacing("risk-weights.yaml", "max: 60", "min: 70, max: 60"),
      "risk-weights.yaml:3:81: min: 70 is above max: 60",
    ],
    [
      "a curve's steps that fall",
      bundleReplacing(
        "risk-weights.yaml",
        "{ kind: flag, points: 50 }",
        "{ kind: steps, steps: [[2, 1], [1, 2]] }",
      ),
      "risk-weights.yaml:4:81: steps[1]: 1 is not above 2 of the pair before; values rise",
    ],
    [
      "a scope's service that is none",
      bundleReplacing(
        "thresholds-and-windows.yaml",
        "defaults:",
        "scopes: [{ match: { service: payment-api } }]\ndefaults:",
      ).set("services.yaml", services),
      'thresholds-and-windows.yaml:2:30: service: "payment-api" fits no service of services.yaml: payments-api, shop; did you mean payments-api?',
    ],
    [
      "a service given twice",
      bundleWith({ "services.yaml": services.replace("shop,", "payments-api,") }),
      'services.yaml:4:13: name: "payments-api" is given twice; keep one',
    ],
    [
      "a time zone that is none",
      calendar("peak-hours: [{ days: [mon], from: '08:00', to: '09:00', time-zone: Europe/Berln }]"),
      'calendar.yaml:3:68: time-zone: "Europe/Berln" is not a time zone; write its IANA name',
    ],
    [
      "an offset as a time zone",
      bundleWith({ "calendar.yaml": 'schema-version: 1\ntime-zone: "+01:00"\n' }),
      'calendar.yaml:2:12: time-zone: "+01:00" is not a time zone; write its IANA name',
    ],
    [
      "hours without length",
      calendar("change-windows: [{ days: [mon], from: '08:00', to: '08:00' }]"),
      'calendar.yaml:3:52: to: the same as from; a whole day is from "00:00" to "24:00"',
    ],
    [
      "a freeze that ends before it begins",
      calendar("freezes: [{ name: a, from: 2026-12-24, to: 2026-12-20 }]"),
      "calendar.yaml:3:44: to: 2026-12-20 is not after from: 2026-12-24",
    ],
    [
      "a day that is none",
      calendar("freezes: [{ name: a, from: 2026-02-30, to: 2026-03-01 }]"),
      'calendar.yaml:3:28: from: "2026-02-30" is not a day of the calendar',
    ],
  ])("%s", (_, files, expected) => {
    expect(problemsOf(files).join("\n")).toContain(expected);
  });

  test.each<[string, Map<string, string>]>([
    ["a freeze of one day", calendar("freezes: [{ name: a, from: 2026-12-24, to: 2026-12-24 }]")],
    ["hours past midnight", calendar("peak-hours: [{ days: [mon], from: '22:00', to: '02:00' }]")],
    ["a rolling of one batch", bundleWith({})],
    [
      "blue-green without traffic before the cut-over",
      bundleReplacing(
        mapping,
        "canary: { kind: canary, steps: [{ weight: 10",
        "canary: { kind: blue-green, steps: [{ weight: 0",
      ),
    ],
    [
      "a guardrail that forces a strategy by name",
      bundleWith({ "guardrails.rules": 'rule "a": when kinds.hotfix then force canary\n' }),
    ],
    [
      "a scope by a glob",
      bundleReplacing(
        "thresholds-and-windows.yaml",
        "defaults:",
        "scopes: [{ match: { service: payments-* } }]\ndefaults:",
      ).set("services.yaml", services),
    ],
  ])("none: %s", (_, files) => {
    expect(problemsOf(files)).toEqual([]);
  });
});

test("all problems of all files come as one error with exit code 65 and no stack in its text", () => {
  const files = bundleReplacing("thresholds-and-windows.yaml", "approval:", "aproval:")
    .set("calendar.yaml", "schema-version: 1\ntime-zone: [\n")
    .set("notes.txt", "");
  const error = (() => {
    try {
      return readBundle(files, origin);
    } catch (thrown) {
      return thrown;
    }
  })();
  if (!(error instanceof UserError)) throw new Error("a UserError was expected");
  expect(error).toMatchObject({ exitCode: 65, reasonCode: "policy-invalid" });
  const lines = error.message.split("\n");
  expect(lines[0]).toBe('The policy bundle "ours" at 0123456789ab has 3 problems:');
  expect(lines.slice(1).map((line) => line.trim().split(":", 1)[0])).toEqual([
    "calendar.yaml",
    "notes.txt",
    "thresholds-and-windows.yaml",
  ]);
  expect(error.message).not.toMatch(/\n\s+at /);
});
