import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { globMatches, matchesScope, sameEnvironment } from "../../../core/policy/match.ts";

describe("globMatches", () => {
  test.each([
    ["*", "", true],
    ["*", "a/b", true],
    ["", "", true],
    ["", "a", false],
    ["pay*", "payments-api", true],
    ["pay*", "repay", false],
    ["*-api", "payments-api", true],
    ["*-api", "payments-api2", false],
    ["release/*", "release/2026/06", true],
    ["a*b*c", "a--b--b--c", true],
    ["a*b*c", "a--c--b", false],
    ["v?", "v1", true],
    ["v?", "v", false],
    ["v?", "v12", false],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["[ab]", "[ab]", true],
    ["**", "x", true],
  ])("%j on %j is %j", (glob, text, expected) => {
    expect(globMatches(glob, text)).toBe(expected);
  });

  test("agrees with a plain recursive definition", () => {
    const matches = (glob: string, text: string): boolean => {
      if (glob === "") return text === "";
      if (glob[0] === "*")
        return matches(glob.slice(1), text) || (text !== "" && matches(glob, text.slice(1)));
      return text !== "" && (glob[0] === "?" || glob[0] === text[0]) && matches(glob.slice(1), text.slice(1));
    };
    const word = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 9 });
    fc.assert(
      fc.property(word("ab*?"), word("ab*"), (glob, text) => {
        expect(globMatches(glob, text)).toBe(matches(glob, text));
      }),
      { numRuns: 2000 },
    );
  });

  test("a hostile glob over a long text comes to an end", () => {
    expect(globMatches(`${"*a".repeat(200)}b`, "a".repeat(20_000))).toBe(false);
  });
});

describe("matchesScope", () => {
  const scope = { service: "payments-api", environment: "production" };
  test.each([
    [undefined, true],
    [{}, true],
    [{ service: "payments-api" }, true],
    [{ service: "pay*" }, true],
    [{ service: "Payments-api" }, false],
    [{ service: "shop" }, false],
    [{ environment: "production" }, true],
    [{ environment: "prod" }, true],
    [{ environment: "Prod*" }, true],
    [{ environment: "staging" }, false],
    [{ service: "pay*", environment: "prod" }, true],
    [{ service: "pay*", environment: "dev" }, false],
    [{ service: undefined, environment: undefined }, true],
  ])("%j: %j", (match, expected) => {
    expect(matchesScope(match, scope)).toBe(expected);
  });

  test.each([
    [{ service: "shop" }, false],
    [{ service: "*" }, true],
    [{ environment: "*" }, true],
    [{ environment: "production" }, false],
  ])("without a known service or environment %j: %j", (match, expected) => {
    expect(matchesScope(match, {})).toBe(expected);
  });
});

test.each([
  ["prod", "Production", true],
  ["stage", "staging", true],
  ["dev", "development", true],
  ["prod", "preprod", false],
  ["dev", "staging", false],
  ["EU-1", "eu-1", true],
])("%s and %s are one environment: %j", (left, right, expected) => {
  expect(sameEnvironment(left, right)).toBe(expected);
});
