import { describe, expect, test } from "vitest";
import { learn } from "../../../core/model/learn.ts";
import { margins } from "../../../core/model/predict.ts";
import { percentBelow } from "../../../core/model/speak.ts";
import type { History } from "../../../core/model/teach.ts";
import { seeded } from "../../../core/stats/random.ts";

const day = 86_400;

/** Larger changes fail more often, at a level of its own for each change. */
function pastOf(changes: number, seed: number, levelAt: (place: number) => number): History {
  const { uniform, normal } = seeded(seed);
  const sizes = Float64Array.from({ length: changes }, () => Math.exp(3 + 1.2 * normal()));
  const files = sizes.map((size) => 1 + Math.floor((size * uniform()) / 20));
  const labels = Uint8Array.from(sizes, (size, place) => {
    const logOdds = levelAt(place / changes) + Math.log(size / 20);
    return uniform() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
  });
  const times = Float64Array.from({ length: changes }, (_, place) => 1_600_000_000 + place * day);
  return { table: { names: ["la", "nf"], columns: [sizes, files], rows: changes }, labels, times };
}

describe("what new changes are ranked among", () => {
  test.each([
    ["as often as ever", () => -2],
    ["ever more rarely", (place: number) => -0.5 - 3 * place],
    ["ever more often", (place: number) => -3.5 + 3 * place],
  ])("fits a model of a project whose changes fail %s", (_, levelAt) => {
    const model = learn(pastOf(2500, 3, levelAt));
    const { table } = pastOf(500, 4, () => levelAt(1));
    const { standing } = model;
    if (standing === undefined) throw new Error("It does not tell what recent changes were given.");
    const ranks = Array.from(margins(model, table), (logOdds) => percentBelow(standing, logOdds));
    const shareFrom = (percent: number) => ranks.filter((rank) => rank >= percent).length / ranks.length;
    expect(shareFrom(50)).toBeGreaterThan(0.35);
    expect(shareFrom(50)).toBeLessThan(0.65);
    expect(shareFrom(80)).toBeGreaterThan(0.1);
    expect(shareFrom(80)).toBeLessThan(0.32);
    expect(shareFrom(98)).toBeLessThan(0.1);
  });
});
