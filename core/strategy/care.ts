import type { StrategyKind } from "../policy/schema.ts";

/** How careful each kind is; devices updated in cohorts are as safe as a second stack. */
const care: Record<StrategyKind, number> = { rolling: 0, canary: 1, "blue-green": 2, cohorts: 2 };

/** Below 0 where the left one is less careful, above 0 where it is more. */
export function compareCare(left: StrategyKind, right: StrategyKind): number {
  return care[left] - care[right];
}

export function moreCareful(left: StrategyKind, right: StrategyKind): boolean {
  return compareCare(left, right) > 0;
}
