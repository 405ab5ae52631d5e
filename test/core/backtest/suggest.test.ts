import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { localPolicy, readFolder } from "../../../adapters/policy/folder.ts";
import { type Arm, heuristicPoints } from "../../../core/backtest/arms.ts";
import { placed } from "../../../core/backtest/bands.ts";
import { rulesOf } from "../../../core/backtest/rules.ts";
import { type Scored, scoredBy, suggestionsOf, usualBurden } from "../../../core/backtest/suggest.ts";
import { thresholdsText } from "../../../core/backtest/thresholds-document.ts";
import { readBundle } from "../../../core/policy/bundle/bundle.ts";
import { thresholdsFor } from "../../../core/policy/scope.ts";
import { scoreFacts, shownScore } from "../../../core/risk/score.ts";

/** A thousand changes with ranks 0, 0.1, 0.2 … in a shuffled order; every one above 90 failed. */
const ranks = Float64Array.from({ length: 1000 }, (_, row) => ((row * 377) % 1000) / 10);
const labels = Uint8Array.from(ranks, (rank) => (rank > 90 ? 1 : 0));
const probabilities = ranks.map((rank) => rank / 100);
const scored: Scored[] = [
  { scale: "rank", scores: ranks, probabilities },
  { scale: "probability", scores: ranks, probabilities },
];
const services = Array.from(ranks, (_, row) =>
  row % 4 === 0 ? ["shop", "*/{"] : row % 100 === 1 ? ["rare"] : [],
);

describe("suggested thresholds", () => {
  const suggestions = suggestionsOf(scored, labels, services, usualBurden, 5);

  test("ask for no more than was allowed, and as close to it as whole points let them", () => {
    const steps = suggestions[0]?.scales[0]?.steps ?? [];
    expect(steps.map(({ what, from, share, recall }) => [what, from, share?.value, recall?.value])).toEqual([
      // Two hundred are above 79.9; in whole points that is above 80.
      ["canary", 80, 0.199, 1],
      ["blue-green", 95, 0.049, 49 / 99],
      ["approval", 98, 0.02, 20 / 99],
    ]);
  });

  test("are for the whole repository and for services with enough changes", () => {
    expect(suggestions.map(({ service, changes }) => [service, changes])).toEqual([
      [null, 1000],
      ["*/{", 250],
      ["shop", 250],
    ]);
  });

  test("say what came of them where the older half alone chose", () => {
    const drifted = ranks.map((rank, row) => (row < 500 ? rank / 2 : rank));
    const [whole] = suggestionsOf(
      [{ scale: "rank", scores: drifted, probabilities }],
      labels,
      [],
      usualBurden,
      5,
    );
    expect(whole?.scales[0]?.steps[0]?.newer_half).toBeGreaterThan(0.5);
  });

  test("say so where even the highest score is too much", () => {
    const same = ranks.map(() => 100);
    const [whole] = suggestionsOf(
      [{ scale: "points", scores: same, probabilities: null }],
      labels,
      [],
      usualBurden,
      5,
    );
    expect(whole?.scales[0]?.steps.map(({ from }) => from)).toEqual([100, 100, null]);
  });

  test("nobody is asked below the least probability, whatever the rank", () => {
    const [whole] = suggestionsOf(
      [{ scale: "rank", scores: ranks, probabilities: ranks.map(() => 0.01) }],
      labels,
      [],
      usualBurden,
      5,
    );
    expect(whole?.scales[0]?.steps[2]).toMatchObject({ from: 0, share: { value: 0 } });
  });

  test.each(["rank", "probability"] as const)(
    "as YAML on the scale %s they are a policy that holds, service by service",
    async (scale) => {
      const policy = await localPolicy("default");
      const text = thresholdsText(suggestions, policy.mapping, scale);
      expect(text).not.toContain("*/{");
      const files = new Map(await readFolder(join(import.meta.dirname, "../../../policies/default")));
      const given = parse(text);
      const own = parse(files.get("thresholds-and-windows.yaml") ?? "");
      files.set(
        "thresholds-and-windows.yaml",
        stringify({ ...own, defaults: { ...own.defaults, ...given.defaults }, scopes: given.scopes }),
      );
      const bundle = readBundle(files, { name: "suggested", commit: "local" });
      const model = thresholdsFor(bundle.thresholds, { service: "shop", environment: "production" }).model;
      expect(model).toMatchObject({ scale, approval: { "least-probability": 5 } });
      expect(model?.bands?.map(({ strategy }) => strategy)).toEqual(["rolling", "canary", "blue-green"]);
      expect(rulesOf(bundle, "production").model).toMatchObject({
        scale,
        approvalFrom: 98,
        bands: [{ upTo: 80 }, { upTo: 95 }, { upTo: 100 }],
      });
    },
  );
});

test("without a word in the policy a model has the usual bands, and the weights those of the mapping", async () => {
  const rules = rulesOf(await localPolicy("default"), "production");
  expect(rules.model).toEqual({
    scale: "rank",
    bands: [
      { upTo: 80, kind: "rolling" },
      { upTo: 95, kind: "canary" },
      { upTo: 100, kind: "blue-green" },
    ],
    approvalFrom: 98,
    leastProbability: 5,
  });
  expect(rules.heuristic).toMatchObject({ scale: "points", approvalFrom: 85 });
  expect([rules.leastLabels, rules.heldUpPercent, rules.releases]).toEqual([200, 10, 20]);
});

test("a model's usual bands are as many as the mapping has, as in a decision", async () => {
  const policy = await localPolicy("default");
  const careful = { ...policy, mapping: { ...policy.mapping, bands: policy.mapping.bands.slice(1) } };
  expect(rulesOf(careful, "production").model.bands).toEqual([
    { upTo: 80, kind: "canary" },
    { upTo: 100, kind: "blue-green" },
  ]);
});

test("scores are compared as decisions compare them: in whole points", async () => {
  const { model } = rulesOf(await localPolicy("default"), "production");
  const { way, asks } = placed([80.4, 80.5, 95.4, 95.5, 97.4, 97.5], null, model);
  expect(Array.from(way)).toEqual([0, 1, 1, 2, 2, 2]);
  expect(Array.from(asks)).toEqual([0, 0, 0, 0, 0, 1]);
  const arm: Arm = {
    ...{ name: "new", scores: Float64Array.of(-4), probabilities: Float64Array.of(0.024) },
    ...{ placed: null, worth: Float64Array.of(1) },
  };
  const compared = scoredBy(arm, Float64Array.of(97.5), undefined);
  expect(compared.map(({ scale, scores: [one] }) => [scale, one])).toEqual([
    ["rank", 98],
    ["probability", 2],
  ]);
});

test("the weights that a model is compared with are the policy's own, not those of the shipped column", async () => {
  const { weights } = await localPolicy("default");
  const change = { la: 400, ld: 20, nf: 12, nd: 4, entropy: 0.8, churn: 9, heuristic: 1 };
  const diff = { additions: 400, deletions: 20, files: 12, directories: 4, entropy: 0.8, churn: 9 };
  const points = shownScore(scoreFacts({ schema_version: 1, diff }, weights).score);
  expect(points).toBeGreaterThan(1);
  expect(Array.from(heuristicPoints([change], weights))).toEqual([points]);
  expect(Array.from(heuristicPoints([change], { ...weights, factors: {} }))).toEqual([0]);
});
