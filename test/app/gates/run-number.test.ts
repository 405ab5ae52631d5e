import { describe, expect, test } from "vitest";
import { runOf } from "../../../app/gates/protection-rule.ts";

const place = "acme/shop";

describe("the run's number", () => {
  const good = "https://api.github.com/repos/acme/shop/actions/runs/42/deployment_protection_rule";
  test.each([
    [good, 42],
    ["https://github.example.com/api/v3/repos/Acme/Shop/actions/runs/7/deployment_protection_rule", 7],
  ])("%s", (address, run) => {
    expect(runOf(address, place)).toBe(run);
  });

  test.each([
    good.replace("shop", "other"),
    good.replace("42", "042"),
    good.replace("42", "4/../2"),
    good.replace("42", "99999999999999999999"),
    `${good}/`,
    `${good}?x=1`,
    `${good}#x`,
    good.replace("https://", "https://me:pw@"),
    "http://169.254.169.254/latest/meta-data",
    "not an address",
  ])("is not taken from %s, and nothing is asked there", (address) => {
    expect(() => runOf(address, place)).toThrow("deployment_callback_url");
  });
});
