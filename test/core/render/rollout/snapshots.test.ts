import { describe, expect, test } from "vitest";
import { renderIncident } from "../../../../core/render/rollout/incident.ts";
import { renderRolloutMarkdown } from "../../../../core/render/rollout/markdown.ts";
import { renderRolloutSvg } from "../../../../core/render/rollout/picture.ts";
import { renderPlanTerminal } from "../../../../core/render/rollout/plan.ts";
import { newsOf, progressLine } from "../../../../core/render/rollout/progress.ts";
import { renderStatusTerminal } from "../../../../core/render/rollout/status.ts";
import type { DryRun } from "../../../../core/rollout/dry-run.ts";
import { dryRunOf, effectsInOrder } from "../../../../core/rollout/dry-run.ts";
import { statusOf } from "../../../../core/rollout/status.ts";
import { type Turn, turnCodes } from "../../../../core/rollout/taking.ts";
import { planFor } from "../../../contracts/target-plan.ts";
import { sceneNames, stateOf, statusOfScene } from "./scenes.ts";

const rendered = "../../../fixtures/rendered/rollouts";

describe.each(sceneNames)("%s", (name) => {
  const status = statusOfScene(name);

  test("terminal", async () => {
    await expect(renderStatusTerminal(status)).toMatchFileSnapshot(`${rendered}/${name}.txt`);
  });

  test("Markdown", async () => {
    await expect(renderRolloutMarkdown(status)).toMatchFileSnapshot(`${rendered}/${name}.md`);
  });

  test("picture", async () => {
    const { state, events, now } = stateOf(name);
    await expect(renderRolloutSvg(state, events, now)).toMatchFileSnapshot(`${rendered}/${name}.svg`);
  });

  test("what people are told", async () => {
    const told = status.notices.map(({ notice }) => renderIncident(status, notice));
    const text = told.map(({ title, body }) => `# ${title}\n\n${body}`).join("\n---\n\n");
    if (text !== "") await expect(text).toMatchFileSnapshot(`${rendered}/${name}.told.md`);
  });
});

describe("a line of progress", () => {
  const { state, now } = stateOf("at-the-second-step");
  const again = new Date(Date.parse(now) + 60_000).toISOString();
  const turn = (code: Turn["code"]): Turn => ({ state, code, sentence: "What it is about.", again });

  test("of every kind", async () => {
    const lines = turnCodes.map((code) => progressLine(turn(code), now));
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`${rendered}/progress.txt`);
  });

  test("is no news where only its times are others", () => {
    const later = new Date(Date.parse(now) + 1000).toISOString();
    expect(newsOf({ ...turn("watching"), again: later })).toBe(newsOf(turn("watching")));
    expect(progressLine(turn("watching"), later)).not.toBe(progressLine(turn("watching"), now));
    expect(newsOf(turn("standing"))).not.toBe(newsOf(turn("watching")));
  });
});

describe("a plan", () => {
  const target = (requests: boolean) => ({
    traits: { fenced: false, freezes: false },
    can: async () => [],
    observe: async () => {
      throw new Error("Nobody asks.");
    },
    apply: async () => {
      throw new Error("Nobody may.");
    },
    keepOff: async () => undefined,
    ...(requests
      ? {
          requests: async (_: unknown, { kind }: { kind: string }) =>
            kind === "pause" ? [] : [`do ${kind}`],
        }
      : {}),
  });
  const { plan } = stateOf("opened").state;
  const power: DryRun["power"] = {
    steps: [
      {
        weight: 10,
        windows: 2,
        metrics: [
          { name: "error-rate", target: "error-rate doubled", chance: 0.4321, windows_needed: 9 },
          { name: "latency-p95", target: "latency-p95 20 % higher", chance: null, windows_needed: null },
        ],
      },
    ],
    motion: { goes: true, windows: 4, sentences: ["In 4 windows of this traffic little would be seen."] },
    short: true,
    warnings: ["The store had nothing of last week."],
  };
  const clean = { refusals: [], adopts: null, power: null };

  test.each([
    ["plan", plan, true, { ...clean, power }],
    ["plan-adopting", plan, false, { ...clean, adopts: "ro_0123456789ab" }],
    [
      "plan-refused",
      plan,
      true,
      { ...clean, refusals: [{ code: "hands-off", sentence: "maria keeps automation off: an incident" }] },
    ],
    [
      "plan-slow",
      {
        ...plan,
        stable: null,
        approval: "cut-over" as const,
        unsafe_back: ["Messages have a new form."],
        settle_seconds: 86_400,
        back_within_seconds: 1200,
        bake_seconds: 6 * 3600,
      },
      false,
      clean,
    ],
    ["plan-back", planFor("v1", "v2", { kind: "back", steps: [] }), true, clean],
  ])("%s", async (name, shown, requests, more) => {
    const dryRun = await dryRunOf(shown, target(requests), more);
    await expect(renderPlanTerminal(dryRun)).toMatchFileSnapshot(`${rendered}/${name}.txt`);
  });

  test("has a rollback as the last of its effects, and skips steps without a share", () => {
    const by = "weight" as const;
    const step = { by, window_seconds: 60, healthy_windows: 1 };
    const kinds = effectsInOrder({
      ...plan,
      steps: [
        { ...step, share: 0 },
        { ...step, share: 100 },
      ],
    });
    expect(kinds.map(({ kind }) => kind)).toEqual(["deploy", "share", "promote", "restore"]);
  });
});

test("what a person may say is what would change something", () => {
  const open = (name: string) => statusOf(stateOf(name).state, null, stateOf(name).now).commands;
  expect(open("at-the-second-step")).toEqual(["pause", "hold", "promote", "abort"]);
  expect(open("paused")).toContain("resume");
  expect(open("approval")).toContain("approve");
  expect(open("completed")).toEqual([]);
  expect(open("rolled-back")).toEqual(["overrule"]);
});
