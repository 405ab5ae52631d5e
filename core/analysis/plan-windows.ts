/** When windows end and when they are asked for. All times are seconds of Unix time. */
export type WindowPlan = {
  /** End of the first window. */
  firstEnd: number;
  windowSeconds: number;
  windows: number;
  /** A window's data are whole only so long after its end: the store scrapes, then works out its rules. */
  settleSeconds: number;
};

export type PlanQuestion = {
  startSeconds: number;
  windowSeconds: number;
  windows: number;
  settleSeconds: number;
};

/** Long windows do not have to wait for the full hour: their ends fall on a minute. */
const coarsestSeconds = 300;

/**
 * The first window begins at the next round time after the start, so that the fronts of stores which round the time of a
 * question measure the same windows as those which do not.
 */
export function planWindows({
  startSeconds,
  windowSeconds,
  windows,
  settleSeconds,
}: PlanQuestion): WindowPlan {
  const round = windowSeconds <= coarsestSeconds ? windowSeconds : 60;
  const begins = Math.ceil(startSeconds / round) * round;
  return { firstEnd: begins + windowSeconds, windowSeconds, windows, settleSeconds };
}

/** A plan that goes on where an earlier run was cut short: the same windows as it had. */
export function resumedPlan(plan: WindowPlan, startedAt: string): WindowPlan {
  return { ...plan, firstEnd: Date.parse(startedAt) / 1000 + plan.windowSeconds };
}

/** The instant at which the first window begins, as documents have it. */
export function startOf({ firstEnd, windowSeconds }: WindowPlan): string {
  return new Date((firstEnd - windowSeconds) * 1000).toISOString();
}

/** Windows are counted from 0. */
export function windowEnd({ firstEnd, windowSeconds }: WindowPlan, window: number): number {
  return firstEnd + window * windowSeconds;
}

/** When a window may be asked for. */
export function dueAt(plan: WindowPlan, window: number): number {
  return windowEnd(plan, window) + plan.settleSeconds;
}

/** How many windows may be asked for by now. */
export function windowsDue(plan: WindowPlan, nowSeconds: number): number {
  const passed = Math.floor((nowSeconds - dueAt(plan, 0)) / plan.windowSeconds) + 1;
  return Math.min(plan.windows, Math.max(0, passed));
}
