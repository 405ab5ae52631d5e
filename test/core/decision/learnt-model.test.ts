import { expect, test } from "vitest";
import { folderBundle } from "../../../adapters/policy/folder.ts";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import { learntModelText } from "../../learnt-model.ts";

const thresholds =
  "schema-version: 1\ndefaults: { approval: { from: 85 }, model: { state: enforced, least-labels: 500 } }\n";
const policy = folderBundle(
  new Map([
    ["thresholds-and-windows.yaml", thresholds],
    ["model.json", learntModelText()],
  ]),
  { name: "repository", commit: "1" },
);

const changeOf = (additions: number, developers: number): ChangeFacts => ({
  schema_version: 1,
  change: { title: "Say it in one place" },
  diff: { files: Math.ceil(additions / 40), additions, deletions: additions / 2, entropy: 0.5, churn: 9 },
  kinds: { db_schema: false },
  history: { past: { lines_before: 200, developers, days_since_touched: 100, changes_before: 20 } },
});

test("a model learnt from a table ranks changes as what it learnt from would have it, and its reasons add up", () => {
  const bodies = [changeOf(2, 1), changeOf(40, 5), changeOf(350, 11)].map((facts) => decide(facts, policy));
  const [small, middle, large] = bodies.map((body) => body.risk_score);
  expect(small).toBeLessThan(15);
  expect(large).toBeGreaterThanOrEqual(98);
  expect(middle).toBeGreaterThan(small ?? 0);
  expect(middle).toBeLessThan(large ?? 0);
  expect(bodies.map((body) => body.strategy)).toEqual(["rolling", "rolling", "blue-green"]);
  expect(bodies.map((body) => body.needs_approval)).toEqual([false, false, true]);
  for (const { model, contributors, risk_score, reference_score } of bodies) {
    const logOdds = (model?.contributors ?? []).reduce(
      (sum, { log_odds }) => sum + log_odds,
      model?.bias ?? 0,
    );
    expect(Math.abs(logOdds - (model?.log_odds ?? 0))).toBeLessThan(1e-9);
    const points = contributors.reduce((sum, contributor) => sum + contributor.points, 0);
    expect(Math.abs(points - (risk_score - reference_score))).toBeLessThan(1e-9);
  }
});

test("without the history that it learnt from it still speaks, of what it knows", () => {
  const { model, unknowns } = decide({ ...changeOf(350, 11), history: undefined }, policy);
  expect(model?.spoke).toBe(true);
  expect(unknowns.map(({ name }) => name)).toEqual(expect.arrayContaining(["ndev", "age", "nuc"]));
});
