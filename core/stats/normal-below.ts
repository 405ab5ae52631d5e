/**
 * The share of a standard normal distribution that lies below `z`. Hart's rational approximation 5666 (1968) in the
 * form of West (2005, "Better approximations to cumulative normal functions") near 0, and Laplace's continued fraction
 * further out: right to twelve digits of the smaller tail as far as z = ±37. The table behind
 * `cumulativeStdNormalProbability` of simple-statistics has four decimals and ends at 3.09: it calls the tail beyond −4
 * 0.001, thirty times too much.
 *
 * Example: normalBelow(-1.959963984540054) is 0.025.
 */
export function normalBelow(z: number): number {
  if (Number.isNaN(z)) return z;
  const tail = tailBeyond(Math.abs(z));
  return z > 0 ? 1 - tail : tail;
}

function tailBeyond(distance: number): number {
  if (distance > 38) return 0;
  const density = Math.exp((-distance * distance) / 2);
  if (distance < 3) return (density * polynomial(above, distance)) / polynomial(below, distance);
  let fraction = distance;
  for (let term = 40; term >= 1; term -= 1) fraction = distance + term / fraction;
  return density / (fraction * Math.sqrt(2 * Math.PI));
}

const above = [
  0.035_262_496_599_891_1, 0.700_383_064_443_688, 6.373_962_203_531_65, 33.912_866_078_383,
  112.079_291_497_871, 221.213_596_169_931, 220.206_867_912_376,
];
const below = [
  0.088_388_347_648_318_4, 1.755_667_163_182_64, 16.064_177_579_207, 86.780_732_202_946_1,
  296.564_248_779_674, 637.333_633_378_831, 793.826_512_519_948, 440.413_735_824_752,
];

function polynomial(coefficients: readonly number[], at: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * at + coefficient;
  return sum;
}
