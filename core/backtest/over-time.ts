import { aucByCounts } from "../stats/auc.ts";
import { blockResamples } from "../stats/block-resamples.ts";
import type { Arm } from "./arms.ts";
import type { Cases } from "./cases.ts";
import { figureOf } from "./intervals.ts";
import type { Tested } from "./measure.ts";
import type { Schedule } from "./moments.ts";
import type { PartReport } from "./shape.ts";

/** The area of every arm on each part by itself: one good month may carry a whole year. */
export function partReports(
  { times }: Cases,
  { rows, parts }: Schedule,
  arms: readonly Arm[],
  { labels }: Tested,
  draws: number,
): PartReport[] {
  return parts.map(({ from, to }, index) => {
    const own = labels.subarray(from, to);
    return {
      from: times[rows[from] ?? 0] ?? 0,
      to: times[rows[to - 1] ?? 0] ?? 0,
      changes: own.length,
      failures: own.reduce((sum, label) => sum + label, 0),
      auc: arms.flatMap(({ name, scores }) => {
        const area = aucByCounts(scores.subarray(from, to), own);
        const figure = figureOf(area(), Array.from(blockResamples(own.length, draws, index + 3), area));
        return figure === undefined ? [] : [{ arm: name, figure }];
      }),
    };
  });
}
