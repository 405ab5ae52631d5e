import type { PolicyModel } from "../core/policy/bundle/model.ts";
import { policyModelIn } from "../core/policy/bundle/model.ts";

type Split = { at: number; below: number; above: number };
export type MadeModel = {
  /** One stump a column: what it adds below and from a value on. */
  splits?: Record<string, Split>;
  base?: number;
  trained?: Record<string, unknown>;
  standing?: boolean;
};

/** From −5 to 5 in steps of a tenth: with it, log-odds of 4.31 are riskier than 93.1 % of recent changes. */
const quantiles = Array.from({ length: 101 }, (_, percent) => percent / 10 - 5);

/** Text of a model.json whose log-odds are easy to say: each column known adds one of two values. */
export function modelText({ splits, base = -1, trained, standing = true }: MadeModel = {}): string {
  const all = Object.entries(
    splits ?? { la: { at: 50, below: -1, above: 2 }, nf: { at: 5, below: -0.5, above: 1 } },
  );
  const features = all.map(([name]) => name);
  const each = <Value>(values: (split: Split, index: number) => Value[]): Value[] =>
    all.flatMap(([, split], index) => values(split, index));
  return JSON.stringify({
    schema_version: 1,
    kind: "adaptive-deploy/model",
    features,
    trained: {
      rows: 1000,
      failures: 100,
      from: "2025-01-01T00:00:00Z",
      to: "2026-01-01T12:00:00Z",
      data: "0".repeat(64),
      ...trained,
    },
    parts: [
      {
        kind: "trees",
        weight: 1,
        columns: features,
        base,
        sizes: all.map(() => 3),
        feature: each((_, index) => [index, -1, -1]),
        threshold: each(({ at }) => [at, 0, 0]),
        left: each(() => [1, 0, 0]),
        right: each(() => [2, 0, 0]),
        missing_left: each(() => [1, 0, 0]),
        value: each(({ below, above }) => [0, below, above]),
        cover: each(() => [2, 1, 1]),
      },
    ],
    window: { size: 2000, columns: features.map(() => Array.from({ length: 40 }, (_, index) => index)) },
    calibration: { kind: "line", slope: 1, shift: 0 },
    ...(standing ? { standing: { quantiles } } : {}),
  });
}

export function madeModel(made: MadeModel = {}): PolicyModel {
  const model = policyModelIn(new Map([["model.json", modelText(made)]]), undefined);
  if (model === undefined || model.broken !== undefined) throw new Error(model?.broken ?? "no model");
  return model;
}
