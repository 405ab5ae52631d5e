import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderBundle } from "../../adapters/policy/folder.ts";
import { openTarget } from "../../adapters/targets/index.ts";
import { tokenVariable } from "../../adapters/targets/ota/hawkbit.ts";
import { otaDefaults } from "../../core/policy/schema/targets/ota.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/targets/ota.md"), "utf8");

describe("docs/targets/ota.md", () => {
  const [, services = ""] = /^```yaml\n(# services\.yaml\n[\s\S]*?)^```$/m.exec(page) ?? [];
  const bundle = folderBundle(new Map([["services.yaml", services]]), { name: "docs", commit: "docs" });
  const targets = (bundle.services?.services ?? []).flatMap(({ target }) => target ?? []);

  it("has a target that opens, with the variable that it names", () => {
    expect(targets).toHaveLength(1);
    expect(page).toContain(`\`${tokenVariable}\``);
    const environment = { [tokenVariable]: "deployer:password" };
    for (const target of targets) expect(openTarget(target, { environment })).toHaveProperty("apply");
  });

  it("shows the limits that hold where none are written", () => {
    expect(targets[0]).toMatchObject(otaDefaults);
  });
});
