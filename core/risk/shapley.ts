/**
 * Exact Shapley values of the heuristic, in closed form.
 *
 * The score before the clamp is `multiplier × (sum of points)`. Going from a reference to this change, each factor
 * moves its points and the multiplier moves too, in any order. A factor meets the new multiplier in half of all
 * orders, so its value is its difference times the mean multiplier; the multiplier meets each factor's new points
 * in half of all orders, so its value is its difference times the mean of both sums. Together they are the whole
 * difference, exactly. (Source: L. Shapley, "A value for n-person games", 1953; the clamp is kept outside, as a
 * contributor of its own, because it depends on all of them.)
 *
 * Example: points 10 → 30, multiplier 1 → 1.5: the factor is worth 20 × 1.25 = 25, the multiplier 0.5 × 20 = 10,
 * and 1.5 × 30 − 1 × 10 = 35.
 */
export function shapleyValues(
  points: readonly number[],
  referencePoints: readonly number[],
  multiplier: number,
  referenceMultiplier: number,
): { factors: number[]; multiplier: number } {
  const meanMultiplier = (multiplier + referenceMultiplier) / 2;
  let sum = 0;
  let referenceSum = 0;
  const factors = points.map((value, index) => {
    const reference = referencePoints[index] ?? 0;
    sum += value;
    referenceSum += reference;
    return (value - reference) * meanMultiplier;
  });
  return { factors, multiplier: ((multiplier - referenceMultiplier) * (sum + referenceSum)) / 2 };
}
