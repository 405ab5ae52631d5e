import { describe, expect, it } from "vitest";
import { testKinds } from "../../../adapters/readers/test-kinds.ts";

describe("testKinds", () => {
  it.each([
    ["tests.integration.test_api", [], "integration"],
    ["org.example.OrderServiceIT", [], "integration"],
    ["org.example.OrderServiceIT$Nested", [], "integration"],
    ["org.example.ITOrder", [], "integration"],
    ["org.example.OrderITCase", [], "integration"],
    ["LoginE2ETests", [], "integration"],
    ["x", ["e2e/login.spec.ts"], "integration"],
    ["x", ["end-to-end"], "integration"],
    ["x", ["integrationTest"], "integration"],
    ["HilMotorTest", [], "hardware"],
    ["x", ["hardware-in-the-loop"], "hardware"],
    ["x", ["tests/hil/test_motor.py"], "hardware"],
    ["DriverTests", [], "driver"],
    ["x", ["HLK results"], "driver"],
    ["org.example.Unit", [], ""],
    ["org.example.ITEM", [], ""],
    ["org.example.Commit", [], ""],
    ["it", ["it works", "integrations/slack.test.ts"], ""],
    ["WebDriverTest", ["web-driver tests"], ""],
    ["org.example.Philosophy", ["while"], ""],
    ["IT", [], ""],
  ])("%s %j: %s", (className, others, expected) => {
    const kinds = testKinds(className, others);
    const told = Object.entries(kinds).filter(([, is]) => is);
    expect(told.map(([kind]) => kind).join()).toBe(expected);
  });
  it("is bounded on a long name", () => {
    expect(testKinds("aB".repeat(1_000_000), []).integration).toBe(false);
  });
});
