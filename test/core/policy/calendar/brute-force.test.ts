import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendarFacts } from "../../../../core/policy/calendar.ts";
import { calendarOf, everyDay, scope, type Weekly, windows } from "./calendars.ts";

describe("against brute force", () => {
  const zones = [
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Casablanca",
    "UTC",
  ];
  const transitions = [
    "2026-03-08T07:00Z",
    "2026-11-01T06:00Z",
    "2026-03-29T01:00Z",
    "2026-10-25T01:00Z",
    "2011-12-30T10:00Z",
    "2026-10-03T15:30Z",
    "2026-02-15T02:00Z",
  ];
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const minuteMs = 60_000;
  const dayMs = 1440 * minuteMs;

  /** What the wall shows, by another way than the code's: as text. */
  const formatters = new Map(
    zones.map((timeZone) => [
      timeZone,
      new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }),
    ]),
  );
  const wall = (zone: string, instant: number) =>
    Date.parse(`${formatters.get(zone)?.format(instant).replace(" ", "T")}Z`);

  /** Spans of a window as labels on the wall: one for each day it begins on, a day either side of the label. */
  const inWindow = (weekly: Weekly, label: number) => {
    const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    return [-1, 0].some((shift) => {
      const day = new Date(label + shift * dayMs);
      day.setUTCHours(0, 0, 0, 0);
      const name = day.toLocaleDateString("en-US", { weekday: "short", timeZone: "UTC" }).toLowerCase();
      const length = (minutes(weekly.to) - minutes(weekly.from) + 1440) % 1440 || 1440;
      const start = day.getTime() + minutes(weekly.from) * minuteMs;
      return weekly.days.includes(name) && label >= start && label < start + length * minuteMs;
    });
  };

  const weekly = fc
    .tuple(
      fc.subarray(everyDay, { minLength: 1 }),
      fc.integer({ min: 0, max: 95 }),
      fc.integer({ min: 0, max: 96 }),
    )
    .filter(([, from, to]) => from !== to)
    .map(([days, from, to]): Weekly => ({ days, from: clock(from * 15), to: clock(to * 15) }));
  const near = fc
    .tuple(fc.constantFrom(...transitions), fc.integer({ min: -3 * 1440, max: 3 * 1440 }))
    .map(([moment, minutes]) => Date.parse(moment) + minutes * minuteMs);

  test("windows and peak hours, around the changes of the clocks", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), weekly, near, (zone, one, instant) => {
        const calendar = calendarOf(zone, { "change-windows": [one], "peak-hours": [one] });
        const expected = inWindow(one, wall(zone, instant));
        const facts = calendarFacts(calendar, instant, scope);
        expect([facts.change_window, facts.peak]).toEqual([expected ? "open" : "closed", expected]);
      }),
      { numRuns: 1500 },
    );
  });

  test("a freeze holds from the first time its beginning is reached to the last time its end is", () => {
    const span = fc.tuple(fc.integer({ min: -192, max: 191 }), fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...transitions),
        span,
        fc.integer({ min: -220, max: 320 }),
        (zone, moment, [start, length], at) => {
          const base = Math.floor(wall(zone, Date.parse(moment)) / (15 * minuteMs)) * 15 * minuteMs;
          const from = base + start * 15 * minuteMs;
          const to = from + length * 15 * minuteMs;
          const text = (label: number) => new Date(label).toISOString().slice(0, 16);
          const calendar = calendarOf(zone, { freezes: [{ name: "x", from: text(from), to: text(to) }] });
          const instant = Date.parse(moment) + at * 15 * minuteMs;
          // Every quarter of an hour for four days about: in force after `from` was shown, until `to` is shown no more.
          const labels = Array.from({ length: 4 * 4 * 24 }, (_, index) => index - 2 * 4 * 24).map((step) =>
            wall(zone, instant + step * 15 * minuteMs),
          );
          const now = 2 * 4 * 24;
          const begun = labels.slice(0, now + 1).some((label) => label >= from);
          const ended = (labels[now] ?? 0) >= to && !labels.slice(now + 1).includes(to);
          expect(calendarFacts(calendar, instant, scope).freeze).toBe(begun && !ended ? "x" : "");
        },
      ),
      { numRuns: 300 },
    );
  });

  test("next_open is the first open quarter of an hour", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), weekly, near, (zone, one, instant) => {
        const start = Math.floor(instant / (15 * minuteMs)) * 15 * minuteMs;
        const { change_window, next_open } = calendarFacts(windows(zone, one), start, scope);
        let expected: number | undefined;
        for (let step = 0; expected === undefined && step < 15 * 96; step++) {
          const later = start + step * 15 * minuteMs;
          if (inWindow(one, wall(zone, later))) expected = later;
        }
        const found = change_window === "open" ? start : Date.parse(next_open ?? "");
        expect(found).toBe(expected);
      }),
      { numRuns: 80 },
    );
  });
});
