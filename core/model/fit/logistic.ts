import { badModel } from "../fault.ts";

/** A line through log-odds: an intercept and a slope for each column. */
export type Line = { intercept: number; slopes: number[] };

export type Rows = {
  columns: readonly Float64Array[];
  labels: ArrayLike<number>;
  weights: ArrayLike<number>;
};

/**
 * Logistic regression, slopes drawn to those of `towards` by `pull` (ridge), or to nothing, by Newton's steps on the
 * penalised likelihood. Steps that would make it worse are halved, so that columns which separate the classes lead nowhere.
 *
 * Example: one column that is 1 where the label is 1 more often has a positive slope.
 */
export function logistic(rows: Rows, pull: number, towards?: Line): Line {
  const width = rows.columns.length + 1;
  const centre = Float64Array.from({ length: width }, (_, index) =>
    index === 0 ? (towards?.intercept ?? 0) : (towards?.slopes[index - 1] ?? 0),
  );
  let coefficients = Float64Array.from(centre);
  let loss = lossOf(rows, coefficients, pull, centre);
  for (let round = 0; round < 50; round += 1) {
    const step = newtonStep(rows, coefficients, pull, centre);
    const largest = step.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    let next = coefficients;
    let nextLoss = Number.POSITIVE_INFINITY;
    for (let share = 1; share > 1e-6 && !(nextLoss <= loss); share /= 2) {
      next = coefficients.map((one, index) => one + share * (step[index] ?? 0));
      nextLoss = lossOf(rows, next, pull, centre);
    }
    if (!(nextLoss <= loss)) break;
    coefficients = next;
    loss = nextLoss;
    if (largest < 1e-8) break;
  }
  const [intercept = 0, ...slopes] = coefficients;
  return { intercept, slopes };
}

export function lineAt({ intercept, slopes }: Line, row: ArrayLike<number>): number {
  return slopes.reduce((sum, slope, index) => sum + slope * (row[index] ?? 0), intercept);
}

function marginAt(columns: readonly Float64Array[], coefficients: Float64Array, row: number): number {
  let sum = coefficients[0] ?? 0;
  for (let index = 0; index < columns.length; index += 1)
    sum += (coefficients[index + 1] ?? 0) * (columns[index]?.[row] ?? 0);
  return sum;
}

function lossOf(
  { columns, labels, weights }: Rows,
  coefficients: Float64Array,
  pull: number,
  centre: Float64Array,
): number {
  let loss = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const margin = marginAt(columns, coefficients, row);
    // log(1 + exp(m)) - label m, without overflow.
    const grown = Math.max(0, margin) + Math.log1p(Math.exp(-Math.abs(margin)));
    loss += (weights[row] ?? 0) * (grown - (labels[row] ?? 0) * margin);
  }
  for (let index = 1; index < coefficients.length; index += 1)
    loss += (pull / 2) * ((coefficients[index] ?? 0) - (centre[index] ?? 0)) ** 2;
  return loss;
}

function newtonStep(
  { columns, labels, weights }: Rows,
  coefficients: Float64Array,
  pull: number,
  centre: Float64Array,
): Float64Array {
  const width = coefficients.length;
  const curvature = new Float64Array(width * width);
  const slope = new Float64Array(width);
  const row = new Float64Array(width).fill(1);
  for (let index = 0; index < labels.length; index += 1) {
    for (let column = 1; column < width; column += 1) row[column] = columns[column - 1]?.[index] ?? 0;
    const probability = 1 / (1 + Math.exp(-marginAt(columns, coefficients, index)));
    const weight = weights[index] ?? 0;
    const bend = weight * probability * (1 - probability);
    const miss = weight * ((labels[index] ?? 0) - probability);
    for (let one = 0; one < width; one += 1) {
      const own = row[one] ?? 0;
      slope[one] = (slope[one] ?? 0) + miss * own;
      for (let two = 0; two <= one; two += 1)
        curvature[one * width + two] = (curvature[one * width + two] ?? 0) + bend * own * (row[two] ?? 0);
    }
  }
  for (let one = 0; one < width; one += 1) {
    const at = one * width + one;
    if (one > 0) slope[one] = (slope[one] ?? 0) - pull * ((coefficients[one] ?? 0) - (centre[one] ?? 0));
    curvature[at] = (curvature[at] ?? 0) + (one > 0 ? pull : 0) + 1e-9;
  }
  return solveSymmetric(curvature, slope);
}

/** Cholesky's way, the lower half of the matrix given by rows. */
function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array {
  const width = right.length;
  for (let one = 0; one < width; one += 1) {
    for (let two = 0; two <= one; two += 1) {
      let sum = matrix[one * width + two] ?? 0;
      for (let inner = 0; inner < two; inner += 1)
        sum -= (matrix[one * width + inner] ?? 0) * (matrix[two * width + inner] ?? 0);
      if (one === two && !(sum > 0)) throw badModel("Its columns leave no curvature to step by.");
      matrix[one * width + two] = one === two ? Math.sqrt(sum) : sum / (matrix[two * width + two] ?? 1);
    }
  }
  const solution = Float64Array.from(right);
  for (let one = 0; one < width; one += 1) {
    for (let two = 0; two < one; two += 1)
      solution[one] = (solution[one] ?? 0) - (matrix[one * width + two] ?? 0) * (solution[two] ?? 0);
    solution[one] = (solution[one] ?? 0) / (matrix[one * width + one] ?? 1);
  }
  for (let one = width - 1; one >= 0; one -= 1) {
    for (let two = one + 1; two < width; two += 1)
      solution[one] = (solution[one] ?? 0) - (matrix[two * width + one] ?? 0) * (solution[two] ?? 0);
    solution[one] = (solution[one] ?? 0) / (matrix[one * width + one] ?? 1);
  }
  return solution;
}
