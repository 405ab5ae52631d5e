import type { AnalysisPolicy } from "./metric-policy.ts";

/** Windows, from 0, that are left out because the weight had just changed. */
export function warmUpOf(
  steps: readonly number[],
  { warmUpSeconds }: Pick<AnalysisPolicy, "warmUpSeconds">,
  windowSeconds: number,
): Set<number> {
  const length = Math.ceil(warmUpSeconds / windowSeconds);
  return new Set(steps.flatMap((step) => Array.from({ length }, (_, after) => step + after)));
}
