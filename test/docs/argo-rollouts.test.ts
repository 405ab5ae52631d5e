import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { folderBundle } from "../../adapters/policy/folder.ts";
import { rolloutResource } from "../../adapters/targets/argo-rollouts/resource.ts";
import { movesByItself, restsOf } from "../../adapters/targets/argo-rollouts/steps.ts";
import { openTarget } from "../../adapters/targets/index.ts";

const read = (path: string): string => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const page = read("docs/targets/argo-rollouts.md");

describe("docs/targets/argo-rollouts.md", () => {
  it("has a target that opens", () => {
    const [, services = ""] = /^```yaml\n(# services\.yaml\n[\s\S]*?)^```$/m.exec(page) ?? [];
    const bundle = folderBundle(new Map([["services.yaml", services]]), { name: "docs", commit: "docs" });
    const targets = (bundle.services?.services ?? []).flatMap(({ target }) => target ?? []);
    expect(targets).toHaveLength(1);
    for (const target of targets) expect(openTarget(target, { environment: {} })).toHaveProperty("apply");
  });

  it("has every reason of a refusal that a Rollout can mend", () => {
    const source = read("adapters/targets/argo-rollouts/refusals.ts");
    const codes = [...source.matchAll(/one\(\s*"([a-z-]+)"/g)].map(([, code = ""]) => code);
    expect(codes.length).toBeGreaterThan(8);
    const told = codes.filter(
      (code) => !["target-refused", "unsupported-strategy", "no-such-container"].includes(code),
    );
    for (const code of told) expect(page).toContain(`\`${code}\``);
  });
});

describe("integrations/argo/stepped-rollout.yaml", () => {
  const file = z
    .looseObject({ spec: rolloutResource.shape.spec })
    .parse(parse(read("integrations/argo/stepped-rollout.yaml")));
  const { canary } = file.spec.strategy;

  it("rests at every weight, from none to the whole, and never goes on by itself", () => {
    if (!canary) throw new Error("The sample is no canary.");
    expect(movesByItself(canary)).toEqual([]);
    expect(restsOf(canary.steps).map(({ share }) => share)).toEqual([0, 1, 5, 10, 25, 50, 100]);
  });
});
