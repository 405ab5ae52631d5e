import type { KindName } from "../change/facts.ts";
import { UserError } from "../errors.ts";
import { quoted } from "./guardrails/error.ts";
import { didYouMean, nearest } from "./guardrails/suggest.ts";
import { globMatches, matchesScope, type Scope } from "./match.ts";
import { type Calendar, weekdays } from "./schema.ts";

export type CalendarScope = Scope & { kinds: readonly KindName[] };
export type CalendarFacts = {
  peak: boolean;
  change_window: "open" | "closed";
  /** Name of the freeze in force; the empty string means that none is. */
  freeze: string;
  /** The next instant at which a change window is open and no freeze is in force, where that is not now. */
  next_open?: string;
};

type Weekly = NonNullable<Calendar["peak-hours"]>[number];
type Freeze = NonNullable<Calendar["freezes"]>[number];
/** What a clock on a wall in the zone shows at an instant, written as if the wall were in UTC. */
type Wall = (instant: number) => number;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const mostSearches = 60;

/**
 * What the calendar says of an instant. Windows and peak hours are read off the clock on the wall: one within the hour
 * that a clock skips does not happen, one within the hour that a clock shows twice happens twice.
 */
export function calendarFacts(calendar: Calendar, when: Date | number, scope: CalendarScope): CalendarFacts {
  const instant = when.valueOf();
  if (!(instant >= Date.UTC(1970, 0, 1) && instant < Date.UTC(3000, 0, 1))) {
    throw new UserError(
      "bad-instant",
      "The calendar is asked for an instant from 1970 to 2999; give an ISO date and time.",
    );
  }
  const peak = weekliesFor(calendar["peak-hours"], scope).some((weekly) =>
    happens(calendar, weekly, instant),
  );
  const freeze = freezesAt(calendar, instant, scope)[0]?.name ?? "";
  const open = isOpen(calendar, instant, scope);
  const facts: CalendarFacts = { peak, change_window: open ? "open" : "closed", freeze };
  const nextOpen = open && freeze === "" ? undefined : nextOpenInstant(calendar, instant, scope);
  return nextOpen === undefined ? facts : { ...facts, next_open: new Date(nextOpen).toISOString() };
}

/** Why a name is no time zone, and how to write one; undefined where it is one. */
export function zoneProblem(name: string): string | undefined {
  // An offset such as +01:00, which some runtimes take, would be wrong for half of the year.
  if (/^[A-Za-z][A-Za-z0-9_+/-]{0,60}$/.test(name) && formatterOf(name) !== undefined) return undefined;
  const zones = Intl.supportedValuesOf("timeZone");
  const city = `/${name.toLowerCase().replaceAll(" ", "_")}`;
  const cities = zones.filter((zone) => zone.toLowerCase().endsWith(city)).slice(0, 3);
  const meant = didYouMean(cities.length > 0 ? cities : nearest(name, zones));
  return (
    `${quoted(name)} is not a time zone; write its IANA name as Area/City, for example Europe/Berlin, ` +
    `America/New_York, Asia/Kolkata or Pacific/Apia, or UTC${meant}`
  );
}

function isOpen(calendar: Calendar, instant: number, scope: CalendarScope): boolean {
  const windows = weekliesFor(calendar["change-windows"], scope);
  return windows.length === 0 || windows.some((weekly) => happens(calendar, weekly, instant));
}

function weekliesFor(all: readonly Weekly[] | undefined, scope: CalendarScope): Weekly[] {
  return (all ?? []).filter((weekly) => matchesScope(weekly.match, scope));
}

/** A window whose end is not after its beginning runs past midnight and belongs to the day on which it begins. */
function happens(calendar: Calendar, weekly: Weekly, instant: number): boolean {
  const label = wallOf(calendar, weekly)(instant);
  const day = Math.floor(label / dayMs);
  const minute = (label - day * dayMs) / minuteMs;
  const from = minuteOfDay(weekly.from);
  const to = minuteOfDay(weekly.to);
  const begun = onDay(weekly, day) && minute >= from;
  return to > from ? begun && minute < to : begun || (onDay(weekly, day - 1) && minute < to);
}

function onDay(weekly: Weekly, day: number): boolean {
  // Day 0, the first of January 1970, was a Thursday.
  const weekday = weekdays[(((day + 3) % 7) + 7) % 7];
  return weekly.days.some((name) => name === weekday);
}

function minuteOfDay(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

/** Freezes in force for the scope, each with the instant at which it ends. */
function freezesAt(
  calendar: Calendar,
  instant: number,
  scope: CalendarScope,
): { name: string; end: number }[] {
  const inForce: { name: string; end: number }[] = [];
  for (const freeze of calendar.freezes ?? []) {
    if (!matchesScope(freeze.match, scope) || isExcepted(freeze, scope)) continue;
    const wall = wallOf(calendar, freeze);
    // In an hour that comes twice a freeze begins the first time and ends the second: the longer reading is the safer.
    const start = instantsAt(wall, labelOf(freeze.from, "from")).first;
    const end = instantsAt(wall, labelOf(freeze.to, "to")).last;
    if (instant >= start && instant < end) inForce.push({ name: freeze.name, end });
  }
  return inForce;
}

function isExcepted({ except }: Freeze, scope: CalendarScope): boolean {
  if (except?.kinds?.some((kind) => scope.kinds.includes(kind))) return true;
  const { service } = scope;
  return service !== undefined && (except?.services?.some((glob) => globMatches(glob, service)) ?? false);
}

function labelOf(moment: string, end: "from" | "to"): number {
  const label = momentLabel(moment, end);
  if (label === undefined) throw new UserError("bad-calendar", `calendar.yaml: ${noSuchMoment(moment)}.`);
  return label;
}

function noSuchMoment(moment: string): string {
  return `${quoted(moment)} is no moment of any calendar; write YYYY-MM-DD or YYYY-MM-DDTHH:MM`;
}

/** A date without a time is the whole day: `from` its beginning, `to` its end. */
function momentLabel(moment: string, end: "from" | "to"): number | undefined {
  const wholeDay = moment.length === 10;
  const text = wholeDay ? `${moment}T00:00` : moment;
  const label = Date.parse(`${text}:00.000Z`);
  // The parser turns 30 February into March and 24:00 into the next day; neither is on the wall as written.
  if (Number.isNaN(label) || new Date(label).toISOString().slice(0, 16) !== text) return undefined;
  return wholeDay && end === "to" ? label + dayMs : label;
}

/** Walks from change to change: out of freezes, then to the next beginning of a window, until both let go. */
function nextOpenInstant(calendar: Calendar, from: number, scope: CalendarScope): number | undefined {
  let instant = from;
  for (let search = 0; search < mostSearches; search++) {
    const ends = freezesAt(calendar, instant, scope).map(({ end }) => end);
    if (ends.length > 0) {
      instant = Math.max(...ends);
      continue;
    }
    if (isOpen(calendar, instant, scope)) return instant;
    const next = nextBeginning(calendar, instant, scope);
    if (next === undefined) return undefined;
    instant = next;
  }
  return undefined;
}

/** The first instant after this one at which a window may begin: its time of day, or a change of the clocks. */
function nextBeginning(calendar: Calendar, instant: number, scope: CalendarScope): number | undefined {
  const windows = weekliesFor(calendar["change-windows"], scope);
  const walls = new Set(windows.map((weekly) => wallOf(calendar, weekly)));
  const begins = [
    ...windows.map((weekly) => nextWeekly(calendar, weekly, instant)),
    ...[...walls].map(clockChange),
  ];
  const known = begins.filter((begin) => begin !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);

  function clockChange(wall: Wall): number | undefined {
    for (let day = 0; day < 9; day++) {
      const start = instant + day * dayMs;
      const offset = wall(start) - start;
      if (wall(start + dayMs) - (start + dayMs) === offset) continue;
      return firstInstant(start, start + dayMs, (one) => wall(one) - one !== offset);
    }
    return undefined;
  }
}

function nextWeekly(calendar: Calendar, weekly: Weekly, instant: number): number | undefined {
  const wall = wallOf(calendar, weekly);
  const today = Math.floor(wall(instant) / dayMs);
  for (let day = today - 1; day <= today + 8; day++) {
    if (!onDay(weekly, day)) continue;
    const { first, last } = instantsAt(wall, day * dayMs + minuteOfDay(weekly.from) * minuteMs);
    if (first > instant) return first;
    if (last > instant) return last;
  }
  return undefined;
}

/** When the wall shows a label: twice where clocks go back, and never, hence at the change, where they go forward. */
function instantsAt(wall: Wall, label: number): { first: number; last: number } {
  const offsets = [label - 1.5 * dayMs, label + 1.5 * dayMs].map((near) => wall(near) - near);
  const shown = offsets.map((offset) => label - offset).filter((instant) => wall(instant) === label);
  if (shown.length > 0) return { first: Math.min(...shown), last: Math.max(...shown) };
  const change = firstInstant(label - 1.5 * dayMs, label + 1.5 * dayMs, (one) => wall(one) >= label);
  return { first: change, last: change };
}

/** The first whole second after `from` at which the condition holds; it does not at `from`, and does at `to`. */
function firstInstant(from: number, to: number, holds: (instant: number) => boolean): number {
  let before = Math.floor(from / 1000);
  let after = Math.ceil(to / 1000);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle * 1000)) after = middle;
    else before = middle;
  }
  return after * 1000;
}

/** Formatters are dear to make, and a calendar is asked again and again. */
const wallsOfCalendar = new WeakMap<Calendar, Map<string, Wall>>();

function wallOf(calendar: Calendar, part: { "time-zone"?: string | undefined }): Wall {
  const zone = part["time-zone"] ?? calendar["time-zone"];
  const walls = wallsOfCalendar.get(calendar) ?? new Map<string, Wall>();
  wallsOfCalendar.set(calendar, walls);
  const wall = walls.get(zone) ?? wallIn(zone);
  walls.set(zone, wall);
  return wall;
}

function wallIn(zone: string): Wall {
  const formatter = zoneProblem(zone) === undefined ? formatterOf(zone) : undefined;
  if (formatter === undefined) throw new UserError("bad-time-zone", `calendar.yaml: ${zoneProblem(zone)}.`);
  return (instant) => {
    const parts = new Map(formatter.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN;
    const second = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    return second + (instant - Math.floor(instant / 1000) * 1000);
  };
}

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  const number = "numeric";
  const parts = {
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
  } as const;
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      hourCycle: "h23",
      ...parts,
    });
  } catch {
    return undefined;
  }
}
