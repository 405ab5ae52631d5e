const longestCompared = 60;

/** Up to three candidates that the word may have been meant to be, nearest first. */
export function nearest(word: string, candidates: Iterable<string>): string[] {
  if (word.length === 0 || word.length > longestCompared) return [];
  const wanted = plain(word);
  const most = wanted.length < 4 ? 1 : Math.min(3, Math.floor(wanted.length / 3));
  const found: { candidate: string; distance: number }[] = [];
  for (const candidate of candidates) {
    const other = plain(candidate);
    const lastPart = other.slice(other.lastIndexOf(".") + 1);
    const distance = lastPart === wanted ? 0.5 : editDistance(wanted, other, most);
    if (distance <= most) found.push({ candidate, distance });
  }
  found.sort((left, right) => left.distance - right.distance);
  return found.slice(0, 3).map(({ candidate }) => candidate);
}

/** "; did you mean a or b?", or nothing. */
export function didYouMean(suggestions: string[]): string {
  return suggestions.length === 0 ? "" : `; did you mean ${suggestions.join(" or ")}?`;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll("-", "_");
}

/** Insertions, deletions, changes and swaps of neighbours (optimal string alignment); `most` + 1 where it is more. */
export function editDistance(left: string, right: string, most: number): number {
  if (Math.abs(left.length - right.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return Math.min(at(last, right.length), most + 1);
}

function at(row: number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
