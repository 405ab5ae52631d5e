import type { Curve } from "../policy/schema.ts";

/** Points that a known value earns on its curve. A flag reads true as 1. */
export function pointsOnCurve(curve: Curve, fact: number | boolean): number {
  const value = typeof fact === "boolean" ? Number(fact) : fact;
  switch (curve.kind) {
    case "linear":
      return between((curve.points * value) / curve.per, curve.min, curve.max);
    case "saturating": {
      if (value <= 0) return 0;
      const risen = (value / curve.half) ** curve.slope;
      return Number.isFinite(risen) ? curve.max * (risen / (1 + risen)) : curve.max;
    }
    case "logarithmic":
      return between(curve.points * Math.log1p(Math.max(0, value) / curve.scale), undefined, curve.max);
    case "flag":
      return value > 0 ? curve.points : 0;
    case "steps":
      return pointsOnSteps(curve.steps, value);
  }
}

/** Far beyond any score, so that the cap decides, and finite, so that contributors still sum for an absurd value. */
const mostPoints = 1_000_000;

function between(points: number, least = -mostPoints, most = mostPoints): number {
  // Adding 0 turns −0 into 0.
  return Math.min(most, Math.max(least, points)) + 0;
}

function pointsOnSteps(steps: [number, number][], value: number): number {
  let [lowValue, lowPoints] = steps[0] ?? [0, 0];
  if (value <= lowValue) return lowPoints;
  for (const [highValue, highPoints] of steps.slice(1)) {
    if (value <= highValue) {
      return lowPoints + ((highPoints - lowPoints) * (value - lowValue)) / (highValue - lowValue);
    }
    lowValue = highValue;
    lowPoints = highPoints;
  }
  return lowPoints;
}
