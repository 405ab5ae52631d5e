import { describe, expect, it } from "vitest";
import { pastRollouts } from "../../../core/analysis/past-rollouts.ts";
import { UserError } from "../../../core/errors.ts";
import { compared, linesIn, type Recorded, type Setting } from "./comparison.ts";

const calm = (): [number, number] => [10_000, 100];
const alike: Recorded = { stable: calm, candidate: calm };
const harmful: Recorded = { stable: calm, candidate: () => [10_000, 900] };
const adding = { history: "h.jsonl", append: "true" };

async function added(setting: Setting) {
  const ran = await compared({
    files: { "h.jsonl": "" },
    ...setting,
    inputs: { ...adding, ...setting.inputs },
  });
  const { rollouts } = await pastRollouts(linesIn(ran.files, "h.jsonl"));
  return { ...ran, rollouts };
}

describe("a rollout that is over", () => {
  it.each([
    ["completed", "promote", { recorded: alike }],
    ["rolled-back", "rollback", { recorded: harmful }],
    ["cut-short", "hold", { recorded: alike, stopAfterWindow: 2 }],
    ["cut-short", "hold", { recorded: alike, inputs: { windows: "2" } }],
  ])("is added as %s where the verdict is %s", async (outcome, word, setting: Setting) => {
    const { verdict, rollouts, outputs, documents } = await added(setting);
    expect(verdict?.verdict).toBe(word);
    expect(rollouts).toEqual([JSON.parse(documents.get("measurements.json") ?? "")]);
    expect(rollouts).toMatchObject([{ outcome, service: "shop" }]);
    expect(outputs).toMatchObject({ history: "/full/h.jsonl" });
  });

  it("is added once, and as it ended where it went on after it was stopped", async () => {
    const stopped = await added({ recorded: harmful, stopAfterWindow: 2 });
    const measured = stopped.documents.get("measurements.json") ?? "";
    const history = stopped.files.get("h.jsonl") ?? "";
    const files = { "h.jsonl": history, "m.json": measured };
    const again = await added({
      recorded: harmful,
      files,
      inputs: { resume: "m.json", windows: "2" },
      stopAfterWindow: 0,
    });
    expect(again.files.get("h.jsonl")).toBe(history);
    const resumed = await added({ recorded: harmful, files, inputs: { resume: "m.json" } });
    expect(resumed.verdict?.verdict).toBe("rollback");
    expect(resumed.verdict?.false_alarms.past_rollouts).toBe(0);
    expect(resumed.rollouts).toMatchObject([{ outcome: "rolled-back" }]);
  });

  it("is not added unless that is asked for, nor where nothing was measured", async () => {
    const past = `${JSON.stringify({ id: "p", window_seconds: 60, metrics: {} })}\n`;
    const unasked = await compared({
      recorded: alike,
      files: { "h.jsonl": past },
      inputs: { history: "h.jsonl" },
    });
    expect(unasked.files.get("h.jsonl")).toBe(past);
    expect(unasked.outputs).not.toHaveProperty("history");
    const held = await added({
      recorded: alike,
      inputs: { ready: "http://c/ready" },
      probe: async (probes) =>
        probes.map(({ name }) => ({ name, url: "http://c", ok: false, milliseconds: 1, sentence: "No." })),
    });
    expect(held.verdict?.reason_code).toBe("probe-failed");
    expect(held.rollouts).toEqual([]);
  });

  it("keeps its verdict where the history cannot be added to in the end, and says so", async () => {
    const { verdict, progress, outputs, rollouts } = await added({
      recorded: harmful,
      adding: (lines) => {
        if (lines.length > 0) throw new UserError("cannot-write", "The disk is full.");
      },
    });
    expect(verdict?.verdict).toBe("rollback");
    expect(rollouts).toEqual([]);
    expect(outputs).not.toHaveProperty("history");
    expect(progress.at(-1)).toBe("The rollout was not added to the history: The disk is full.");
  });
});

it.each([
  [{ append: "true" }],
  [{ append: "true", history: "-" }],
  [{ append: "true", history: "h.jsonl", measurements: "m.json" }],
])("nothing can be added with %j", async (inputs) => {
  const { error } = await compared({ recorded: alike, inputs });
  expect(error).toMatchObject({ reasonCode: "bad-input", message: expect.stringContaining('"append"') });
});
