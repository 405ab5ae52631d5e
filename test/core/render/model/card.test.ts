import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderModelCard } from "../../../../core/render/model/card.ts";
import { renderModelProposal } from "../../../../core/render/model/proposal.ts";
import { hostileText } from "../hostile.ts";
import { tablesOf, tokensOf } from "../markdown.ts";
import { card, impact } from "./sample-model.ts";

const rendered = new URL("../../../fixtures/rendered", import.meta.url).pathname;
const { proof } = card;
const merged = {
  trained: { ...card.trained, rows: 3890, to: "2026-06-01" },
  ...(proof && { proof: { ...proof, auc: 0.749, auc_low: 0.706, auc_high: 0.79, brier: 0.081, ece: 0.031 } }),
};

test("the card", async () => {
  await expect(renderModelCard(card)).toMatchFileSnapshot(`${rendered}/model-card.md`);
});

test("the pull request", async () => {
  const { title, body } = renderModelProposal({ card, merged, impact, because: "newer" });
  expect(title).toBe("Model of risk, learnt up to 2026-08-20");
  await expect(body).toMatchFileSnapshot(`${rendered}/model-proposal.md`);
});

describe("the verdict says", () => {
  const verdict = (change: Partial<typeof proof>, old = merged) =>
    renderModelProposal({
      card: { ...card, proof: proof && { ...proof, ...change } },
      ...{ merged: old, because: "newer" },
    }).body.split("\n")[0];
  test.each<[string, Partial<typeof proof>, string]>([
    ["that it is better", {}, "better than the weights and lines added.**"],
    ["where that may be chance", { auc_low: 0.69 }, "though by less than chance leaves open.**"],
    [
      "where it is not",
      { lines_added_auc: 0.8 },
      "does not rank better than lines added: there is no reason",
    ],
    ["where nothing can be told", { auc_low: 0.48 }, "cannot be told from chance"],
    [
      "where it does less well than the merged one",
      { auc: 0.74 },
      "ranks a little less well than the merged one",
    ],
    ["where that is clear", { auc: 0.705 }, "ranks clearly less well than the merged one"],
  ])("%s", (_, change, words) => {
    expect(verdict(change)).toContain(words);
  });

  test("where there was too little to try it on", () => {
    const { proof: _, ...untried } = card;
    const { title, body } = renderModelProposal({ card: untried, because: "first" });
    expect(title).toBe("Model of risk, learnt up to 2026-08-20");
    expect(body).toContain("**The first model of risk of this repository");
    expect(body).toContain("too few of the newest changes failed to try it on");
    expect(tablesOf(body)).toHaveLength(1);
  });
});

test("facts about the author are named where they are among the columns", () => {
  expect(renderModelCard(card)).toContain("Nothing about the author is among its columns.");
  const told = renderModelCard({ ...card, features: [...card.features, "exp"], authorFacts: ["exp"] });
  expect(told).toContain("**Facts about the author are among its columns: `exp`.**");
});

test("an impact on answers is told by what policy makes of it, not by what it could", () => {
  const { enforced = impact.asIs } = impact;
  const { body } = renderModelProposal({ card, because: "better", impact: { asIs: enforced } });
  expect(body).toContain("of the newest 500 changes 31 would be answered differently.");
  expect(body).not.toContain("were it enforced");
  const silent = renderModelProposal({
    card,
    because: "better",
    impact: { ...impact, silent: "It has gone @stale." },
  });
  expect(silent.body).toContain("It would decide nothing: It has gone `@stale`.");
});

test("however much there is to tell, it is far less than GitHub takes", () => {
  const features = Array.from({ length: 10_000 }, (_, index) => `${"|".repeat(300)}${index}`);
  const moved = Array.from({ length: 500 }, () => ({
    ...{ subject: "|".repeat(2000), from: "rolling", to: "canary", scoreBefore: 1, scoreAfter: 99 },
  }));
  const asIs = { ...impact.asIs, moved };
  const { body } = renderModelProposal({ card: { ...card, features }, because: "newer", impact: { asIs } });
  expect(body.length).toBeLessThan(40_000);
});

test("nothing from outside links or breaks the tables", () => {
  const shape = tokensOf(renderModelCard(card)).filter(({ type }) =>
    ["heading", "table", "code"].includes(type),
  );
  fc.assert(
    fc.property(hostileText, hostileText, (one, other) => {
      const hostile = {
        ...card,
        features: [one, other],
        authorFacts: [other],
        trained: { ...card.trained, from: one, to: other, head: one, data: other },
      };
      const text = renderModelCard(hostile);
      const tokens = tokensOf(text).filter(({ type }) => ["heading", "table", "code"].includes(type));
      expect(tokens.map(({ type }) => type)).toEqual(shape.map(({ type }) => type));
      const { title, body } = renderModelProposal({ card: hostile, because: "first" });
      expect(title).not.toMatch(/[\n\r]/);
      for (const markdown of [text, body])
        expect(tokensOf(markdown).filter(({ type }) => ["link", "image"].includes(type))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
