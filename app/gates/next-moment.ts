import type { GitHubClient } from "../../adapters/github/client.ts";
import { activePolicy } from "../../adapters/github/policy-source.ts";
import type { Subject } from "../../adapters/github/subject.ts";
import type { Decision, Gate } from "../../core/decision/shape.ts";
import { calendarFacts } from "../../core/policy/calendar.ts";
import type { Calendar } from "../../core/policy/schema.ts";

const anHourMs = 60 * 60_000;
const ofCalendar: readonly string[] = ["outside-change-window", "peak-hours", "freeze"];

/** The gates that hold a decision up, of every service. */
export function holding(decision: Decision): Gate[] {
  const answers = decision.services.length ? decision.services : [decision];
  return answers.flatMap(({ gates }) => gates.filter(({ verdict }) => verdict !== "pass"));
}

/** True where all that blocks passes with time: such a change is not refused, it waits. */
export function waitsForTime(decision: Decision): boolean {
  const blocking = holding(decision).filter(({ verdict }) => verdict === "block");
  return blocking.length > 0 && blocking.every((gate) => ofCalendar.includes(gate.reason_code));
}

export type NextMoment = { at: Date; guessed: boolean };

/**
 * When the calendar lets go of what it holds now: undefined where it holds nothing. The calendar says when freezes
 * end and windows open; the end of peak hours is looked for hour by hour, at the full hour.
 */
export async function nextMoment(
  client: GitHubClient,
  subject: Subject,
  decision: Decision,
  now: Date,
): Promise<NextMoment | undefined> {
  const codes = new Set<string>(holding(decision).map((gate) => gate.reason_code));
  if (!ofCalendar.some((code) => codes.has(code))) return undefined;
  const fullHour = { at: new Date((Math.floor(now.valueOf() / anHourMs) + 1) * anHourMs), guessed: true };
  const { calendar } = (await activePolicy(client, subject)).policy;
  if (calendar === undefined || codes.has("peak-hours")) return fullHour;
  const names = decision.services.length ? decision.services.map(({ name }) => name) : [subject.name];
  const opens = names.flatMap((service) => {
    const scope = { service, environment: decision.environment, kinds: [] };
    const next = calendarFacts(heldBy(calendar, codes), now, scope).next_open;
    return next === undefined ? [] : [Date.parse(next)];
  });
  return opens.length === 0 ? fullHour : { at: new Date(Math.max(...opens)), guessed: false };
}

/** Only the part of the calendar that holds: a freeze's end must not wait for a window that no rule asks for. */
function heldBy(calendar: Calendar, codes: ReadonlySet<string>): Calendar {
  const { "change-windows": windows, freezes, ...rest } = calendar;
  return {
    ...rest,
    ...(windows && codes.has("outside-change-window") ? { "change-windows": windows } : {}),
    ...(freezes && codes.has("freeze") ? { freezes } : {}),
  };
}
