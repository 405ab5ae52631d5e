import * as z from "zod";
import { printable } from "../actions/io.ts";
import { exitCodes, UserError } from "../core/errors.ts";

const isoInstant = z.iso.datetime({ offset: true });

/** An instant as a flag gives it. Other spellings mean different things to different machines. */
export function readInstant(flag: string, text: string): Date {
  if (isoInstant.safeParse(text).success) return new Date(text);
  throw new UserError(
    "usage",
    `--${flag} is "${printable(text)}", which is no ISO 8601 instant with its offset, as in 2026-01-31T09:30:00Z.`,
    exitCodes.usage,
  );
}
