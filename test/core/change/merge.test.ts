import { describe, expect, test } from "vitest";
import { deriveFacts } from "../../../core/change/derive.ts";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { filled } from "../../../core/change/filled.ts";
import { type GivenFacts, mergeFacts } from "../../../core/change/merge.ts";
import { smallPolicy } from "../decision/small-policy.ts";

const given = (facts: Partial<ChangeFacts>, more: Partial<GivenFacts> = {}): GivenFacts => ({
  facts: { schema_version: 1, ...facts },
  from: "file",
  trusted: false,
  ...more,
});
const measured = (facts: Partial<ChangeFacts> = {}): ChangeFacts => ({ schema_version: 1, ...facts });

test.each([
  [{ left: 1 }, { left: 2, right: 3 }, { left: 1, right: 3 }],
  [{ left: undefined }, { left: 2 }, { left: 2 }],
  [{ left: null }, { left: 2 }, { left: 2 }],
  [{ left: 0 }, { left: 2 }, { left: 0 }],
  [undefined, { left: 2 }, { left: 2 }],
])("%j over %j is %j", (over, under, expected) => {
  expect(filled<{ left?: number | null | undefined; right?: number }>(over, under)).toEqual(expected);
});

describe("what was measured wins, field by field", () => {
  test("and a given value fills what is not known", () => {
    const merged = mergeFacts(
      measured({ dependencies: { major: 2 } }),
      given({ dependencies: { major: 0, added: 4 }, tests: { failed: 1 } }),
    );
    expect(merged).toMatchObject({ dependencies: { major: 2, added: 4 }, tests: { failed: 1 } });
  });

  test("a measured diff stands whole", () => {
    const merged = mergeFacts(
      measured({ diff: { additions: 9 } }),
      given({ diff: { additions: 1, files: 1 } }),
    );
    expect(merged.diff).toEqual({ additions: 9 });
  });

  test("the order of two given files: the first that knows", () => {
    const [first, second] = [given({ tests: { failed: 1 } }), given({ tests: { failed: 0, total: 9 } })];
    expect([first, second].reduce(mergeFacts, measured()).tests).toEqual({ failed: 1, total: 9 });
  });
});

describe("trust follows a group into which an untrusted value came", () => {
  const api = { dependencies: { from: "api" as const, trusted: true } };

  test.each<[string, ChangeFacts, GivenFacts, boolean | undefined]>([
    ["filled", measured({ sources: api }), given({ dependencies: { major: 0 } }), false],
    [
      "nothing new",
      measured({ sources: api, dependencies: { major: 2 } }),
      given({ dependencies: { major: 0 } }),
      true,
    ],
    ["trusted", measured(), given({ dependencies: { major: 0 } }, { trusted: true }), true],
    ["not given", measured(), given({ tests: { failed: 0 } }), undefined],
  ])("%s", (_, facts, more, trusted) => {
    expect(mergeFacts(facts, more).sources?.dependencies?.trusted).toBe(trusted);
  });

  test("once untrusted, a later trusted file does not heal it", () => {
    const merged = [
      given({ tests: { failed: 0 } }),
      given({ tests: { total: 9 } }, { trusted: true, from: "reports" }),
    ].reduce(mergeFacts, measured());
    expect(merged.sources?.tests).toEqual({ from: "file", trusted: false });
  });
});

describe("kinds", () => {
  test.each<[string, boolean | undefined, boolean, boolean, boolean | undefined]>([
    ["anybody may claim one", false, true, false, true],
    ["nobody takes one away", true, false, true, true],
    ["a trusted run may deny one that is not known", undefined, false, true, false],
    ["an untrusted one may not", undefined, false, false, undefined],
  ])("%s", (_, before, said, trusted, after) => {
    const facts = measured({ kinds: { db_schema: before } });
    expect(mergeFacts(facts, given({ kinds: { db_schema: said } }, { trusted })).kinds?.db_schema).toBe(
      after,
    );
  });

  test.each([true, false])("a revert is only ever measured (trusted: %s)", (trusted) => {
    expect(
      mergeFacts(measured(), given({ kinds: { revert: true } }, { trusted })).kinds?.revert,
    ).toBeUndefined();
  });
});

describe("the service", () => {
  test("may be said to be critical, and platforms add up", () => {
    const merged = mergeFacts(
      measured({ service: { criticality: "normal", platforms: ["linux"] } }),
      given({ service: { criticality: "critical", platforms: ["arm"] } }),
    );
    expect(merged.service).toMatchObject({ criticality: "critical", platforms: ["linux", "arm"] });
  });

  test("is never made less critical", () => {
    const merged = mergeFacts(
      measured({ service: { criticality: "critical" } }),
      given({ service: { criticality: "normal" } }, { trusted: true }),
    );
    expect(merged.service?.criticality).toBe("critical");
  });
});

describe("times that were told and those of the calendar", () => {
  const policy = smallPolicy({
    calendar: {
      "schema-version": 1,
      "time-zone": "UTC",
      "change-windows": [{ days: ["mon"], from: "09:00", to: "17:00" }],
    },
  });
  const monday = new Date("2026-01-05T10:00:00Z");
  const contextAt = (context: ChangeFacts["context"], now?: Date) =>
    deriveFacts(measured({ context }), policy, { environment: "production", ...(now ? { now } : {}) })
      .context;

  test("the stricter holds", () => {
    expect(contextAt({}, monday)).toEqual({ peak: false, change_window: "open", freeze: "" });
    expect(contextAt({ peak: true, change_window: "closed", freeze: "fair" }, monday)).toEqual({
      peak: true,
      change_window: "closed",
      freeze: "fair",
    });
    expect(contextAt({ change_window: "open" }, new Date("2026-01-06T10:00:00Z"))?.change_window).toBe(
      "closed",
    );
  });

  test("without a clock nothing is said of the calendar", () => {
    expect(contextAt({})).toEqual({});
  });
});
