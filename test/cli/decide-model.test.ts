import { expect, test } from "vitest";
import { decisionDocument } from "../../core/decision/shape.ts";
import { modelText } from "../made-model.ts";
import { adaptiveDeploy, commanded, repositoryWithChange } from "./command.ts";

const folder = ".github/adaptive-deploy";
const rules = (state: string) => ({
  [`${folder}/thresholds-and-windows.yaml`]: `schema-version: 1\ndefaults: { model: { state: ${state} } }\n`,
});
const always = (base: number) => modelText({ base, splits: { la: { at: 1, below: 0, above: 0 } } });

test("the base's model decides in a checkout, and the head's is ignored", async () => {
  const checkout = repositoryWithChange({ ...rules("enforced"), [`${folder}/model.json`]: always(4.31) });
  const decided = async () =>
    decisionDocument.parse(
      JSON.parse(
        (await commanded(["decide", "--json", "--now", "2026-02-02T10:00:00Z"], checkout.folder)).out,
      ),
    );
  const before = await decided();
  expect(before).toMatchObject({
    risk_score: 93,
    strategy: "canary",
    model: { spoke: true, level: "medium" },
  });
  checkout.write(`${folder}/model.json`, always(-4));
  checkout.git("add", "-A");
  checkout.git("commit", "-m", "A model of my own");
  const after = await decided();
  expect([after.risk_score, after.model_version]).toEqual([93, before.model_version]);
  const late = await commanded(["decide", "--now", "2026-08-02T10:00:00Z"], checkout.folder);
  expect(late.out).toContain("The weights decide, without the model (model-stale).");
  checkout.dispose();
});

test("policy check says what is wrong with a model, and score says what it says", async () => {
  const checkout = repositoryWithChange({ ...rules("advisory"), [`${folder}/model.json`]: "{}" });
  const check = () => commanded(["policy", "check"], checkout.folder);
  checkout.git("checkout", "main");
  expect(await check()).toMatchObject({
    code: 65,
    out: expect.stringMatching(/^error: .*model\.json: .*The model is not read/),
  });
  checkout.write(`${folder}/model.json`, always(4.31));
  expect(await check()).toMatchObject({ code: 0 });
  checkout.write("facts.jsonl", '{"schema_version":1,"diff":{"additions":5}}\n');
  const words = ["score", "--inputs", "facts.jsonl", "--policy", folder];
  const { out } = adaptiveDeploy(words, { folder: checkout.folder });
  expect(JSON.parse(out).model).toMatchObject({
    state: "advisory",
    rank: { percent: expect.closeTo(93.1, 6), changes: 40 },
  });
  checkout.dispose();
});
