/** A fault in a file of the policy, at a place that an editor can jump to. */
export type Problem = {
  file: string;
  /** From 1; absent where the whole file is meant, for example one that is missing. */
  line?: number;
  column?: number;
  message: string;
};

/** `thresholds-and-windows.yaml:7:5: unknown key "aproval"; did you mean "approval"?` */
export function describeProblem({ file, line, column, message }: Problem): string {
  if (line === undefined) return `${file}: ${message}`;
  return `${file}:${line}:${column ?? 1}: ${message}`;
}

/** In the order in which a reader meets them. */
export function inReadingOrder(problems: Problem[]): Problem[] {
  return problems.toSorted((left, right) => {
    if (left.file !== right.file) return left.file < right.file ? -1 : 1;
    return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
  });
}

/** The first ones, and how many more there are: a file of ten thousand faults has one cause. */
export function firstProblems(problems: Problem[], most: number): Problem[] {
  const [first] = problems;
  if (first === undefined || problems.length <= most) return problems;
  const more = problems.length - most;
  return [...problems.slice(0, most), { file: first.file, message: `and ${more} more; mend the first ones` }];
}

/** Line and column, both from 1, of an offset into a text. */
export type Position = { line: number; column: number };

export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
