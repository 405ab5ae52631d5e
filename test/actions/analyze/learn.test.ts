import { expect, it } from "vitest";
import { analyzeDeclaration } from "../../../actions/analyze/declaration.ts";
import { analyzeInputs } from "../../../actions/analyze/inputs.ts";
import { learnFromPast } from "../../../actions/analyze/learn.ts";
import type { AnalyzePorts } from "../../../actions/analyze/run.ts";
import { readInput } from "../../../actions/io.ts";
import { folderBundle } from "../../../adapters/policy/folder.ts";
import { pastRollouts } from "../../../core/analysis/past-rollouts.ts";
import type { LabelQuestion, Telemetry, TelemetryQuestion } from "../../../core/ports.ts";
import { linesIn } from "./comparison.ts";

/** A store that has a counter of each instance, and sums those that a query names. */

const now = 1_700_000_000;
const services = `schema-version: 1
services:
  - name: shop
    paths: ["**"]
    telemetry:
      arms: { both: { version: $version } }
      metrics:
        errors: { kind: ratio, total: 'sum(increase(all{$arm}[$window]))', bad: 'sum(increase(bad{$arm}[$window]))' }
`;

function storeOf(instances: readonly string[]) {
  const labels: LabelQuestion[] = [];
  const questions: TelemetryQuestion[] = [];
  const telemetry: Telemetry = {
    read: async (question) => {
      questions.push(question);
      const named = /instance=~"([^"]*)"/.exec(question.query)?.[1]?.split("|") ?? [];
      const each = question.query.includes("all{") ? 100 : 1;
      const windows = (question.lastEnd - question.firstEnd) / question.stepSeconds + 1;
      return {
        values: new Array<number>(windows).fill(each * named.length),
        buckets: [],
        warnings: [],
        partial: false,
      };
    },
    labelValues: async (question) => {
      labels.push(question);
      return [...instances];
    },
    labelNames: async () => [],
    retentionSeconds: async () => undefined,
  };
  return { telemetry, labels, questions };
}

async function learnt(instances: readonly string[], given: Record<string, string>, before = "") {
  const store = storeOf(instances);
  const written = new Map([["/h.jsonl", before]]);
  const values: Record<string, string> = {
    service: "shop",
    stable: "1.4",
    history: "/h.jsonl",
    days: "1",
    ...given,
  };
  const policy = folderBundle(new Map([["services.yaml", services]]), { name: "test", commit: "local" });
  const ports: AnalyzePorts = {
    resolved: { policy, configuration: { "schema-version": 1 } },
    telemetry: () => store.telemetry,
    lines: (path) => linesIn(written, path),
    addLines: async (path, lines) => {
      written.set(path, `${written.get(path) ?? ""}${lines.map((line) => `${line}\n`).join("")}`);
      return path;
    },
    now: () => now * 1000,
    sleep: async () => undefined,
    stop: new AbortController().signal,
    probe: async () => [],
    progress: () => undefined,
    write: async (name) => name,
    summary: async () => undefined,
  };
  const inputs = analyzeInputs((name) => readInput(analyzeDeclaration, name, values[name]));
  return { ...store, written, learned: await learnFromPast(inputs, ports) };
}

const pods = Array.from({ length: 20 }, (_, pod) => `pod-${pod}`);

it("a day of stable's instances becomes rollouts whose arms share out all of them at the plan's weight", async () => {
  const { learned, written, labels, questions } = await learnt(pods, { weight: "10" });
  expect(learned).toMatchObject({ added: 24, rollouts: 24, history: "/h.jsonl", warnings: [] });
  const { rollouts } = await pastRollouts(linesIn(written, "/h.jsonl"));
  expect(new Set(rollouts.map(({ id }) => id)).size).toBe(24);
  for (const { metrics, outcome, weights } of rollouts) {
    expect(outcome).toBe("completed");
    expect(weights).toEqual(new Array(30).fill(10));
    expect(metrics.errors).toMatchObject({
      baseline: { total: new Array(30).fill(1800), bad: new Array(30).fill(18) },
      candidate: { total: new Array(30).fill(200), bad: new Array(30).fill(2) },
    });
  }
  expect(labels.map(({ selector }) => selector)).toEqual(new Array(4).fill('all{version="1.4"}'));
  // Four stretches of two arms with two queries each, and another split in each stretch.
  expect(questions).toHaveLength(16);
  expect(new Set(questions.map(({ query }) => query)).size).toBe(16);
});

it("what the file holds already is not added again", async () => {
  const first = await learnt(pods, {});
  const text = first.written.get("/h.jsonl") ?? "";
  const again = await learnt(pods, {}, text);
  expect(again.learned).toMatchObject({ added: 0, rollouts: 24 });
  expect(again.written.get("/h.jsonl")).toBe(text);
});

it("arms as uneven as the plan's are not pretended where there are too few instances", async () => {
  const { learned } = await learnt(["a", "b", "c"], { weight: "10" });
  expect(learned.warnings).toEqual([
    "Of 3 instances one is 33.3 %, so arms as uneven as 10 % were not seen.",
  ]);
});

it.each([[[]], [["only"]]])(
  "with %j there is nothing to split, and what else to do is said",
  async (instances) => {
    await expect(learnt(instances, {})).rejects.toMatchObject({
      reasonCode: "nothing-to-learn",
      message: expect.stringContaining("roll it out against itself"),
    });
  },
);
