export type RankSum = {
  /** Pairs in which the first sample's value is the higher one; equal ones count half. */
  u: number;
  /** The sum of t³ − t over groups of t equal values: what ties take from the variance of u. */
  ties: number;
};

/**
 * How two sorted samples lie to each other once `shift` is taken from the first: the Mann–Whitney U of the first sample
 * and its tie term, in one walk along both (Lehmann 1975, "Nonparametrics", chapter 1). Searches for an interval call it
 * for many shifts of the same samples, so what a shift does not change, the ties within each, is asked for, and the
 * answer is written into a given object. All values are finite.
 *
 * Example: of [1, 3] and [2, 3], u is 1.5 (3 over 2, and half of 3 beside 3) and ties is 6 (2³ − 2).
 */
export function rankSum(
  first: Float64Array,
  second: Float64Array,
  shift: number,
  within: number,
  into: RankSum,
): RankSum {
  let firstSeen = 0;
  let secondSeen = 0;
  let u = 0;
  let ties = within;
  while (firstSeen < first.length && secondSeen < second.length) {
    const left = (first[firstSeen] ?? 0) - shift;
    const right = second[secondSeen] ?? 0;
    if (left < right) {
      u += secondSeen;
      firstSeen += 1;
    } else if (left > right) secondSeen += 1;
    else {
      const firstBefore = firstSeen;
      const secondBefore = secondSeen;
      while (firstSeen < first.length && (first[firstSeen] ?? 0) - shift === right) firstSeen += 1;
      while (secondSeen < second.length && second[secondSeen] === right) secondSeen += 1;
      const ofFirst = firstSeen - firstBefore;
      const ofSecond = secondSeen - secondBefore;
      u += ofFirst * (secondBefore + ofSecond / 2);
      ties += tieTerm(ofFirst + ofSecond) - tieTerm(ofFirst) - tieTerm(ofSecond);
    }
  }
  into.u = u + (first.length - firstSeen) * second.length;
  into.ties = ties;
  return into;
}

/** The tie term of one sorted sample. */
export function tiesWithin(sorted: Float64Array): number {
  let ties = 0;
  let start = 0;
  for (let index = 1; index <= sorted.length; index += 1) {
    if (index < sorted.length && sorted[index] === sorted[start]) continue;
    ties += tieTerm(index - start);
    start = index;
  }
  return ties;
}

const tieTerm = (equal: number): number => equal * equal * equal - equal;

/** The standard deviation of u where both samples come from one distribution. */
export function deviationOfRankSum(firstSize: number, secondSize: number, ties: number): number {
  const all = firstSize + secondSize;
  return Math.sqrt(((firstSize * secondSize) / 12) * (all + 1 - ties / (all * (all - 1))));
}
