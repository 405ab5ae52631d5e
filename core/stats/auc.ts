import { levelsFromTop } from "./levels-from-top.ts";

/**
 * Area under the receiver's curve: how often something that went wrong was given more than something that went well, equal
 * scores counting half (Hanley and McNeil 1982). NaN where one of the two kinds is missing.
 *
 * Example: auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) is 0.75.
 */
export function auc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  return aucByCounts(scores, labels)();
}

/** The same, sorted once, for rows that count several times each or not at all, as a bootstrap draws them. */
export function aucByCounts(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): (counts?: ArrayLike<number>) => number {
  const levels = levelsFromTop(scores);
  return (counts) => {
    let wrong = 0;
    let well = 0;
    let won = 0;
    for (const rows of levels) {
      let wrongHere = 0;
      let wellHere = 0;
      for (const row of rows) {
        const count = counts?.[row] ?? 1;
        if (labels[row] === 1) wrongHere += count;
        else wellHere += count;
      }
      won += wellHere * (wrong + wrongHere / 2);
      wrong += wrongHere;
      well += wellHere;
    }
    return won / (wrong * well);
  };
}
