import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readConfiguration } from "../../adapters/policy/resolve.ts";
import { commanded } from "../cli/command.ts";
import { readWorkflow } from "./workflow.ts";

/** What examples/ holds is held to what there is; that it runs is shown in test/real/shop-sample.test.ts. */

const sample = join(import.meta.dirname, "../../examples/haproxy-shop");
const workflows = join(sample, ".github/workflows");

describe("examples/haproxy-shop", () => {
  test("has a policy without a problem, and names a set of queries of its own", async () => {
    const checked = await commanded(["policy", "check", ".github/adaptive-deploy"], sample);
    expect(checked, checked.note).toMatchObject({ code: 0 });
    expect(checked.out).toContain("0 problems, 0 warnings");
    expect(
      readConfiguration(readFileSync(join(sample, ".github/adaptive-deploy.yml"), "utf8")),
    ).toBeDefined();
  });

  test.each(readdirSync(workflows))("names inputs that there are in %s", (name) => {
    expect(readWorkflow(parse(readFileSync(join(workflows, name), "utf8")))).toEqual([]);
  });
});
