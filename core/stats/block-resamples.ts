import { seeded } from "./random.ts";

/**
 * How often each of `length` rows in the order of time is drawn, again and again: the circular block bootstrap (Politis and
 * Romano 1992). Neighbours are drawn together, about the root of all rows at a time, since changes of one week are
 * alike: drawing them one by one would claim more than is known.
 *
 * Example: of four rows, drawn two and two, [2, 2, 0, 0] and [2, 1, 0, 1] may come.
 */
export function* blockResamples(length: number, count: number, seed: number): Generator<Uint16Array> {
  const random = seeded(seed);
  const block = Math.max(1, Math.round(Math.sqrt(length)));
  for (let round = 0; round < count; round += 1) {
    const times = new Uint16Array(length);
    for (let drawn = 0; drawn < length; drawn += block) {
      const start = Math.floor(random.uniform() * length);
      for (let step = 0; step < Math.min(block, length - drawn); step += 1) {
        const row = (start + step) % length;
        times[row] = (times[row] ?? 0) + 1;
      }
    }
    yield times;
  }
}
