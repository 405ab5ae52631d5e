import { shownScore } from "../../core/risk/score.ts";

export type Spread = {
  rolling: number;
  canary: number;
  blueGreen: number;
  approval: number;
  atZero: number;
  atHundred: number;
};

/** Shares of the changes by band of the shown score, and at the ends, where the order is lost. */
export function spreadOf(scores: Float64Array): Spread {
  const shown = Array.from(scores, shownScore);
  const share = (within: (score: number) => boolean): number => shown.filter(within).length / shown.length;
  return {
    rolling: share((score) => score <= 30),
    canary: share((score) => score > 30 && score <= 70),
    blueGreen: share((score) => score > 70),
    approval: share((score) => score >= 85),
    atZero: share((score) => score === 0),
    atHundred: share((score) => score === 100),
  };
}
