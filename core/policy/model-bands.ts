import type { ModelRules, StrategyMapping } from "./schema.ts";

export type Bands = StrategyMapping["bands"];

/** Of changes of the team's own past: most are ordinary, one in five gets a look, one in twenty the most care. */
const usual = { least: 80, most: 95 };

/** The bands of the model's scale; where none are written, the strategies of the points' bands by rank. */
export function modelBands({ bands }: ModelRules, ofPoints: Bands): Bands {
  if (bands) return bands;
  const last = ofPoints.length - 1;
  const step = (usual.most - usual.least) / Math.max(1, last - 1);
  return ofPoints.map(({ strategy }, index) => ({
    "up-to": index === last ? 100 : usual.least + step * index,
    strategy,
  }));
}
