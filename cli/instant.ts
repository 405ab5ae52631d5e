import * as z from "zod";
import { printable } from "../actions/io.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { durationAdvice, parseDuration } from "../core/policy/duration.ts";

const isoInstant = z.iso.datetime({ offset: true });
const isoDate = z.iso.date();

/** An instant as a flag gives it. Other spellings mean different things to different machines. */
export function readInstant(flag: string, text: string): Date {
  if (isoInstant.safeParse(text).success) return new Date(text);
  throw refusal(flag, text, "");
}

/** As readInstant, or a day, which begins at midnight in UTC, or how long ago. */
export function readMoment(flag: string, text: string, now: Date): Date {
  if (isoDate.safeParse(text).success) return new Date(`${text}T00:00:00Z`);
  const seconds = parseDuration(text);
  if (seconds !== undefined) return new Date(now.getTime() - seconds * 1000);
  if (isoInstant.safeParse(text).success) return new Date(text);
  throw refusal(
    flag,
    text,
    ` Nor is it a day, as in 2026-01-31, or a time back from now: ${durationAdvice}.`,
  );
}

function refusal(flag: string, text: string, more: string): UserError {
  return new UserError(
    "usage",
    `--${flag} is "${printable(text)}", which is no ISO 8601 instant with its offset, as in 2026-01-31T09:30:00Z.${more}`,
    exitCodes.usage,
  );
}
