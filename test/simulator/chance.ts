/** Chance from a seed, as cheap as it gets: a simulated world is made anew a thousand times a second. */
export type Chance = ReturnType<typeof chanceOf>;

export function chanceOf(seed: number) {
  let state = (seed * 2_654_435_761) >>> 0;
  /** mulberry32: from 0 up to 1. */
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  for (let warm = 0; warm < 4; warm += 1) uniform();
  const between = (from: number, to: number): number => from + uniform() * (to - from);
  return {
    uniform,
    between,
    whole: (from: number, to: number): number => Math.floor(between(from, to + 1)),
    happens: (share: number): boolean => share > 0 && uniform() < share,
    pick: <Item>(items: readonly Item[]): Item => {
      const item = items[Math.floor(uniform() * items.length)];
      if (item === undefined) throw new TypeError("There is nothing to pick from.");
      return item;
    },
  };
}
