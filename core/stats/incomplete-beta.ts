import { gammaln } from "simple-statistics";

/**
 * The regularised incomplete beta function: the share of a beta distribution with shapes `first` and `second` that lies
 * below `at`. Lentz's continued fraction (DLMF 8.17.22), from the side on which it converges quickly.
 *
 * Example: incompleteBeta(0.5, 2, 3) is 0.6875.
 */
export function incompleteBeta(at: number, first: number, second: number): number {
  if (!(first > 0 && second > 0) || Number.isNaN(at)) return Number.NaN;
  if (at <= 0) return 0;
  if (at >= 1) return 1;
  if (at > (first + 1) / (first + second + 2)) return 1 - incompleteBeta(1 - at, second, first);
  const log = gammaln(first + second) - gammaln(first) - gammaln(second);
  const front = Math.exp(log + first * Math.log(at) + second * Math.log1p(-at)) / first;
  return front * continuedFraction(at, first, second);
}

function continuedFraction(at: number, first: number, second: number): number {
  const tiny = 1e-300;
  let fraction = 1;
  let numerator = 1;
  let denominator = 0;
  // Terms grow as the square root of the shapes; the limit is for shapes beyond any count.
  for (let term = 1; term <= 10_000; term += 1) {
    const half = term >> 1;
    const coefficient =
      ((term % 2 === 0 ? half * (second - half) : -(first + half) * (first + second + half)) * at) /
      ((first + term - 1) * (first + term));
    denominator = 1 / (1 + coefficient * denominator || tiny);
    numerator = 1 + coefficient / numerator || tiny;
    fraction *= numerator * denominator;
    if (Math.abs(numerator * denominator - 1) < 1e-15) break;
  }
  return 1 / fraction;
}
