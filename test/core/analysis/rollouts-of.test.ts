import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pastRollouts } from "../../../core/analysis/past-rollouts.ts";
import { type Line, rolloutOf, rolloutsOf } from "../../../core/analysis/rollouts-of.ts";
import { stepsOf } from "../../../core/analysis/steps-of.ts";

const one = { id: "a", window_seconds: 60, metrics: {} };

function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .map((line, index) => ({ text: line, where: `f:${index + 1}` }))
    .filter((line) => line.text.trim());
}

async function read(text: string) {
  const found = [];
  for await (const rollout of rolloutsOf(linesOf(text))) found.push(rollout);
  return found;
}

describe("rollouts of a file", () => {
  it("are lines, or one document over several", async () => {
    const lines = `${JSON.stringify(one)}\n\n${JSON.stringify({ ...one, id: "b" })}\n`;
    expect((await read(lines)).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(await read(JSON.stringify(one, null, 2))).toEqual([one]);
    expect(await read("\n")).toEqual([]);
  });

  it("over several lines may hold a whole object on a line of its own", async () => {
    const edges = '"bounds": [1, 2], "counts": [1, 0, 0]';
    const text = `{ "id": "a", "window_seconds": 60,\n"metrics": { "m": { "kind": "histogram", "worse": "higher", "baseline": [\n{ ${edges} }\n], "candidate": [null] } } }`;
    expect(await read(text)).toMatchObject([{ id: "a" }]);
  });

  it("name the file and the line that is wrong", async () => {
    await expect(read(`${JSON.stringify(one)}\n{"id":1}\n`)).rejects.toThrow(/^f:2: /);
    await expect(read(`${JSON.stringify(one)}\n{"id":"b","win`)).rejects.toThrow(/^f:2: is not JSON/);
    await expect(read(`{"id":"b","win\n${JSON.stringify(one)}`)).rejects.toThrow(/^f:1: is not JSON/);
    await expect(read("id,window\na,60\n")).rejects.toThrow(/^f:1: is not JSON/);
  });

  it("are one where one is judged", async () => {
    expect(await rolloutOf(linesOf(JSON.stringify(one)), "f")).toEqual(one);
    await expect(rolloutOf([], "f")).rejects.toThrow("f holds 0 rollouts");
    const two = linesOf(`${JSON.stringify(one)}\n${JSON.stringify(one)}`);
    await expect(rolloutOf(two, "f")).rejects.toThrow("judge");
  });
});

describe("past rollouts", () => {
  const begun = { ...one, service: 'shop "{[\\', started_at: "2026-03-02T10:00:00Z" };
  const others = [
    { ...begun, id: "b" },
    { ...begun, id: "c" },
  ].map((rollout) => JSON.stringify(rollout));

  it("are all there wherever a writer died in the middle of a line, and a warning names it", async () => {
    const line = JSON.stringify(begun);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: line.length - 1 }), fc.nat({ max: 2 }), async (cut, at) => {
        const { rollouts, warnings } = await pastRollouts(
          linesOf(others.toSpliced(at, 0, line.slice(0, cut)).join("\n")),
        );
        expect(rollouts.map(({ id }) => id)).toEqual(["b", "c"]);
        expect(warnings).toEqual([expect.stringMatching(new RegExp(`^f:${at + 1} ends in the middle`))]);
      }),
    );
  });

  it("that are wrong from their beginning on are errors as ever", async () => {
    await expect(pastRollouts(linesOf(`${others[0]}\n{id: 1}`))).rejects.toThrow(/^f:2: is not JSON/);
    await expect(pastRollouts(linesOf("a,b\n1,2"))).rejects.toThrow(/^f:1: is not JSON/);
  });

  it("that went on count once, as they ended", async () => {
    const lines = [
      begun,
      { ...begun, environment: "staging" },
      { ...begun, outcome: "rolled-back" },
      one,
      one,
    ];
    const { rollouts } = await pastRollouts(linesOf(lines.map((line) => JSON.stringify(line)).join("\n")));
    expect(rollouts.map(({ environment, outcome }) => [environment, outcome])).toEqual([
      [undefined, "rolled-back"],
      ["staging", undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});

it("steps are the first window and every change of a known weight", () => {
  expect(stepsOf(undefined)).toEqual([0]);
  expect(stepsOf([10, 10, 25, null, 25, 50])).toEqual([0, 2, 5]);
  expect(stepsOf([null, 10, null, 25])).toEqual([0, 3]);
});
