import * as z from "zod";
import { kindNames } from "../../change/facts.ts";
import { header, match } from "./parts.ts";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time of day is HH:MM, from 00:00 to 24:00");
const weekly = z.strictObject({
  days: z.array(z.enum(weekdays)).min(1),
  from: clock,
  to: clock,
  "time-zone": z.string().optional().describe("IANA name such as Europe/Berlin; absent: the calendar's."),
  match: match.optional(),
});
const localMoment = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/,
    "a moment is YYYY-MM-DD or YYYY-MM-DDTHH:MM in the calendar's zone",
  );

export const calendar = z.strictObject({
  ...header,
  "time-zone": z.string().describe("IANA name such as Europe/Berlin."),
  "change-windows": z
    .array(weekly)
    .max(200)
    .optional()
    .describe("When changes may go; absent: at any time. `to` before `from` runs past midnight."),
  "peak-hours": z.array(weekly).max(200).optional().describe("When most depends on the service."),
  freezes: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(120),
        from: localMoment,
        to: localMoment,
        "time-zone": z.string().optional().describe("IANA name; absent: the calendar's."),
        match: match.optional(),
        except: z
          .strictObject({
            kinds: z.array(z.enum(kindNames)).max(20).optional(),
            services: z.array(z.string().min(1).max(500)).max(1000).optional(),
          })
          .optional()
          .describe("Kinds of change and services that may go all the same."),
      }),
    )
    .max(200)
    .optional()
    .describe("Spans of time in which nothing goes; a day without a time is the whole day."),
});
export type Calendar = z.infer<typeof calendar>;
