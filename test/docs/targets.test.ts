import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderBundle } from "../../adapters/policy/folder.ts";
import { openTarget } from "../../adapters/targets/index.ts";

test.each(["README.md", "docs/targets/haproxy.md"])(
  "the services.yaml of %s is one, and its target opens",
  (page) => {
    const text = readFileSync(join(import.meta.dirname, "../..", page), "utf8");
    const [, services = ""] = /^```yaml\n(# services\.yaml\n[\s\S]*?)^```$/m.exec(text) ?? [];
    const bundle = folderBundle(new Map([["services.yaml", services]]), { name: "docs", commit: "docs" });
    const [service] = bundle.services?.services ?? [];
    if (service?.target === undefined) throw new Error(`${page} has no target.`);
    expect(openTarget(service.target, { environment: {} })).toHaveProperty("apply");
  },
);
