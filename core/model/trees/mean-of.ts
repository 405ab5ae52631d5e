import { short } from "../short.ts";
import { type Ensemble, isLeaf } from "./ensemble.ts";

/** One ensemble that says what several say on average. */
export function meanOf(forests: readonly Ensemble[]): Ensemble {
  const share = 1 / forests.length;
  const starts: number[] = [0];
  const right: number[] = [];
  for (const forest of forests) {
    const before = right.length;
    for (const at of forest.starts.subarray(1)) starts.push(before + at);
    for (const [node, at] of forest.right.entries())
      right.push(forest.feature[node] === isLeaf ? 0 : before + at);
  }
  const joined = <Kind extends "feature" | "threshold" | "missingLeft" | "value" | "cover">(
    name: Kind,
  ): number[] => forests.flatMap((forest) => Array.from(forest[name]));
  return {
    starts: Int32Array.from(starts),
    feature: Int32Array.from(joined("feature")),
    threshold: Float64Array.from(joined("threshold")),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(joined("missingLeft")),
    value: Float64Array.from(joined("value"), (one) => short(one * share)),
    cover: Float64Array.from(joined("cover"), short),
    base: forests.reduce((sum, { base }) => sum + base * share, 0),
  };
}
