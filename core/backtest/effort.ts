/** What is found by reading changes one after the other, where a change costs its lines; NaN where none costs anything or failed. */
export type ByEffort = {
  /** Share of the failures found within each share of all lines asked for. */
  recall: number[];
  /** Area under that share over the share of lines read. */
  area: number;
};

/** Levels of equal worth are read side by side. */
export function foundByEffort(
  levels: readonly Int32Array[],
  labels: ArrayLike<number>,
  effort: ArrayLike<number>,
  shares: readonly number[],
  counts?: ArrayLike<number>,
): ByEffort {
  const sums = levels.map((rows) => {
    let [lines, failures] = [0, 0];
    for (const row of rows) {
      const count = counts?.[row] ?? 1;
      lines += count * (effort[row] ?? 0);
      if (labels[row] === 1) failures += count;
    }
    return { lines, failures };
  });
  const all = sums.reduce((sum, { lines }) => sum + lines, 0);
  const failed = sums.reduce((sum, { failures }) => sum + failures, 0);
  const recall = shares.map(() => (all > 0 && failed > 0 ? 1 : Number.NaN));
  let [read, found, area, next] = [0, 0, 0, 0];
  for (const { lines, failures } of sums) {
    for (; lines > 0 && (shares[next] ?? 2) * all <= read + lines; next += 1)
      recall[next] = (found + (failures * ((shares[next] ?? 0) * all - read)) / lines) / failed;
    area += (lines / all) * ((found + failures / 2) / failed);
    read += lines;
    found += failures;
  }
  return { recall, area };
}

/** Failures before all else and short ones before long ones: no order does better; turned round, none does worse. */
export function idealOrder(labels: ArrayLike<number>, effort: ArrayLike<number>): Int32Array[] {
  const order = Int32Array.from(labels, (_, row) => row);
  order.sort(
    (one, two) =>
      (labels[two] ?? 0) - (labels[one] ?? 0) || (effort[one] ?? 0) - (effort[two] ?? 0) || one - two,
  );
  return Array.from(order, (row) => Int32Array.of(row));
}
