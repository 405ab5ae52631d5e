import { afterEach, describe, expect, it } from "vitest";
import { shownScore } from "../../core/risk/score.ts";
import { roundTrips } from "../../emulated/github/index.ts";
import { modelText } from "../made-model.ts";
import { decideOn, decisionOf, type Shop, startShop } from "./shop.ts";

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const folder = ".github/adaptive-deploy";
const enforced = {
  [`${folder}/thresholds-and-windows.yaml`]:
    "schema-version: 1\ndefaults: { mode: enforced, model: { state: enforced } }\n",
};
/** One that says 93.1 % whatever it is told. */
const certain = (base: number) => modelText({ base, splits: { la: { at: 1, below: 0, above: 0 } } });
const latencyMs = 250;

async function decided(head: Record<string, string>, name = "change") {
  shop.branch(name, head);
  const payload = await shop.pullRequest(await shop.open(name));
  shop.github.requests.length = 0;
  const { decision } = decisionOf(
    await decideOn(shop, "pull_request", payload, { inputs: { comment: "true" } }),
  );
  return {
    decision,
    trips: roundTrips(shop.github.requests),
    asked: shop.github.requests.map((one) => one.operation),
  };
}
const change = { "src/pay.ts": "export const pay = 2;\n" };

describe("a model on the default branch", () => {
  it("decides in two round trips where GitHub gives its text whole", async () => {
    shop = await startShop({ ...enforced, [`${folder}/model.json`]: certain(4.31) }, { latencyMs });
    const { decision, trips } = await decided(change);
    expect(decision.model).toMatchObject({ spoke: true, state: "enforced", level: "medium" });
    expect([decision.risk_score, decision.strategy, decision.model_version]).toEqual([
      93,
      "canary",
      decision.model?.version,
    ]);
    expect(trips).toBe(2);
  });

  it("is asked for by itself where GitHub cuts its text off, and once in one process", async () => {
    const limits = { blobTextBytes: 800 };
    shop = await startShop({ ...enforced, [`${folder}/model.json`]: certain(4.91) }, { latencyMs, limits });
    const first = await decided(change);
    expect([first.decision.risk_score, first.trips]).toEqual([99, 3]);
    expect(first.asked.filter((one) => one === "git/get-blob")).toHaveLength(1);
    const second = await decided({ "src/pay.ts": "export const pay = 3;\n" }, "second");
    expect([second.decision.risk_score, second.trips]).toEqual([99, 2]);
  });

  it("that cannot be read leaves the weights in place", async () => {
    shop = await startShop({ ...enforced, [`${folder}/model.json`]: "{" });
    const { decision } = await decided(change);
    expect(decision.model).toMatchObject({ spoke: false, reason_code: "model-broken" });
    expect(decision.notes.join()).toContain("The weights decide, without the model (model-broken).");
    expect(decision.risk_score).toBe(decision.model?.heuristic_score);
  });
});

describe("a model on the head is ignored", () => {
  it("whether the base has one", async () => {
    shop = await startShop({ ...enforced, [`${folder}/model.json`]: certain(4.31) });
    const { decision } = await decided({ ...change, [`${folder}/model.json`]: certain(-4) });
    expect(decision.risk_score).toBe(shownScore(93.1));
    expect(decision.notes.join()).toContain(
      "This change edits the policy itself; the policy of the base decided here.",
    );
  });

  it("or not", async () => {
    shop = await startShop(enforced);
    const { decision } = await decided({ ...change, [`${folder}/model.json`]: certain(-4) });
    expect(decision.model).toMatchObject({ spoke: false, reason_code: "model-missing" });
  });
});
