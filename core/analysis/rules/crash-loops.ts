import type { Rule } from "../../policy/guardrails/index.ts";

/**
 * A crash loop is critical: one window with it takes the candidate back, for a platform calls it one only after several
 * crashes. It holds without a profile too; only a profile with `crash-loops: false` does without. As a rule like any
 * other it is asked of the baseline as well.
 */
export const crashLoopRule: Rule = {
  name: "slo:crash-loops",
  condition: {
    kind: "compare",
    name: "canary.crash_loops",
    operator: ">",
    value: { kind: "number", value: 0 },
  },
  action: { kind: "rollback" },
  message: "instances restart in a loop",
  phase: "rollout",
  line: 1,
  column: 1,
};

/** What one arm showed in a window; null where nobody counted. */
export type Restarts = {
  /** Instances that the platform says are in a crash loop. */
  crashLoops: number | null;
  restarts: number | null;
  instances: number | null;
};

/** Without the platform's word: every instance restarted once a window on average, in so many measured windows in a row. */
const windowsInARow = 2;

/**
 * How many instances of an arm are in a crash loop in the last of its windows: what `canary.crash_loops` reads.
 * Undefined where that window measured neither loops nor restarts; a window that is missing before it neither begins
 * nor ends a loop.
 */
export function loopingInstances(windows: readonly Restarts[]): number | undefined {
  const now = windows.at(-1);
  if (now === undefined) return undefined;
  if (isCount(now.crashLoops)) return now.crashLoops;
  if (restartsEach(now) === undefined) return undefined;
  const rates = windows.map(restartsEach).filter((each) => each !== undefined);
  const looping = rates.length >= windowsInARow && rates.slice(-windowsInARow).every((each) => each >= 1);
  return looping ? (now.instances ?? 0) : 0;
}

function restartsEach({ restarts, instances }: Restarts): number | undefined {
  return isCount(restarts) && isCount(instances) && instances > 0 ? restarts / instances : undefined;
}

function isCount(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value >= 0;
}
