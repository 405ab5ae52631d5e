import { beforeAll, expect, test } from "vitest";
import { bundleWith } from "../../../adapters/policy/own-folder.ts";
import { shippedFiles } from "../../../adapters/policy/shipped.ts";
import { modelCard } from "../../../core/learning/card.ts";
import { modelImpact } from "../../../core/learning/model-impact.ts";
import type { ModelDocument } from "../../../core/model/file.ts";
import { withModelState } from "../../../core/policy/with-model-rules.ts";
import { modelOfHistory, toldHistory } from "./told-history.ts";

const dataset = toldHistory(260);
const own = { folder: ".github/adaptive-deploy", files: new Map<string, string>() };
const thresholds = shippedFiles("default")?.get("thresholds-and-windows.yaml") ?? "";
let document: ModelDocument;
let model: string;
beforeAll(() => {
  document = modelOfHistory(dataset);
  model = `${JSON.stringify(document)}\n`;
});

test("in shadow it changes no answer; were it enforced, small changes would be let go", () => {
  const { asIs, enforced, silent } = modelImpact(
    dataset,
    bundleWith(own),
    bundleWith(own, { "model.json": model }),
  );
  expect(silent).toBeUndefined();
  expect(asIs).toMatchObject({ changes: 260, moved: [] });
  expect(asIs.before).toEqual(asIs.after);
  const total = Object.values(enforced?.after ?? {}).reduce((sum, count) => sum + count, 0);
  expect(total).toBe(260);
  expect(enforced?.before).toEqual(asIs.before);
  const lines = new Map(dataset.samples.map(({ title, facts }) => [title, facts.la ?? 0]));
  const freed = (enforced?.moved ?? []).filter(({ to }) => to === "rolling");
  const small = freed.filter(({ subject }) => (lines.get(subject.replace(/^\S+ /, "")) ?? 0) <= 150);
  expect(freed.length).toBeGreaterThan(10);
  expect(small.length).toBeGreaterThan(0.8 * freed.length);
  for (const one of enforced?.moved ?? [])
    expect(one).toMatchObject({ scaleAfter: "rank", scoreBefore: expect.any(Number) });
});

test("with the state enforced in policy that is what changes, and there is no were-it", () => {
  const files = {
    "model.json": model,
    "thresholds-and-windows.yaml": withModelState(thresholds, {}, "enforced"),
  };
  const shadow = modelImpact(dataset, bundleWith(own), bundleWith(own, { "model.json": model }));
  const { asIs, enforced } = modelImpact(dataset, bundleWith(own), bundleWith(own, files));
  expect(enforced).toBeUndefined();
  expect(asIs).toEqual(shadow.enforced);
});

test.each([
  ["is stale", { to: "2020-01-01T00:00:00Z" }, "days old"],
  ["has learnt from too little", { rows: 60, failures: 9 }, "it stays in shadow"],
])("a model that %s says so, and would change nothing were it enforced", (_, trained, words) => {
  const other = { ...document, trained: { ...document.trained, ...trained } };
  const after = bundleWith(own, { "model.json": JSON.stringify(other) });
  const { silent, enforced } = modelImpact(dataset, bundleWith(own), after);
  expect(silent).toContain(words);
  expect(enforced?.moved).toEqual([]);
});

test("nothing learnt from is nothing replayed", () => {
  const empty = { ...dataset, samples: [] };
  expect(modelImpact(empty, bundleWith(own), bundleWith(own)).asIs).toMatchObject({ changes: 0, moved: [] });
});

test("the card counts what was learnt from and what was left out", () => {
  const card = modelCard(document, dataset);
  expect(card.changes).toBe(260);
  expect(card.leftOut).toEqual({ "too-new": 30 });
  expect(card.failures).toEqual({ fixed: document.trained.failures });
  expect(card.delay).toEqual({ middle: 30, nineOfTen: 30 });
  expect(card.authorFacts).toEqual([]);
  expect(card.proof).toEqual(document.proof);
  expect(modelCard({ ...document, features: ["la", "exp"] }, { ...dataset, samples: [] })).toMatchObject({
    ...{ authorFacts: ["exp"], delay: null, failures: {} },
  });
});
