import { describe, expect, test } from "vitest";
import { UserError } from "../../../../core/errors.ts";
import { calendarFacts, zoneProblem } from "../../../../core/policy/calendar.ts";
import { calendarOf, scope, windows } from "./calendars.ts";

describe("what cannot be answered", () => {
  test.each([
    [
      "Europe/Berln",
      /"Europe\/Berln" is not a time zone; write its IANA name as Area\/City, .*; did you mean Europe\/Berlin/,
    ],
    ["Berlin", /did you mean Europe\/Berlin\?/],
    ["new york", /did you mean America\/New_York\?/],
    ["+01:00", /is not a time zone/],
    ["", /is not a time zone/],
    ["../../etc/passwd", /is not a time zone/],
    ["x".repeat(5000), /is not a time zone/],
    ["\u001b[31m", /^"\uFFFD\[31m" is not a time zone/],
  ])("zone %j", (zone, message) => {
    expect(zoneProblem(zone)).toMatch(message);
    expect(zoneProblem(zone)?.length).toBeLessThan(400);
    const ask = () => calendarFacts(windows(zone, { days: ["mon"], from: "00:00", to: "01:00" }), 0, scope);
    expect(ask).toThrow(UserError);
    expect(ask).toThrow(
      message instanceof RegExp && message.source.startsWith("^") ? /is not a time zone/ : message,
    );
  });

  test.each(["Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Etc/GMT+5", "UTC"])(
    "%s is a zone",
    (zone) => {
      expect(zoneProblem(zone)).toBeUndefined();
    },
  );

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 8.64e15])("the instant %d", (instant) => {
    expect(() => calendarFacts(calendarOf("UTC", {}), instant, scope)).toThrow(UserError);
  });

  test.each(["2026-02-30", "2026-13-01", "2026-06-01T25:00", "2026-06-01T12:60"])(
    "a freeze until %s",
    (to) => {
      const calendar = calendarOf("UTC", { freezes: [{ name: "x", from: "2026-01-01", to }] });
      expect(() => calendarFacts(calendar, 0, scope)).toThrow(
        `"${to}" is no moment of any calendar; write YYYY-MM-DD`,
      );
    },
  );
});
