/** Pairs of values that change places while the first sample is shifted from one end of a range to the other. */
export type Crossing = {
  /** Pairs in which the first value stays the higher one all along. */
  over: number;
  first: Float64Array;
  second: Float64Array;
};

/** All other pairs have their places for the whole range, so within it these alone have to be compared. */
export function crossings(first: Float64Array, second: Float64Array, least: number, most: number): Crossing {
  const left: number[] = [];
  const right: number[] = [];
  let over = 0;
  let start = 0;
  for (let index = 0; index < first.length; index += 1) {
    const value = first[index] ?? 0;
    while (start < second.length && (second[start] ?? 0) < value - most) start += 1;
    over += start;
    for (let other = start; other < second.length; other += 1) {
      const against = second[other] ?? 0;
      if (against > value - least) break;
      left.push(value);
      right.push(against);
    }
  }
  return { over, first: Float64Array.from(left), second: Float64Array.from(right) };
}

/** The Mann–Whitney U at a shift within the range; `undefined` where two values are equal there, so that ties count. */
export function uAmong({ over, first, second }: Crossing, shift: number): number | undefined {
  let u = over;
  for (let index = 0; index < first.length; index += 1) {
    const value = (first[index] ?? 0) - shift;
    const against = second[index] ?? 0;
    if (value > against) u += 1;
    else if (value === against) return undefined;
  }
  return u;
}
