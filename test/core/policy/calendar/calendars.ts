import { calendarFacts } from "../../../../core/policy/calendar.ts";
import { calendar as calendarSchema, weekdays } from "../../../../core/policy/schema.ts";

export type Weekly = {
  days: readonly string[];
  from: string;
  to: string;
  "time-zone"?: string;
  match?: object;
};
export const everyDay = [...weekdays];
export const scope = { service: "payments-api", environment: "production", kinds: [] };

export const calendarOf = (zone: string, parts: object) =>
  calendarSchema.parse({ "schema-version": 1, "time-zone": zone, ...parts });
export const windows = (zone: string, ...all: Weekly[]) => calendarOf(zone, { "change-windows": all });
export const windowAt = (zone: string, weekly: Weekly, instant: string) =>
  calendarFacts(windows(zone, weekly), new Date(instant), scope).change_window;
