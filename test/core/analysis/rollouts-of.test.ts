import { describe, expect, it } from "vitest";
import { rolloutOf, rolloutsOf } from "../../../core/analysis/rollouts-of.ts";
import { stepsOf } from "../../../core/analysis/steps-of.ts";

const one = { id: "a", window_seconds: 60, metrics: {} };

describe("rollouts of a text", () => {
  it("are lines, or one document over several", () => {
    const lines = `${JSON.stringify(one)}\n\n${JSON.stringify({ ...one, id: "b" })}\n`;
    expect(rolloutsOf(lines, "f").map(({ id }) => id)).toEqual(["a", "b"]);
    expect(rolloutsOf(JSON.stringify(one, null, 2), "f")).toEqual([one]);
    expect(rolloutsOf("\n", "f")).toEqual([]);
  });

  it("name the file and the line that is wrong", () => {
    expect(() => rolloutsOf(`${JSON.stringify(one)}\n{"id":1}\n`, "f.jsonl")).toThrow(/^f\.jsonl:2: /);
  });

  it("are one where one is judged", () => {
    expect(rolloutOf(JSON.stringify(one), "f")).toEqual(one);
    expect(() => rolloutOf("", "f")).toThrow("f holds 0 rollouts");
    expect(() => rolloutOf(`${JSON.stringify(one)}\n${JSON.stringify(one)}`, "f")).toThrow("judge");
  });
});

it("steps are the first window and every change of a known weight", () => {
  expect(stepsOf(undefined)).toEqual([0]);
  expect(stepsOf([10, 10, 25, null, 25, 50])).toEqual([0, 2, 5]);
  expect(stepsOf([null, 10, null, 25])).toEqual([0, 3]);
});
