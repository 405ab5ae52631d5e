import { describe, expect, test } from "vitest";
import { examineBundle } from "../../../../core/policy/bundle/bundle.ts";
import { checkBundle } from "../../../../core/policy/bundle/lint/index.ts";
import { largestModelMib } from "../../../../core/policy/bundle/model-files.ts";
import { describeProblem } from "../../../../core/policy/yaml/problem.ts";
import { modelText } from "../../../made-model.ts";
import { bundleWith } from "./texts.ts";

const file = "thresholds-and-windows.yaml";
const origin = { name: "ours", commit: "1" };

function filesWith(rules: string, more: Record<string, string> = {}, scope = ""): Map<string, string> {
  const text = `schema-version: 1\ndefaults:\n  model: { ${rules} }\n${scope && `scopes:\n  - { match: { service: pay }, model: { ${scope} } }\n`}`;
  return bundleWith({ [file]: text, ...more });
}
const problemsOf = (files: Map<string, string>) => examineBundle(files, origin).problems.map(describeProblem);
const checked = (files: Map<string, string>) => checkBundle(files, origin);
const split = { at: 1, below: 0, above: 1 };
const model = { "model.json": modelText() };

describe("rules for a model", () => {
  test.each([
    ["state: enforced"],
    ["state: advisory, scale: points"],
    [
      "bands: [{ up-to: 80, strategy: rolling }, { up-to: 100, strategy: canary }], approval: { from: 98, least-probability: 5 }",
    ],
    ["scale: probability, bands: [{ up-to: 100, strategy: canary }]"],
    ["stale-after: 30d, most-unknowns: 40, least-labels: 0, enforce-when: { releases: 30, recall: any }"],
    ["scale: rank", "scale: probability, bands: [{ up-to: 100, strategy: rolling }]"],
    ["bands: [{ up-to: 100, strategy: rolling }]", "scale: points"],
  ])("take %s", (rules, scope = "") => expect(problemsOf(filesWith(rules, {}, scope))).toEqual([]));

  test.each([
    ["state: on", "", 'state: "on" is not one of shadow, advisory, enforced'],
    ["scales: rank", "", 'unknown key "scales"; did you mean "scale"?'],
    ["stale-after: 0s", "", "a duration from 1s to 3660d is allowed here"],
    [
      "bands: [{ up-to: 90, strategy: rolling }]",
      "",
      "bands: scores above 90 have no strategy; let the last band be up-to: 100",
    ],
    [
      "bands: [{ up-to: 90, strategy: rolling }, { up-to: 80, strategy: canary }, { up-to: 100, strategy: canary }]",
      "",
      "up-to: 80 is not above 90 of the band before; bands rise",
    ],
    [
      "bands: [{ up-to: 100, strategy: canry }]",
      "",
      'strategy: "canry" is not one of the strategies here: rolling, canary; did you mean canary?',
    ],
    [
      "scale: probability",
      "",
      "scale: probability has no usual bands; write them beside it, in percent, the last up-to: 100",
    ],
    [
      "scale: points, approval: { from: 80 }",
      "",
      "approval: from: on the scale points those of the weights hold",
    ],
    [
      "scale: points, bands: [{ up-to: 100, strategy: canary }]",
      "",
      "bands: on the scale points those of the weights hold",
    ],
    [
      "bands: [{ up-to: 100, strategy: canary }]",
      "scale: probability",
      "scale: those of the defaults are of the scale rank; write ones for probability beside it",
    ],
    [
      "approval: { from: 98 }",
      "scale: probability, bands: [{ up-to: 100, strategy: canary }]",
      "scale: approval.from: those of the defaults are of the scale rank",
    ],
  ])("refuse %s %s", (rules, scope, said) => {
    const problems = problemsOf(filesWith(rules, {}, scope));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(said);
  });

  test.each([
    ["state: advisory", {}, "there is no model.json in this folder"],
    ["state: enforced, scale: points", model, "enforced decides nothing on the scale points"],
    ["state: enforced", model, "enforce-when does not say what the model had to show for it"],
    ["state: advisory", { "model.json": modelText({ standing: false }) }, "so no rank follows"],
    [
      "state: advisory",
      { "model.json": modelText({ splits: { la: split, rexp: split } }) },
      'asks for columns that no decision knows: "rexp"; known are la, ld,',
    ],
  ])("are warned about: %s", (rules, more, said) => {
    const { problems, warnings } = checked(filesWith(rules, more));
    expect([problems, warnings.length]).toEqual([[], 1]);
    expect(warnings.map(describeProblem).join()).toContain(said);
  });

  test("that are meant are not", () => {
    const files = filesWith("state: enforced, enforce-when: { releases: 30 }", model);
    expect(checked(files)).toMatchObject({ problems: [], warnings: [] });
  });
});

describe("model.json", () => {
  const hashOf = (files: Map<string, string>) => examineBundle(files, origin).bundle?.version.hash;

  test("is part of what the policy's hash names, and its line ends are not", () => {
    const plain = hashOf(bundleWith({}));
    const taught = hashOf(bundleWith(model));
    expect(taught).not.toBe(plain);
    expect(hashOf(bundleWith({ "model.json": `${modelText()}\n` }))).not.toBe(taught);
    const spaced = JSON.stringify(JSON.parse(modelText()), null, 1);
    expect(hashOf(bundleWith({ "model.json": spaced.replaceAll("\n", "\r\n") }))).toBe(
      hashOf(bundleWith({ "model.json": spaced })),
    );
  });

  test.each([
    ["no JSON", { "model.json": "{" }, "It is neither JSON nor the text of LightGBM."],
    ["another form", { "model.json": "{}" }, "The model is not read."],
    ["two models", { ...model, "model.txt": "tree\n" }, "There are model.json and model.txt; keep one."],
    [
      "too large",
      { "model.json": " ".repeat(largestModelMib * 1024 * 1024 + 1) },
      `larger than ${largestModelMib} MiB`,
    ],
  ])("%s: the bundle stands, and policy check says the problem", (_, files, said) => {
    const { bundle, problems } = checked(bundleWith(files));
    expect(bundle?.model?.broken).toContain(said);
    expect(problems.map(describeProblem)).toEqual([
      expect.stringMatching(/^model\.json: .* Until it is mended or removed, the weights decide$/),
    ]);
    expect(examineBundle(bundleWith(files), origin).problems).toEqual([]);
  });

  test("a bundle with one can be handed to a thread", () => {
    const { bundle } = examineBundle(bundleWith(model), origin);
    expect(structuredClone(bundle)).toEqual(bundle);
  });
});
