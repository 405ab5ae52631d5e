/**
 * Area under the ROC curve: how often a buggy change scores above a clean one, a tie counting half. Exact, by ranks.
 * (J. Hanley and B. McNeil, "The meaning and use of the area under a ROC curve", 1982.)
 */
export function areaUnderCurve(scores: ArrayLike<number>, labels: Uint8Array): number {
  const { levels, count } = rankLevels(scores);
  return areaOfLevels(levels, count, labels);
}

/** Each score's place among the distinct scores, lowest first. */
export function rankLevels(scores: ArrayLike<number>): { levels: Int32Array; count: number } {
  const distinct = Float64Array.from(new Set(Array.from(scores))).sort();
  const place = new Map(Array.from(distinct, (score, index) => [score, index]));
  return { levels: Int32Array.from(scores, (score) => place.get(score) ?? 0), count: distinct.length };
}

/** The same area from small whole numbers in place of scores, each row counted `weights[row]` times. */
export function areaOfLevels(
  levels: Int32Array,
  count: number,
  labels: Uint8Array,
  weights?: Uint8Array,
): number {
  const clean = new Float64Array(count);
  const buggy = new Float64Array(count);
  for (let row = 0; row < labels.length; row++) {
    const level = levels[row] ?? 0;
    const side = labels[row] === 1 ? buggy : clean;
    side[level] = (side[level] ?? 0) + (weights ? (weights[row] ?? 0) : 1);
  }
  let cleanBelow = 0;
  let buggyTotal = 0;
  let won = 0;
  for (let level = 0; level < count; level++) {
    const cleanHere = clean[level] ?? 0;
    const buggyHere = buggy[level] ?? 0;
    won += buggyHere * (cleanBelow + cleanHere / 2);
    cleanBelow += cleanHere;
    buggyTotal += buggyHere;
  }
  return won / (cleanBelow * buggyTotal);
}
