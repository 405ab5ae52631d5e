import { describe, expect, test } from "vitest";
import { simulate } from "./simulate.ts";

/** Whole rollouts through trouble; `test/real/simulator.test.ts` takes twenty thousand, `npm run sim` any number. */
describe("in simulated worlds nothing breaks a promise", () => {
  test.each([1, 501, 1001, 1501])("of five hundred from seed %i", { timeout: 180_000 }, async (from) => {
    const ends = new Map<string, number>();
    for (let seed = from; seed < from + 500; seed += 1) {
      const outcome = await simulate(seed);
      expect(outcome.broken, `npm run sim -- --from ${seed} --seeds 1 --trace`).toBeNull();
      for (const end of outcome.ends) ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    // Both ends are reached often: what nobody gets to proves nothing.
    expect(ends.get("completed")).toBeGreaterThan(150);
    expect(ends.get("rolled-back")).toBeGreaterThan(150);
    expect(ends.get("open")).toBeUndefined();
  });

  test("equal seeds give equal histories", async () => {
    const history = async (seed: number): Promise<string[]> => {
      const lines: string[] = [];
      await simulate(seed, (line) => lines.push(line));
      return lines;
    };
    const first = await history(64);
    expect(first.length).toBeGreaterThan(20);
    expect(await history(64)).toEqual(first);
  });
});
