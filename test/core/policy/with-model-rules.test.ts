import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Scope } from "../../../core/policy/match.ts";
import { modes } from "../../../core/policy/modes.ts";
import { thresholdsAndWindows } from "../../../core/policy/schema.ts";
import { thresholdsFor } from "../../../core/policy/scope.ts";
import { withModelRules, withModelState } from "../../../core/policy/with-model-rules.ts";
import { parseYamlDocument } from "../../../core/policy/yaml/document.ts";

const shipped = (name: string): string =>
  readFileSync(new URL(`../../../policies/${name}/thresholds-and-windows.yaml`, import.meta.url), "utf8");
const read = (text: string) =>
  parseYamlDocument(text, "thresholds-and-windows.yaml", thresholdsAndWindows).value;
const payments = { service: "payments", environment: "production" };

/** The lines that one text has and the other has not. */
function changed(before: string, after: string): { gone: string[]; come: string[] } {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return { gone: old.filter((line) => !now.includes(line)), come: now.filter((line) => !old.includes(line)) };
}

const header = "schema-version: 1\n";
const table: [string, string, Scope, string][] = [
  [
    "a state that is there, with its comment",
    `${header}defaults:\n  model:\n    state: shadow   # since May\n    scale: rank\n`,
    {},
    `${header}defaults:\n  model:\n    state: advisory   # since May\n    scale: rank\n`,
  ],
  [
    "a model in one line",
    `${header}defaults: { mode: advisory, model: { scale: rank } }\n`,
    {},
    `${header}defaults: { mode: advisory, model: { scale: rank, state: advisory } }\n`,
  ],
  [
    "defaults that say nothing of a model",
    `${header}defaults:\n  mode: advisory # all\n  # a word\n\n# scopes: none\n`,
    {},
    `${header}defaults:\n  mode: advisory # all\n  model: { state: advisory }\n  # a word\n\n# scopes: none\n`,
  ],
  [
    "a model without a state",
    `${header}defaults:\n  model:\n    approval:\n      from: 98 # rank\n  mode: advisory\n`,
    {},
    `${header}defaults:\n  model:\n    approval:\n      from: 98 # rank\n    state: advisory\n  mode: advisory\n`,
  ],
  ["nothing at all", `${header}defaults: {}\n`, {}, `${header}defaults: { model: { state: advisory } }\n`],
  [
    "the first scope",
    `${header}defaults:\n  mode: advisory\n# scopes:\n#   - none yet\n`,
    payments,
    `${header}defaults:\n  mode: advisory\n# scopes:\n#   - none yet\n\nscopes:\n  - match: { service: payments, environment: production }\n    model: { state: advisory }\n`,
  ],
  [
    "one more scope",
    `${header}defaults: {}\nscopes:\n- match:\n    service: cart\n  mode: enforced # cart\n# the end\n`,
    { service: "payments" },
    `${header}defaults: {}\nscopes:\n- match:\n    service: cart\n  mode: enforced # cart\n- match: { service: payments }\n  model: { state: advisory }\n# the end\n`,
  ],
  [
    "the scope that is there",
    `${header}defaults: {}\nscopes:\n  - match: { service: payments }\n    mode: enforced\n  - match: { service: cart }\n    mode: enforced\n`,
    { service: "payments" },
    `${header}defaults: {}\nscopes:\n  - match: { service: payments }\n    mode: enforced\n    model: { state: advisory }\n  - match: { service: cart }\n    mode: enforced\n`,
  ],
  [
    "a scope behind it that says otherwise",
    `${header}defaults: {}\nscopes:\n  - match: { service: payments }\n    model: { state: shadow }\n  - match: { service: "pay*" }\n    model: { state: enforced }\n`,
    { service: "payments" },
    `${header}defaults: {}\nscopes:\n  - match: { service: payments }\n    model: { state: shadow }\n  - match: { service: "pay*" }\n    model: { state: enforced }\n  - match: { service: payments }\n    model: { state: advisory }\n`,
  ],
  [
    "lines that end as on Windows, and no last newline",
    `schema-version: 1\r\ndefaults:\r\n  mode: advisory`,
    {},
    `schema-version: 1\r\ndefaults:\r\n  mode: advisory\r\n  model: { state: advisory }`,
  ],
  [
    "a name that YAML would read as something else",
    `${header}defaults:\n  mode: advisory\n`,
    { service: "no: #1" },
    `${header}defaults:\n  mode: advisory\n\nscopes:\n  - match: { service: "no: #1" }\n    model: { state: advisory }\n`,
  ],
];

test.each(table)("%s", (_, before, where, after) => {
  expect(withModelState(before, where, "advisory")).toBe(after);
  expect(withModelState(after, where, "advisory")).toBe(after);
});

test("what is meant already stays as it is", () => {
  const text = `${header}defaults: {}\n`;
  expect(withModelState(text, payments, "shadow")).toBe(text);
});

test("bands and approvals come in place of those that are there, and the rest stays", () => {
  const before = `${header}defaults:
  model:
    state: advisory # since May
    # The usual ones.
    bands:
      - { up-to: 80, strategy: rolling }
      - up-to: 100
        strategy: canary # all others
    approval: { from: 98 } # two in a hundred
  mode: advisory
`;
  const bands = [
    { "up-to": 70, strategy: "rolling" },
    { "up-to": 100, strategy: "blue-green" },
  ];
  const after = withModelRules(before, {}, { bands, approval: { from: 95, "least-probability": 4 } });
  expect(after).toBe(`${header}defaults:
  model:
    state: advisory # since May
    # The usual ones.
    bands: [ { up-to: 70, strategy: rolling }, { up-to: 100, strategy: blue-green } ] # all others
    approval: { from: 95, least-probability: 4 } # two in a hundred
  mode: advisory
`);
  expect(withModelRules(after, {}, { bands })).toBe(after);
  const scoped = withModelRules(after, payments, { scale: "probability" });
  expect(scoped).toBe(
    `${after.trimEnd()}\n\nscopes:\n  - match: { service: payments, environment: production }\n    model: { scale: probability }\n`,
  );
});

describe.each(["default", "regulated", "firmware"])("the shipped %s", (name) => {
  const text = shipped(name);
  test.each([[{}], [payments], [{ service: "door" }]])("for %j changes no line of another kind", (where) => {
    const edited = withModelState(text, where, "enforced");
    const { gone, come } = changed(text, edited);
    expect(gone.every((line) => /state|model/.test(line))).toBe(true);
    expect(come.length).toBeLessThanOrEqual(3);
    const policy = read(edited);
    expect(policy && thresholdsFor(policy, where).model?.state).toBe("enforced");
    expect(policy && { ...policy.defaults, model: 0 }).toEqual({ ...read(text)?.defaults, model: 0 });
  });
});

test("any order of states for any services ends where the last word for each was", () => {
  const service = fc.constantFrom("shop", "cart", "pay-1", "true", "7");
  const word = fc.record({ service, state: fc.constantFrom(...modes) });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      let text = shipped("default");
      for (const { service: name, state } of words) text = withModelState(text, { service: name }, state);
      const policy = read(text);
      for (const [name, state] of new Map(words.map((one) => [one.service, one.state])))
        expect(policy && (thresholdsFor(policy, { service: name }).model?.state ?? "shadow")).toBe(state);
    }),
    { numRuns: 25 },
  );
});

test.each([
  [
    "scopes in one line",
    `${header}defaults: {}\nscopes: [{ match: { service: cart }, mode: enforced }]\n`,
    "policy-not-edited",
  ],
  ["a policy that is none", `${header}default: {}\n`, "bad-policy"],
])("%s are refused, with what to do", (_, text, reasonCode) => {
  expect(() => withModelState(text, payments, "advisory")).toThrow(expect.objectContaining({ reasonCode }));
});
