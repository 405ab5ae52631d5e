import { levelsFromTop } from "./levels-from-top.ts";

/**
 * Area under the curve of precision over recall, a step for each distinct score, as scikit-learn has it: the mean of the
 * precisions at which each thing that went wrong is found. NaN where nothing went wrong.
 *
 * Example: averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) is 0.8333….
 */
export function averagePrecision(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  return averagePrecisionByCounts(scores, labels)();
}

/** The same, sorted once, for rows that count several times each or not at all, as a bootstrap draws them. */
export function averagePrecisionByCounts(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): (counts?: ArrayLike<number>) => number {
  const levels = levelsFromTop(scores);
  return (counts) => {
    let wrong = 0;
    let all = 0;
    let sum = 0;
    for (const rows of levels) {
      let wrongHere = 0;
      for (const row of rows) {
        const count = counts?.[row] ?? 1;
        all += count;
        if (labels[row] === 1) wrongHere += count;
      }
      wrong += wrongHere;
      if (wrongHere > 0) sum += (wrongHere * wrong) / all;
    }
    return sum / wrong;
  };
}
