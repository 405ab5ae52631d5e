import { formatDuration } from "../policy/duration.ts";
import type { Asked } from "./asked.ts";

/** Clocks differ by a little; an approval from further ahead was not written when it says. */
const mostSkewMs = 5 * 60_000;

export type Held = Record<never, never> | { until: string };
export type NotHeld = { reason: "approval-expired" | "time-unknown"; sentence: string };

/** Until when an approval holds, by the shortest time of the services that ask for one; GitHub says when it was given. */
export function holdsUntil(at: string, asked: readonly Asked[], now: Date): Held | NotHeld {
  const spans = asked.flatMap(({ expiresAfter }) => (expiresAfter === undefined ? [] : [expiresAfter]));
  if (spans.length === 0) return {};
  const shortest = Math.min(...spans);
  const given = Date.parse(at);
  if (Number.isNaN(given) || given - now.valueOf() > mostSkewMs)
    return {
      reason: "time-unknown",
      sentence: `is dated ${at.slice(0, 40)}, which is not behind us, so its age is not known. Set the clock of the machine that decides.`,
    };
  const end = new Date(given + shortest * 1000);
  if (now >= end)
    return {
      reason: "approval-expired",
      sentence: `held until ${end.toISOString()}: policy lets an approval hold for ${formatDuration(shortest)}. Approve again.`,
    };
  return { until: end.toISOString() };
}
