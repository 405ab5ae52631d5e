import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderBundle } from "../../adapters/policy/folder.ts";
import { openTarget } from "../../adapters/targets/index.ts";
import { iisArr } from "../../core/policy/schema/targets/iis-arr.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/targets/iis-arr.md"), "utf8");

describe("docs/targets/iis-arr.md", () => {
  const [, services = ""] = /^```yaml\n(# services\.yaml\n[\s\S]*?)^```$/m.exec(page) ?? [];
  const bundle = folderBundle(new Map([["services.yaml", services]]), { name: "docs", commit: "docs" });
  const targets = (bundle.services?.services ?? []).flatMap(({ target }) => target ?? []);

  it("has a target of every layout, each of which opens", () => {
    const layouts = iisArr.options.map((option) => option.shape.layout.value);
    expect(targets.map((target) => target.kind === "iis-arr" && target.layout)).toEqual(layouts);
    for (const target of targets) expect(openTarget(target, { environment: {} })).toHaveProperty("apply");
  });

  it("names every layout in its table", () => {
    for (const option of iisArr.options) expect(page).toContain(`\n| \`${option.shape.layout.value}\` |`);
  });
});
