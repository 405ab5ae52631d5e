import { describe, expect, test } from "vitest";
import { calendarFacts } from "../../../../core/policy/calendar.ts";
import { calendarOf, everyDay, scope, type Weekly, windowAt, windows } from "./calendars.ts";

describe("a weekly window on the clock of its zone", () => {
  const office = { days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00" };
  const night = { days: ["fri"], from: "22:00", to: "02:00" };
  const second = { days: everyDay, from: "02:00", to: "03:00" };
  const half = { days: ["sun"], from: "01:30", to: "02:30" };
  const overSkip = { days: ["sat"], from: "23:00", to: "02:30" };
  const friday = { days: ["fri"], from: "00:00", to: "24:00" };
  test.each<[string, string, Weekly, string, "open" | "closed"]>([
    ["begins on its minute", "America/New_York", office, "2026-06-01T13:00:00Z", "open"],
    ["not a moment sooner", "America/New_York", office, "2026-06-01T12:59:59.999Z", "closed"],
    ["lasts to its end", "America/New_York", office, "2026-06-01T20:59:59.999Z", "open"],
    ["which is outside", "America/New_York", office, "2026-06-01T21:00:00Z", "closed"],
    ["in winter an hour later in UTC", "America/New_York", office, "2026-12-01T13:30:00Z", "closed"],
    ["and so it opens", "America/New_York", office, "2026-12-01T14:00:00Z", "open"],
    ["not at the weekend", "America/New_York", office, "2026-06-06T15:00:00Z", "closed"],
    [
      "Sunday in UTC is Monday in Kolkata",
      "Asia/Kolkata",
      { days: ["mon"], from: "00:00", to: "01:00" },
      "2026-06-07T18:30:00Z",
      "open",
    ],
    [
      "and half an hour counts there",
      "Asia/Kolkata",
      { days: ["mon"], from: "00:00", to: "01:00" },
      "2026-06-07T18:29:59Z",
      "closed",
    ],
    ["over midnight, the evening", "Europe/Berlin", night, "2026-06-05T20:00:00Z", "open"],
    ["over midnight, the morning after", "Europe/Berlin", night, "2026-06-05T23:59:59Z", "open"],
    ["over midnight, its end", "Europe/Berlin", night, "2026-06-06T00:00:00Z", "closed"],
    ["over midnight, not the morning of its day", "Europe/Berlin", night, "2026-06-04T23:00:00Z", "closed"],
    ["24:00 is the end of the day", "Europe/Berlin", friday, "2026-06-05T21:59:59Z", "open"],
    ["24:00 and no later", "Europe/Berlin", friday, "2026-06-05T22:00:00Z", "closed"],
    [
      "Sunday to Monday over the end of the week",
      "UTC",
      { days: ["sun"], from: "23:00", to: "01:00" },
      "2026-06-08T00:30:00Z",
      "open",
    ],

    ["before the skipped hour", "America/New_York", second, "2026-03-08T06:59:59Z", "closed"],
    ["the skipped hour does not happen", "America/New_York", second, "2026-03-08T07:00:00Z", "closed"],
    ["but it does the day before", "America/New_York", second, "2026-03-07T07:00:00Z", "open"],
    [
      "a window into the skipped hour ends where the clock jumps",
      "America/New_York",
      half,
      "2026-03-08T06:59:59Z",
      "open",
    ],
    ["and not later", "America/New_York", half, "2026-03-08T07:00:00Z", "closed"],
    ["over midnight into the skipped hour", "Europe/Berlin", overSkip, "2026-03-29T00:59:59Z", "open"],
    ["over midnight, past the jump", "Europe/Berlin", overSkip, "2026-03-29T01:00:00Z", "closed"],

    [
      "the doubled hour, the first time",
      "America/New_York",
      { days: ["sun"], from: "01:00", to: "02:00" },
      "2026-11-01T05:00:00Z",
      "open",
    ],
    [
      "the doubled hour, the second time",
      "America/New_York",
      { days: ["sun"], from: "01:00", to: "02:00" },
      "2026-11-01T06:59:59Z",
      "open",
    ],
    [
      "and then it is over",
      "America/New_York",
      { days: ["sun"], from: "01:00", to: "02:00" },
      "2026-11-01T07:00:00Z",
      "closed",
    ],
    [
      "half of a doubled hour happens",
      "Europe/Berlin",
      { days: ["sun"], from: "02:30", to: "03:00" },
      "2026-10-25T00:30:00Z",
      "open",
    ],
    [
      "stops when the clock goes back",
      "Europe/Berlin",
      { days: ["sun"], from: "02:30", to: "03:00" },
      "2026-10-25T01:00:00Z",
      "closed",
    ],
    [
      "and happens again",
      "Europe/Berlin",
      { days: ["sun"], from: "02:30", to: "03:00" },
      "2026-10-25T01:30:00Z",
      "open",
    ],

    ["a day that Apia skipped does not happen", "Pacific/Apia", friday, "2011-12-30T10:00:00Z", "closed"],
    ["nor in the last moment of Thursday", "Pacific/Apia", friday, "2011-12-30T09:59:59Z", "closed"],
    [
      "after Thursday came Saturday",
      "Pacific/Apia",
      { days: ["sat"], from: "00:00", to: "01:00" },
      "2011-12-30T10:00:00Z",
      "open",
    ],
    [
      "half an hour of summer time on Lord Howe",
      "Australia/Lord_Howe",
      { days: ["sun"], from: "02:00", to: "02:30" },
      "2026-10-03T15:30:00Z",
      "closed",
    ],
  ])("%s", (_, zone, weekly, instant, expected) => {
    expect(windowAt(zone, weekly, instant)).toBe(expected);
  });

  test("a window may have a zone of its own", () => {
    const weekly = { ...office, "time-zone": "Asia/Kolkata" };
    expect(windowAt("America/New_York", weekly, "2026-06-01T04:00:00Z")).toBe("open");
    expect(windowAt("America/New_York", weekly, "2026-06-01T13:00:00Z")).toBe("closed");
  });

  test("days before 1970 in UTC are still days of the week in the zone", () => {
    expect(
      windowAt("America/New_York", { days: ["wed"], from: "19:00", to: "20:00" }, "1970-01-01T00:00:00Z"),
    ).toBe("open");
  });
});

describe("peak, scopes and no calendar entries", () => {
  const noon = new Date("2026-06-01T12:00:00Z");
  test("nothing written is always open, no peak, no freeze", () => {
    expect(calendarFacts(calendarOf("UTC", {}), noon, scope)).toEqual({
      peak: false,
      change_window: "open",
      freeze: "",
    });
  });

  test("peak hours", () => {
    const calendar = calendarOf("UTC", { "peak-hours": [{ days: ["mon"], from: "11:00", to: "13:00" }] });
    expect(calendarFacts(calendar, noon, scope).peak).toBe(true);
    expect(calendarFacts(calendar, noon.getTime() + 3_600_000, scope).peak).toBe(false);
  });

  test.each([
    [{ service: "payments-*" }, "closed"],
    [{ environment: "prod" }, "closed"],
    [{ environment: "staging" }, "open"],
    [{ service: "shop" }, "open"],
  ])("a window for %j alone leaves it %s here", (match, expected) => {
    const calendar = windows("UTC", { days: ["sat"], from: "00:00", to: "24:00", match });
    expect(calendarFacts(calendar, noon, scope).change_window).toBe(expected);
  });

  test("one of several windows is enough", () => {
    const calendar = windows(
      "UTC",
      { days: ["sat"], from: "00:00", to: "24:00" },
      { days: ["mon"], from: "12:00", to: "12:01" },
    );
    expect(calendarFacts(calendar, noon, scope).change_window).toBe("open");
  });
});
