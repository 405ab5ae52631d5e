import { printable } from "../../actions/io.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { durationAdvice, parseDuration } from "../../core/policy/duration.ts";
import type { Arguments } from "../arguments.ts";

/** When `--for` is over; undefined where it was not given. */
export function untilOf(argument: Arguments): string | undefined {
  const text = argument.given("for");
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return new Date(Date.now() + seconds * 1000).toISOString();
  throw new UserError(
    "bad-input",
    `--for is "${printable(text)}". Allowed: ${durationAdvice}.`,
    exitCodes.usage,
  );
}
