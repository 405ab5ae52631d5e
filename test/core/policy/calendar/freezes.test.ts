import { describe, expect, test } from "vitest";
import type { KindName } from "../../../../core/change/facts.ts";
import { calendarFacts } from "../../../../core/policy/calendar.ts";
import { calendarOf, scope } from "./calendars.ts";

describe("freezes", () => {
  const freezeAt = (freeze: object, instant: string, kinds: KindName[] = [], zone = "Europe/Berlin") =>
    calendarFacts(calendarOf(zone, { freezes: [{ name: "holidays", ...freeze }] }), new Date(instant), {
      ...scope,
      kinds,
    }).freeze;
  const december = { from: "2026-12-18", to: "2026-12-31" };
  const moments = { from: "2026-06-01T12:00", to: "2026-06-01T13:30" };

  test.each<[string, object, string, string]>([
    ["begins with its first day on the local clock", december, "2026-12-17T23:00:00Z", "holidays"],
    ["and not before", december, "2026-12-17T22:59:59Z", ""],
    ["lasts through its last day", december, "2026-12-31T22:59:59Z", "holidays"],
    ["and not longer", december, "2026-12-31T23:00:00Z", ""],
    ["one day alone", { from: "2026-12-24", to: "2026-12-24" }, "2026-12-24T12:00:00Z", "holidays"],
    ["begins at its minute", moments, "2026-06-01T10:00:00Z", "holidays"],
    ["ends at its minute", moments, "2026-06-01T11:30:00Z", ""],
    ["in a zone of its own", { ...moments, "time-zone": "Asia/Kolkata" }, "2026-06-01T06:30:00Z", "holidays"],
    ["for another service", { ...december, match: { service: "shop" } }, "2026-12-24T12:00:00Z", ""],
    [
      "for this environment",
      { ...december, match: { environment: "prod" } },
      "2026-12-24T12:00:00Z",
      "holidays",
    ],
    [
      "with this service excepted",
      { ...december, except: { services: ["pay*"] } },
      "2026-12-24T12:00:00Z",
      "",
    ],
    [
      "with another service excepted",
      { ...december, except: { services: ["shop"] } },
      "2026-12-24T12:00:00Z",
      "holidays",
    ],
    [
      "from within the skipped hour: from the jump",
      { from: "2026-03-29T02:30", to: "2026-03-29T05:00" },
      "2026-03-29T01:00:00Z",
      "holidays",
    ],
    [
      "to within the skipped hour: until the jump",
      { from: "2026-03-29T00:00", to: "2026-03-29T02:30" },
      "2026-03-29T01:00:00Z",
      "",
    ],
    [
      "to within the skipped hour: before the jump",
      { from: "2026-03-29T00:00", to: "2026-03-29T02:30" },
      "2026-03-29T00:59:59Z",
      "holidays",
    ],
    [
      "from within the doubled hour: the first time",
      { from: "2026-10-25T02:30", to: "2026-10-26T00:00" },
      "2026-10-25T00:30:00Z",
      "holidays",
    ],
    [
      "and without a break when the clock goes back",
      { from: "2026-10-25T02:30", to: "2026-10-26T00:00" },
      "2026-10-25T01:10:00Z",
      "holidays",
    ],
    [
      "to within the doubled hour: the second time",
      { from: "2026-10-25T00:00", to: "2026-10-25T02:30" },
      "2026-10-25T01:29:59Z",
      "holidays",
    ],
    ["and then it ends", { from: "2026-10-25T00:00", to: "2026-10-25T02:30" }, "2026-10-25T01:30:00Z", ""],
  ])("%s", (_, freeze, instant, expected) => {
    expect(freezeAt(freeze, instant)).toBe(expected);
  });

  test.each<[KindName[], string]>([
    [[], "holidays"],
    [["db_schema"], "holidays"],
    [["hotfix"], ""],
    [["db_schema", "revert"], ""],
  ])("a change of the kinds %j", (kinds, expected) => {
    expect(
      freezeAt({ ...december, except: { kinds: ["hotfix", "revert"] } }, "2026-12-24T12:00:00Z", kinds),
    ).toBe(expected);
  });

  test("the day that Apia skipped is a freeze of no length", () => {
    const day = { from: "2011-12-30", to: "2011-12-30" };
    expect(freezeAt(day, "2011-12-30T09:59:59Z", [], "Pacific/Apia")).toBe("");
    expect(freezeAt(day, "2011-12-30T10:00:00Z", [], "Pacific/Apia")).toBe("");
  });

  test("of several in force the first is named", () => {
    const calendar = calendarOf("UTC", {
      freezes: [
        { name: "past", from: "2020-01-01", to: "2020-01-02" },
        { name: "one", ...december },
        { name: "two", ...december },
      ],
    });
    expect(calendarFacts(calendar, new Date("2026-12-24T12:00:00Z"), scope).freeze).toBe("one");
  });
});
