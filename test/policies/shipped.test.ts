import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkLocal, folderBundle, localFiles, localPolicy } from "../../adapters/policy/folder.ts";
import { shippedBundle, shippedBundleNames, shippedFiles } from "../../adapters/policy/shipped.ts";
import { kindNames } from "../../core/change/facts.ts";
import { UserError } from "../../core/errors.ts";
import { readMetadata } from "../../core/policy/bundle/metadata.ts";
import { describeProblem } from "../../core/policy/yaml/problem.ts";
import { shippedFilesPath, shippedFilesText } from "../../scripts/generate/shipped.ts";

const root = join(import.meta.dirname, "../..");
const beforeAnyFreezeEnds = new Date("2026-06-01T00:00:00Z");

test("default, regulated and firmware are shipped, each as it lies in policies/", () => {
  expect([...shippedBundleNames].sort()).toEqual(["default", "firmware", "regulated"]);
  expect(readFileSync(join(root, shippedFilesPath), "utf8"), "run npm run generate").toBe(
    shippedFilesText(root),
  );
});

describe.each(shippedBundleNames)("%s", (name) => {
  test("has neither problems nor warnings", async () => {
    const { problems, warnings } = await checkLocal(name, beforeAnyFreezeEnds);
    expect([...problems, ...warnings].map(describeProblem)).toEqual([]);
  });

  test("says who it is", () => {
    const { metadata } = readMetadata(shippedBundle(name).metadata ?? "");
    expect(metadata).toMatchObject({ name, owner: expect.any(String), version: expect.any(String) });
  });

  test("is advisory: only a team turns enforcement on", () => {
    const { defaults, scopes } = shippedBundle(name).thresholds;
    expect(defaults.mode).toBe("advisory");
    expect((scopes ?? []).filter((scope) => scope.mode === "enforced")).toEqual([]);
  });

  test("keeps the bands of the issue: 0–30 rolling, 31–70 canary, 71–100 blue-green", () => {
    const { bands, strategies } = shippedBundle(name).mapping;
    expect(bands.map((band) => [band["up-to"], strategies[band.strategy]?.kind])).toEqual([
      [30, "rolling"],
      [70, "canary"],
      [100, "blue-green"],
    ]);
    expect(strategies["blue-green"]?.steps).toEqual([{ weight: 0, window: "2m", "healthy-windows": 3 }]);
  });

  test("updates devices in cohorts of 1, 5, 20 and 100 %", () => {
    expect(shippedBundle(name).mapping.strategies["over-the-air"]?.steps).toMatchObject([
      { cohort: 1 },
      { cohort: 5 },
      { cohort: 20 },
      { cohort: 100 },
    ]);
  });

  test("carries a modeline for editors in every YAML file, with a schema that is there", () => {
    const schemas = readdirSync(join(root, "policies/schema"));
    for (const file of readdirSync(join(root, "policies", name))) {
      if (!shippedFiles(name)?.has(file) || !file.endsWith(".yaml")) continue;
      const text = readFileSync(join(root, "policies", name, file), "utf8");
      const schema = `${file.replace(/\.yaml$/, "")}.schema.json`;
      expect(text.split("\n", 1)[0], `${name}/${file}`).toBe(
        `# yaml-language-server: $schema=../schema/${schema}`,
      );
      expect(schemas).toContain(schema);
    }
  });

  test("shows how CODEOWNERS protects the policy", () => {
    const sample = shippedFiles(name)?.get("CODEOWNERS") ?? "";
    for (const path of [
      "/.github/adaptive-deploy.yml ",
      "/.github/adaptive-deploy/ ",
      "/.github/CODEOWNERS ",
    ]) {
      expect(sample).toContain(path);
    }
  });

  test("has the same meaning as a folder of a repository that extends it", () => {
    const metadata = `---\nname: ours\nversion: "1"\nowner: us\nextends: ${name}\n---\n`;
    const extended = folderBundle(new Map([["policy-metadata.md", metadata]]), { name: "ours", commit: "1" });
    expect(extended.version.hash).toBe(shippedBundle(name).version.hash);
  });
});

describe("default", () => {
  const { weights, mapping, thresholds, calendar, services } = shippedBundle("default");

  test("needs nothing to be configured", () => {
    expect([calendar, services, thresholds.defaults["required-facts"]]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("knows every kind of change but the revert, which no pattern can tell", () => {
    expect(Object.keys(weights.kinds ?? {}).sort()).toEqual(
      kindNames.filter((kind) => kind !== "revert").sort(),
    );
  });

  test("has the ladders of the issue", () => {
    const ladder = (name: string): unknown[] =>
      (mapping.strategies[name]?.steps ?? []).map((step) => ("weight" in step ? step.weight : undefined));
    expect(ladder("canary")).toEqual([10, 25, 50, 100]);
    expect(mapping.strategies.canary?.steps.map((step) => step.window)).toEqual(["2m", "5m", "10m", "15m"]);
    expect(ladder("canary-careful")).toEqual([5, 25, 50, 100]);
    expect(ladder("canary-four-small-steps")).toEqual([5, 25, 50, 100]);
    expect(ladder("canary-five-steps")).toEqual([10, 25, 50, 75, 100]);
  });

  test("asks for an approval from 85, and regulated for two from 70", () => {
    expect(thresholds.defaults.approval?.from).toBe(85);
    expect(shippedBundle("regulated").thresholds.defaults.approval).toMatchObject({
      from: 70,
      approvers: { count: 2 },
    });
  });
});

describe("a bundle on this machine", () => {
  test("is a shipped one by its name, or a folder", async () => {
    const { cases, ...deciding } = await localPolicy("default");
    expect(deciding).toEqual(shippedBundle("default"));
    expect(cases?.cases.length).toBeGreaterThan(0);
    const folder = await localPolicy(join(root, "policies/firmware"));
    expect(folder).toMatchObject({
      name: "firmware",
      version: { commit: "local", hash: shippedBundle("firmware").version.hash },
    });
    expect(await localFiles("regulated")).toBe(shippedFiles("regulated"));
  });

  test.each([
    [
      "nowhere/at/all",
      /^The policy "nowhere\/at\/all" is neither a shipped bundle \(default, firmware, regulated\) nor a folder that can be read/,
    ],
    ["\u001b[31m", /^The policy "\\u001b\[31m" is neither/],
  ])("that is not there is an error: %j", async (path, message) => {
    const error = await localPolicy(path).catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw new Error("a UserError was expected");
    expect(error).toMatchObject({ exitCode: 65, reasonCode: "policy-not-found" });
    expect(error.message).toMatch(message);
  });
});
