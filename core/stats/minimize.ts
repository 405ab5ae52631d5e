/**
 * The lowest point of a function of a few numbers, found by its values alone: Nelder and Mead's simplex, with the
 * coefficients of Gao and Han (2012, "Implementing the Nelder–Mead simplex algorithm with adaptive parameters"), which
 * keep it moving in more than two dimensions. A simplex can collapse short of the minimum, so a new one is put up
 * around the best point until that gains nothing. Equal arguments give equal answers; chance has no part in it.
 *
 * A value that is not a number counts as worse than any other, so a function may refuse a point with NaN or Infinity.
 * The array that the function is given is used again afterwards: it is to be read, not kept.
 *
 * Example: minimize((x) => ((x[0] ?? 0) - 3) ** 2, [0], { steps: [1], mostEvaluations: 500, tolerance: 1e-10 }).at
 * is [3] to about five digits, the square root of the tolerance.
 */
export function minimize(
  measured: (at: Float64Array) => number,
  start: readonly number[],
  options: MinimizeOptions,
): Minimum {
  const { steps, mostEvaluations, tolerance } = options;
  if (steps.length !== start.length)
    throw new RangeError(`minimize: ${start.length} numbers to start from, and ${steps.length} steps`);
  let evaluations = 0;
  const search: Search = {
    left: () => mostEvaluations - evaluations,
    value: (at) => {
      evaluations += 1;
      const value = measured(at);
      return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
    },
    steps,
    tolerance,
  };
  let at: Float64Array = Float64Array.from(start);
  let value = search.value(at);
  // Every other simplex points the other way, so that no corner of the ground stays unseen.
  for (let side = 1; start.length > 0 && search.left() > start.length; side = -side) {
    const found = descend(search, at, value, side);
    const gain = value - found.value;
    at = found.at;
    value = found.value;
    if (side < 0 && !(gain > closeTo(value, tolerance))) break;
  }
  return { at: [...at], value, evaluations };
}

export type MinimizeOptions = {
  /** How far to look at first, a number for each dimension; never 0. */
  steps: readonly number[];
  mostEvaluations: number;
  /** The search ends where values differ by less than this part of 1 + |value|. */
  tolerance: number;
};
export type Minimum = { at: number[]; value: number; evaluations: number };

type Search = {
  left: () => number;
  value: (at: Float64Array) => number;
  steps: readonly number[];
  tolerance: number;
};
type Simplex = { points: Float64Array[]; values: Float64Array; best: number; second: number; worst: number };

const closeTo = (value: number, tolerance: number): number =>
  Number.isFinite(value) ? tolerance * (1 + Math.abs(value)) : 0;

function descend(
  search: Search,
  start: Float64Array,
  startValue: number,
  side: number,
): { at: Float64Array; value: number } {
  const size = start.length;
  const simplex = around(search, start, startValue, side);
  const { points, values } = simplex;
  // In one dimension the adaptive coefficients would fold the simplex onto a point.
  const dimensions = Math.max(2, size);
  const expand = 1 + 2 / dimensions;
  const contract = 0.75 - 1 / (2 * dimensions);
  const centre = new Float64Array(size);
  let reflected: Float64Array = new Float64Array(size);
  let second: Float64Array = new Float64Array(size);
  const replaceWorst = (point: Float64Array, value: number): Float64Array => {
    const { worst } = simplex;
    const freed = points[worst] ?? point;
    points[worst] = point;
    values[worst] = value;
    return freed;
  };

  for (rank(simplex); search.left() > 0 && !settled(search, simplex); rank(simplex)) {
    const worst = points[simplex.worst] ?? start;
    centreOfOthers(simplex, centre);
    along(centre, worst, -1, reflected);
    const value = search.value(reflected);
    if (value < (values[simplex.best] ?? 0)) {
      along(centre, worst, -expand, second);
      const further = search.value(second);
      if (further < value) second = replaceWorst(second, further);
      else reflected = replaceWorst(reflected, value);
    } else if (value < (values[simplex.second] ?? 0)) {
      reflected = replaceWorst(reflected, value);
    } else {
      const worstValue = values[simplex.worst] ?? 0;
      const outside = value < worstValue;
      along(centre, worst, outside ? -contract : contract, second);
      const nearer = search.value(second);
      if (outside ? nearer <= value : nearer < worstValue) second = replaceWorst(second, nearer);
      else shrink(search, simplex);
    }
  }
  return { at: points[simplex.best] ?? start, value: values[simplex.best] ?? startValue };
}

function around(search: Search, start: Float64Array, startValue: number, side: number): Simplex {
  const points = [start, ...search.steps.map(() => Float64Array.from(start))];
  const values = new Float64Array(points.length);
  values[0] = startValue;
  for (const [index, step] of search.steps.entries()) {
    const point = points[index + 1] ?? start;
    point[index] = (point[index] ?? 0) + side * step;
    values[index + 1] = search.value(point);
  }
  return { points, values, best: 0, second: 0, worst: 0 };
}

function rank(simplex: Simplex): void {
  const { values } = simplex;
  let best = 0;
  let worst = 0;
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index] ?? 0) < (values[best] ?? 0)) best = index;
    if ((values[index] ?? 0) >= (values[worst] ?? 0)) worst = index;
  }
  let second = best;
  for (let index = 0; index < values.length; index += 1)
    if (index !== worst && (values[index] ?? 0) >= (values[second] ?? 0)) second = index;
  simplex.best = best;
  simplex.second = second;
  simplex.worst = worst;
}

/** Equal values alone can come from both sides of a valley, so the points have to be close to each other as well. */
function settled(search: Search, { points, values, best, worst }: Simplex): boolean {
  const spread = (values[worst] ?? 0) - (values[best] ?? 0);
  if (!(spread <= closeTo(values[best] ?? 0, search.tolerance))) return false;
  const near = Math.sqrt(search.tolerance);
  const centre = points[best];
  for (const point of points)
    for (let index = 0; index < point.length; index += 1)
      if (Math.abs((point[index] ?? 0) - (centre?.[index] ?? 0)) > near * Math.abs(search.steps[index] ?? 0))
        return false;
  return true;
}

function centreOfOthers({ points, worst }: Simplex, centre: Float64Array): void {
  for (let index = 0; index < centre.length; index += 1) {
    let sum = 0;
    for (let point = 0; point < points.length; point += 1)
      if (point !== worst) sum += points[point]?.[index] ?? 0;
    centre[index] = sum / (points.length - 1);
  }
}

/** The point that lies `part` of the way from the centre to another point. */
function along(centre: Float64Array, other: Float64Array, part: number, into: Float64Array): void {
  for (let index = 0; index < centre.length; index += 1) {
    const from = centre[index] ?? 0;
    into[index] = from + part * ((other[index] ?? 0) - from);
  }
}

function shrink(search: Search, { points, values, best }: Simplex): void {
  const centre = points[best];
  if (!centre) return;
  const part = 1 - 1 / Math.max(2, points.length - 1);
  for (let index = 0; index < points.length; index += 1) {
    const point = points[index];
    if (index === best || !point) continue;
    along(centre, point, part, point);
    values[index] = search.value(point);
  }
}
