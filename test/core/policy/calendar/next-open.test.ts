import { describe, expect, test } from "vitest";
import { calendarFacts } from "../../../../core/policy/calendar.ts";
import { calendarOf, scope } from "./calendars.ts";

describe("next_open", () => {
  const office = { days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00" };
  const yearEnd = { name: "x", from: "2026-12-18", to: "2027-01-03" };
  test.each<[string, string, object, string, string | undefined]>([
    [
      "is absent while open",
      "Europe/Berlin",
      { "change-windows": [office] },
      "2026-06-01T10:00:00Z",
      undefined,
    ],
    [
      "this morning",
      "Europe/Berlin",
      { "change-windows": [office] },
      "2026-06-01T02:00:00Z",
      "2026-06-01T07:00:00.000Z",
    ],
    [
      "after the weekend",
      "Europe/Berlin",
      { "change-windows": [office] },
      "2026-06-05T15:00:00Z",
      "2026-06-08T07:00:00.000Z",
    ],
    [
      "after the weekend on which the clock changes",
      "Europe/Berlin",
      { "change-windows": [office] },
      "2026-03-27T18:00:00Z",
      "2026-03-30T07:00:00.000Z",
    ],
    [
      "after a freeze, in the next window",
      "Europe/Berlin",
      { "change-windows": [office], freezes: [yearEnd] },
      "2026-12-21T10:00:00Z",
      "2027-01-04T08:00:00.000Z",
    ],
    [
      "when a freeze ends in a window",
      "Europe/Berlin",
      { "change-windows": [office], freezes: [{ ...yearEnd, to: "2026-12-21T12:00" }] },
      "2026-12-19T10:00:00Z",
      "2026-12-21T11:00:00.000Z",
    ],
    [
      "when a freeze ends and there are no windows",
      "UTC",
      { freezes: [yearEnd] },
      "2026-12-19T10:00:00Z",
      "2027-01-04T00:00:00.000Z",
    ],
    [
      "through freezes that touch",
      "UTC",
      { freezes: [yearEnd, { name: "y", from: "2027-01-04", to: "2027-01-05" }] },
      "2026-12-19T10:00:00Z",
      "2027-01-06T00:00:00.000Z",
    ],
    [
      "a week on where the skipped hour takes the window",
      "Europe/Berlin",
      { "change-windows": [{ days: ["sun"], from: "02:00", to: "03:00" }] },
      "2026-03-28T12:00:00Z",
      "2026-04-05T00:00:00.000Z",
    ],
    [
      "at the jump where it cuts the beginning off",
      "Europe/Berlin",
      { "change-windows": [{ days: ["sun"], from: "02:00", to: "04:00" }] },
      "2026-03-28T12:00:00Z",
      "2026-03-29T01:00:00.000Z",
    ],
    [
      "in the same hour the second time",
      "Europe/Berlin",
      { "change-windows": [{ days: ["sun"], from: "02:10", to: "02:20" }] },
      "2026-10-25T00:30:00Z",
      "2026-10-25T01:10:00.000Z",
    ],
    [
      "when the clock goes back into a window",
      "Europe/Berlin",
      { "change-windows": [{ days: ["sun"], from: "01:30", to: "02:30" }] },
      "2026-10-25T00:45:00Z",
      "2026-10-25T01:00:00.000Z",
    ],
    [
      "beyond a freeze of many years",
      "UTC",
      { freezes: [{ ...yearEnd, to: "2040-01-01" }] },
      "2026-12-19T10:00:00Z",
      "2040-01-02T00:00:00.000Z",
    ],
  ])("%s", (_, zone, parts, instant, expected) => {
    expect(calendarFacts(calendarOf(zone, parts), new Date(instant), scope).next_open).toBe(expected);
  });

  test("a calendar that never opens comes to an end without one", () => {
    const calendar = calendarOf("UTC", {
      "change-windows": [{ days: ["mon"], from: "00:00", to: "01:00" }],
      freezes: Array.from({ length: 200 }, (_, week) => {
        const monday = new Date(Date.UTC(2026, 0, 5 + 7 * week)).toISOString().slice(0, 10);
        return { name: `f${week}`, from: monday, to: monday };
      }),
    });
    const facts = calendarFacts(calendar, new Date("2026-01-01T00:00:00Z"), scope);
    expect(facts).toEqual({ peak: false, change_window: "closed", freeze: "" });
  });
});
