import { describe, expect, it } from "vitest";
import { analyzeDeclaration } from "../../../actions/analyze/declaration.ts";
import { exitCodeOfVerdict } from "../../../actions/analyze/documents.ts";
import { analyzeInputs } from "../../../actions/analyze/inputs.ts";
import { readInput } from "../../../actions/io.ts";

const read = (values: Record<string, string>) =>
  analyzeInputs((name) => readInput(analyzeDeclaration, name, values[name]));

describe("the inputs of analyze", () => {
  it("have defaults that ask for nothing beyond what is there", () => {
    expect(read({})).toEqual({
      append: false,
      candidate: {},
      stable: {},
      baseline: "auto",
      sets: [],
      variables: {},
      settleSeconds: 15,
      ready: [],
      live: [],
      onProbeFailure: "hold",
      days: 7,
      instanceLabel: "instance",
      failOn: "rollback",
    });
  });

  it("tell arms apart by version, hash or instances, one a line", () => {
    expect(
      read({ candidate: "1.5.0", stable: "hash=abc\ninstances=a, b", fresh: "version=1.4.2" }),
    ).toMatchObject({
      candidate: { version: "1.5.0" },
      stable: { hash: "abc", instances: ["a", "b"] },
      fresh: { version: "1.4.2" },
    });
    expect(
      read({ variables: "job=shop\nexpression=a=b", weight: "10 %", windows: "5", settle: "0s" }),
    ).toMatchObject({
      variables: { job: "shop", expression: "a=b" },
      weight: 10,
      windows: 5,
      settleSeconds: 0,
    });
  });

  it.each([
    [{ weight: "101" }, "weight"],
    [{ weight: "much" }, "weight"],
    [{ windows: "2.5" }, "windows"],
    [{ windows: "1001" }, "windows"],
    [{ window: "0s" }, "window"],
    [{ window: "604801s" }, "window"],
    [{ window: "30d" }, "at most 7d"],
    [{ settle: "soon" }, "settle"],
    [{ candidate: "verison=1\nhash=2" }, "version"],
    [{ variables: "job" }, "variables"],
    [{ variables: "job=a,status-label=status" }, "--variables for each"],
    [{ variables: "job=a\njob=b" }, "each name once"],
    [{ candidate: "version=1,hash=2" }, "--candidate for each"],
    [{ baseline: "best" }, "baseline"],
    [{ days: "0" }, "days"],
  ])("that make no sense are refused with what is allowed: %o", (values, said) => {
    expect(() => read(values)).toThrow(said);
    expect(() => read(values)).toThrow("Allowed:");
  });
});

it.each([
  ["promote", "slow", 0],
  ["slow", "slow", 3],
  ["slow", "hold", 0],
  ["hold", "hold", 3],
  ["hold", "rollback", 0],
  ["rollback", "rollback", 2],
  ["rollback", "slow", 2],
  ["rollback", "never", 0],
] as const)("%s with fail-on %s ends with %i", (verdict, failOn, code) => {
  expect(exitCodeOfVerdict(verdict, failOn)).toBe(code);
});
