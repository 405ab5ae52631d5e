import { calibrationBins } from "../stats/expected-calibration-error.ts";
import { levelsFromTop } from "../stats/levels-from-top.ts";
import { wilsonInterval } from "../stats/wilson-interval.ts";
import type { Arm } from "./arms.ts";
import { ways } from "./bands.ts";
import { foundByEffort } from "./effort.ts";
import { foundAmong } from "./found.ts";
import type { Figures } from "./intervals.ts";
import type { Tested } from "./measure.ts";
import type { ArmReport, ReliabilityBin } from "./shape.ts";

const hundredths = Array.from({ length: 100 }, (_, index) => (index + 1) / 100);

/** All that is told of one arm, curves for pictures among it. */
export function armReport(
  { name, scores, probabilities, placed, worth }: Arm,
  { labels, effort }: Tested,
  figures: Figures,
): ArmReport {
  const failures = labels.reduce((sum, label) => sum + label, 0);
  const places = hundredths.map((share) => share * labels.length);
  const bucket = (holds: (row: number) => boolean) => {
    const rows = Array.from(labels.keys()).filter(holds);
    return { changes: rows.length, failures: rows.reduce((sum, row) => sum + (labels[row] ?? 0), 0) };
  };
  return {
    ...{ arm: name, figures },
    reliability: probabilities === null ? [] : reliabilityOf(probabilities, labels),
    buckets:
      placed === null
        ? []
        : [
            ...ways.map((way, index) => ({ way, ...bucket((row) => placed.way[row] === index) })),
            { way: "approval", ...bucket((row) => placed.asks[row] === 1) },
          ],
    recall_by_changes: foundAmong(levelsFromTop(scores), labels, places).map((found) => found / failures),
    recall_by_effort: foundByEffort(levelsFromTop(worth), labels, effort, hundredths).recall,
  };
}

function reliabilityOf(probabilities: Float64Array, labels: Uint8Array): ReliabilityBin[] {
  return calibrationBins(probabilities, labels)
    .filter(({ rows }) => rows > 0)
    .map(({ rows, said, came }) => {
      const { lower, upper } = wilsonInterval(came * rows, rows, 1.959964);
      return { rows, failures: Math.round(came * rows), said, came, low: lower, high: upper };
    });
}
