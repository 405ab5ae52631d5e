import type { Rollouts } from "./fold-stream.ts";
import { digestOf, type Version } from "./plan.ts";

export type WayBack = { from: Version; to: Version };

/**
 * What a service runs and what it ran before, as its ended rollouts tell. A version that was taken back was never good,
 * and neither is one that somebody went back from later.
 */
export function lastKnownGood(rollouts: Rollouts): WayBack | null {
  let course: Version[] = [];
  for (const { plan, doing } of rollouts.values()) {
    if (doing.kind !== "ended") continue;
    const before = plan.stable;
    if (doing.outcome === "completed")
      course = [...(before === null ? course : upTo(course, before)), plan.candidate];
    else if (plan.kind === "back" && before !== null) course = upTo(course, before);
  }
  const [to, from] = course.slice(-2);
  return to === undefined || from === undefined ? null : { from, to };
}

/** The course as far as the version, which stands at its end; a version that nobody rolled out begins a new one. */
function upTo(course: readonly Version[], version: Version): Version[] {
  const at = course.findLastIndex((one) => digestOf(one) === digestOf(version));
  return at < 0 ? [version] : course.slice(0, at + 1);
}
