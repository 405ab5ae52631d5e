import * as z from "zod";
import type { Truth } from "../../policy/guardrails/index.ts";

/**
 * How long conditions have been true without a break. A window's reading speaks for all of the window, so two true
 * windows of two minutes in a row are four minutes. Only `false` ends a stretch. A window in which a condition is
 * unknown, or which is not there at all, neither ends it nor adds to it: data that are missing can then not trigger a
 * rule, and an outage of the telemetry does not forgive what was seen before it. How many such windows lie within is
 * counted, and the answer says so.
 */

const time = z.number();
export const stretch = z.strictObject({
  seconds: time.min(0).describe("Length of the windows in which it was true."),
  since_window: z.int().min(1),
  /** The first true window: what began, began between these two. */
  since: time,
  since_end: time,
  unknown_windows: z.int().min(0),
});
export type Stretch = z.infer<typeof stretch>;

export const stretches = z.record(z.string().max(20_000), stretch);
export type Stretches = z.infer<typeof stretches>;

export type Span = { window: number; endSeconds: number; lengthSeconds: number };

/** When something began, as far as windows can tell. */
export type Began = Pick<Stretch, "since_window" | "since" | "since_end">;

export function momentOf({ window, endSeconds, lengthSeconds }: Span): Began {
  return { since_window: window, since: endSeconds - lengthSeconds, since_end: endSeconds };
}

/**
 * The time that a window adds: its length, or less where it overlaps the one before it. Undefined for one that was
 * counted already, ends before the last one (a clock that was set back) or has no length.
 */
export function addedSeconds(
  { endSeconds, lengthSeconds }: Span,
  lastEnd: number | null,
): number | undefined {
  if (!Number.isFinite(endSeconds) || !Number.isFinite(lengthSeconds) || lengthSeconds <= 0) return undefined;
  const added = lastEnd === null ? lengthSeconds : Math.min(lengthSeconds, endSeconds - lastEnd);
  return added > 0 ? added : undefined;
}

/** A condition's stretch after one more window; undefined where it is not true for now. */
export function continued(
  before: Stretch | undefined,
  truth: Truth,
  span: Span,
  added: number,
): Stretch | undefined {
  if (truth === false) return undefined;
  if (truth === "unknown") return before && { ...before, unknown_windows: before.unknown_windows + 1 };
  if (before !== undefined) return { ...before, seconds: before.seconds + added };
  return {
    seconds: added,
    since_window: span.window,
    since: span.endSeconds - added,
    since_end: span.endSeconds,
    unknown_windows: 0,
  };
}
