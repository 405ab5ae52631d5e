import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { telemetryFault } from "../../../adapters/telemetry/fault.ts";
import { measurements } from "../../../core/analysis/measurements.ts";
import { verdict as verdictShape } from "../../../core/analysis/verdict.ts";
import type { Telemetry } from "../../../core/ports.ts";
import { type Clock, compared, endOf, type Recorded, startSeconds, windowSeconds } from "./comparison.ts";

const calm = (): [number, number] => [10_000, 100];
const alike: Recorded = { stable: calm, candidate: calm };
const worseFrom = (first: number): Recorded => ({
  stable: calm,
  candidate: (window) => (window < first ? [10_000, 100] : [10_000, 600]),
});

const kept = (documents: ReadonlyMap<string, string>) =>
  measurements.parse(JSON.parse(documents.get("measurements.json") ?? ""));

describe("a comparison window by window", () => {
  it("ends with a rollback once the harm is beyond doubt, and writes every document", async () => {
    const { verdict, documents, outputs, exitCode, progress } = await compared({ recorded: worseFrom(2) });
    expect(verdict).toMatchObject({
      verdict: "rollback",
      started_at: new Date(startSeconds * 1000).toISOString(),
    });
    expect(verdict?.at_window).toBeGreaterThan(2);
    expect(exitCode).toBe(2);
    expect(progress).toHaveLength(verdict?.at_window ?? 0);
    expect(kept(documents).outcome).toBe("rolled-back");
    expect(verdictShape.parse(JSON.parse(documents.get("verdict.json") ?? ""))).toEqual(verdict);
    expect(documents.get("report.html")).toContain("Roll back");
    expect(documents.get("verdict.md")).toContain("against `1` · ");
    expect(verdict).toMatchObject({ candidate: "2", stable: "1" });
    expect([...documents.keys()]).toContain("plots/1-errors.svg");
    expect(outputs).toMatchObject({ verdict: "rollback", plots: "/out/plots", report: "/out/report.html" });
  });

  it("asks each window once, when its data are there, and never one that is not over", async () => {
    const late: string[] = [];
    const through = (telemetry: Telemetry, clock: Clock): Telemetry => ({
      ...telemetry,
      read: (question) => {
        if (question.lastEnd + 15 > clock.seconds()) late.push(question.name);
        return telemetry.read(question);
      },
    });
    const { verdict, questions, error } = await compared({ recorded: alike, through });
    expect(error).toBeUndefined();
    expect(verdict).toMatchObject({ verdict: "promote", reason_code: "healthy" });
    expect(late).toEqual([]);
    const live = questions.filter(({ firstEnd }) => firstEnd > startSeconds);
    const asked = live.map(({ name, firstEnd, lastEnd }) => `${name} ${firstEnd} ${lastEnd}`);
    expect(new Set(asked).size).toBe(asked.length);
    for (const { firstEnd, lastEnd } of live) expect(lastEnd).toBe(firstEnd);
  });

  it("asks once more for a window that came late, and fills it in", async () => {
    const through = (telemetry: Telemetry, clock: Clock): Telemetry => ({
      ...telemetry,
      read: async (question) => {
        const answer = await telemetry.read(question);
        const fresh = question.lastEnd === endOf(3) && clock.seconds() < endOf(3) + 30;
        return fresh && question.name.endsWith("of candidate")
          ? { ...answer, values: answer.values.map(() => null) }
          : answer;
      },
    });
    const { documents, questions } = await compared({ recorded: worseFrom(5), through });
    const { metrics } = kept(documents);
    expect(JSON.stringify(metrics)).not.toContain("null");
    const twice = questions.filter(({ firstEnd, lastEnd }) => firstEnd === endOf(3) && lastEnd === endOf(4));
    expect(twice.map(({ name }) => name).sort()).toEqual([
      "errors.bad of candidate",
      "errors.total of candidate",
    ]);
  });

  it("keeps asking through an outage, holds meanwhile, and fills the gap when the store is back", async () => {
    const through = (telemetry: Telemetry, clock: Clock): Telemetry => ({
      ...telemetry,
      read: async (question) => {
        const out = clock.seconds() > endOf(1) && clock.seconds() < endOf(6);
        if (out) throw telemetryFault("telemetry-unavailable", "the store answered 503");
        return telemetry.read(question);
      },
    });
    const { verdict, documents, progress } = await compared({ recorded: worseFrom(8), through });
    expect(verdict).toMatchObject({ verdict: "rollback" });
    expect(verdict?.at_window).toBeGreaterThan(8);
    expect(verdict?.warnings.join()).toContain("the store answered 503");
    expect(JSON.stringify(kept(documents).metrics)).not.toContain("null");
    const silent = progress.filter((line) => line.includes("no data"));
    expect(silent).toHaveLength(5);
    for (const line of silent) expect(line).toContain("the store answered 503");
  });

  it("says why where it holds because the store was silent to the end", async () => {
    const through = (telemetry: Telemetry, clock: Clock): Telemetry => ({
      ...telemetry,
      read: async (question) => {
        if (clock.seconds() <= endOf(0)) return telemetry.read(question);
        throw telemetryFault("telemetry-unavailable", `${question.name}: the store answered 503.`);
      },
    });
    const { verdict } = await compared({ recorded: alike, through, inputs: { windows: "3" } });
    expect(verdict?.verdict).toBe("hold");
    expect(verdict?.reason).toMatch(/^errors\.total of baseline and 3 more: the store answered 503\. /);
    expect(verdict?.warnings.filter((one) => one.includes("503"))).toHaveLength(1);
  });

  it("never promotes where the store stays silent: it holds until the deadline", async () => {
    const silent: Recorded = { stable: calm, candidate: () => undefined };
    const { verdict, exitCode } = await compared({ recorded: silent, inputs: { windows: "5" } });
    expect(verdict).toMatchObject({ verdict: "hold", at_window: 5, windows_planned: 5 });
    expect(exitCode).toBe(0);
  });

  it("leaves partial answers unknown and says so", async () => {
    const through = (telemetry: Telemetry): Telemetry => ({
      ...telemetry,
      read: async (question) => ({ ...(await telemetry.read(question)), partial: true }),
    });
    const { verdict, documents } = await compared({ recorded: alike, through, inputs: { windows: "4" } });
    expect(verdict?.verdict).toBe("hold");
    expect(verdict?.warnings.join()).toContain("parts of the store did not answer");
    expect(
      new Set(
        Object.values(kept(documents).metrics).flatMap((one) =>
          one.kind === "ratio" ? one.candidate.total : [],
        ),
      ),
    ).toEqual(new Set([null]));
  });

  it("ends at once where only a person can mend it, and keeps what was measured", async () => {
    const through = (telemetry: Telemetry, clock: Clock): Telemetry => ({
      ...telemetry,
      read: (question) => {
        if (clock.seconds() > endOf(3))
          throw telemetryFault("telemetry-unauthorized", "the store answered 401. Look at telemetry.auth.");
        return telemetry.read(question);
      },
    });
    const { error, documents } = await compared({ recorded: worseFrom(20), through });
    expect(error).toMatchObject({ reasonCode: "telemetry-unauthorized" });
    expect(JSON.parse(documents.get("verdict.json") ?? "")).toMatchObject({
      verdict: "hold",
      reason_code: "cut-short",
    });
    expect(kept(documents).metrics.errors).toMatchObject({ candidate: { total: [10_000, 10_000, 10_000] } });
  });
});

describe("before the first window", () => {
  it.each(["telemetry-unreachable", "telemetry-not-prometheus", "telemetry-unavailable"] as const)(
    "a store that does not answer ends it with the cause: %s",
    async (reasonCode) => {
      const through = (telemetry: Telemetry): Telemetry => ({
        ...telemetry,
        read: async () => {
          throw telemetryFault(reasonCode, "http://nowhere cannot be reached");
        },
      });
      const { error, documents, progress } = await compared({
        recorded: alike,
        through,
        inputs: { weight: "" },
      });
      expect(error).toMatchObject({ reasonCode, exitCode: 69, message: "http://nowhere cannot be reached" });
      expect([documents.size, progress.length]).toEqual([0, 0]);
    },
  );

  it("a label that no series has ends it, instead of taking every error for a success", async () => {
    const { error, questions } = await compared({ recorded: { ...alike, labels: ["job", "status"] } });
    expect(error).toMatchObject({ reasonCode: "telemetry-label-missing", exitCode: 65 });
    expect(String(error)).toMatch(/errors for shop: .* has the label code.* Labels there: job, status\./);
    expect(questions.filter(({ firstEnd }) => firstEnd > startSeconds)).toEqual([]);
    const fine = await compared({ recorded: { ...alike, labels: ["code"] }, inputs: { windows: "1" } });
    expect(fine.error).toBeUndefined();
  });

  it("a candidate that is told apart by nothing is refused", async () => {
    const { error } = await compared({ recorded: alike, inputs: { stable: "2" } });
    expect(error).toMatchObject({ exitCode: 64, message: expect.stringContaining('both "2"') });
  });

  it("a stable version that is not known is asked for", async () => {
    const { error } = await compared({ recorded: alike, inputs: { stable: "" } });
    expect(String(error)).toContain("give --stable");
  });
});

describe("whatever a store answers", () => {
  const nonsense = fc.constantFrom(undefined, [0, 0], [-5, 3], [10, 50], [1e300, -1], [50, 60]);

  it("a candidate of which nothing sensible is known is never promoted, and nothing breaks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nonsense, { minLength: 60, maxLength: 60 }), async (answers) => {
        const candidate = (window: number): [number, number] | undefined => {
          const [total, bad] = answers[window + 20] ?? [];
          return total === undefined || bad === undefined ? undefined : [total, bad];
        };
        const { verdict, error } = await compared({ recorded: { stable: calm, candidate } });
        expect(error).toBeUndefined();
        expect(verdict?.verdict).not.toBe("promote");
      }),
      { numRuns: 8 },
    );
  });

  it("two arms without any traffic are no evidence", async () => {
    const idle: Recorded = { stable: () => [0, 0], candidate: () => [0, 0] };
    const { verdict } = await compared({ recorded: idle });
    expect(verdict).toMatchObject({ verdict: "hold", reason_code: "no-data" });
  });
});

describe("a run that is told to stop", () => {
  it("writes a hold that says so, and a second run goes on with what is missing to the same verdict", async () => {
    const recorded = worseFrom(6);
    const whole = await compared({ recorded });
    const cut = await compared({ recorded, stopAfterWindow: 4 });
    expect(cut.verdict).toMatchObject({ verdict: "hold", reason_code: "cut-short", waiting: { page: true } });
    expect(cut.verdict?.reason).toMatch(
      /^Stopped after 4 of 20 windows\. Go on: adaptive-deploy analyze … --resume '\/out\/measurements\.json'\. Until then: /,
    );
    const text = cut.documents.get("measurements.json") ?? "";
    const again = await compared({
      recorded,
      inputs: { resume: "before.json" },
      files: { "before.json": text },
    });
    expect(again.verdict?.metrics).toEqual(whole.verdict?.metrics);
    expect(again.verdict?.verdict).toBe("rollback");
    const live = again.questions.filter(({ firstEnd }) => firstEnd > startSeconds);
    expect(Math.min(...live.map(({ firstEnd }) => firstEnd))).toBe(endOf(4));
  });

  it("refuses to go on with measurements of another candidate, and names both", async () => {
    const cut = await compared({ recorded: alike, stopAfterWindow: 2 });
    const text = cut.documents.get("measurements.json") ?? "";
    expect(JSON.parse(text)).toMatchObject({
      service: "shop",
      environment: "production",
      candidate: "2",
      stable: "1",
    });
    const { error } = await compared({
      recorded: alike,
      inputs: { resume: "before.json", candidate: "3" },
      files: { "before.json": text },
    });
    expect(error).toMatchObject({ reasonCode: "bad-measurements", exitCode: 65 });
    expect(String(error)).toContain('are of candidate "2", and this run is of candidate "3"');
  });

  it("refuses to go on with measurements of another comparison", async () => {
    const other = { id: "x", window_seconds: 2, started_at: "2026-01-01T00:00:00Z", metrics: {} };
    const files = { "before.json": JSON.stringify(other) };
    const { error } = await compared({ recorded: alike, inputs: { resume: "before.json" }, files });
    expect(error).toMatchObject({ reasonCode: "bad-measurements" });
  });
});

describe("power before motion", () => {
  const thin: Recorded = { stable: () => [40, 1], candidate: () => [40, 1] };

  it("is stated from stable's traffic of the windows before", async () => {
    const { verdict, questions } = await compared({ recorded: alike });
    const [step] = verdict?.power ?? [];
    expect(step).toMatchObject({ weight: 50, windows: 20 });
    expect(step?.metrics[0]).toMatchObject({ name: "errors", target: "errors doubled" });
    expect(step?.metrics[0]?.chance).toBeGreaterThan(0.8);
    const before = questions.filter(({ lastEnd }) => lastEnd <= startSeconds);
    expect(before.map(({ name }) => name)).toEqual([
      "errors.total of baseline",
      "errors.total of baseline",
      "errors.bad of baseline",
    ]);
  });

  it.each([
    ["hold", { verdict: "hold", reason_code: "not-enough-power", at_window: 1, metrics: [] }, 0],
    ["bake", { windows_planned: 5 }, 5],
    ["longer", { windows_planned: 20 }, 20],
  ])("low traffic is policy's choice: %s", async (choice, expected, windows) => {
    const { verdict, progress, documents } = await compared({
      recorded: thin,
      inputs: { windows: "5" },
      policy: `, low-traffic: ${choice}`,
    });
    expect({ ...verdict, metrics: choice === "hold" ? [] : verdict?.metrics }).toMatchObject(expected);
    expect(progress[0]).toMatch(/policy wants 80 %/);
    expect(kept(documents).metrics.errors).toMatchObject({
      candidate: { total: new Array(windows).fill(40) },
    });
  });
});

describe("the baseline", () => {
  const week = (7 * 86_400) / windowSeconds;
  const oneArm = (more: Partial<Recorded>): Recorded => ({
    stable: calm,
    candidate: (window) => (window < 0 ? [10_000, 100] : [10_000, 900]),
    arms: "arms: { both: {} }\n      baseline: same-time",
    ...more,
  });

  it("is the same time of another week where nothing tells the arms apart", async () => {
    const recorded = oneArm({ before: week + 20 });
    const { verdict, error } = await compared({ recorded, inputs: { weight: "100" } });
    expect(error).toBeUndefined();
    expect(verdict).toMatchObject({
      verdict: "rollback",
      baseline: { kind: "same-time", reason_code: "arms-not-told-apart" },
    });
    expect(verdict?.baseline.sentence).toContain("7d before");
  });

  it("is none beyond the store's retention, which holds at once", async () => {
    const recorded = oneArm({ before: week + 20, retentionSeconds: 2 * 86_400 });
    const { verdict } = await compared({ recorded, inputs: { weight: "100" } });
    expect(verdict).toMatchObject({
      verdict: "hold",
      reason_code: "no-data",
      baseline: { kind: "none", reason_code: "baseline-beyond-retention" },
    });
  });

  it("is none where a part of the traffic is not told apart, which would thin its harm out", async () => {
    const recorded = oneArm({ before: week + 20 });
    const { verdict } = await compared({ recorded, inputs: { weight: "50" } });
    expect(verdict).toMatchObject({
      verdict: "hold",
      reason_code: "no-data",
      baseline: { kind: "none", reason_code: "arms-not-told-apart" },
    });
  });

  it("is waited for where the store does not answer yet", async () => {
    const through = (telemetry: Telemetry, clock: Clock): Telemetry => ({
      ...telemetry,
      read: async (question) => {
        const first = question.firstEnd === question.lastEnd && question.lastEnd < startSeconds;
        if (!first && clock.seconds() < endOf(1))
          throw telemetryFault("telemetry-unreachable", "nobody answered");
        return telemetry.read(question);
      },
    });
    const recorded = oneArm({ before: week + 20 });
    const { verdict } = await compared({ recorded, through, inputs: { weight: "100" } });
    expect(verdict).toMatchObject({ verdict: "rollback", baseline: { kind: "same-time" } });
  });

  it("is none where the store reaches back and has nothing there", async () => {
    const { verdict } = await compared({ recorded: oneArm({}), inputs: { weight: "100" } });
    expect(verdict).toMatchObject({
      verdict: "hold",
      baseline: { kind: "none", reason_code: "baseline-without-data" },
    });
  });
});

describe("the history", () => {
  const past = (window_seconds: number) =>
    JSON.stringify({ id: `p${window_seconds}`, window_seconds, metrics: {} });

  it("of windows of another length is told, and not learnt from", async () => {
    const files = { "h.jsonl": `${past(60)}\n${past(120)}\n` };
    const { verdict } = await compared({
      recorded: alike,
      files,
      inputs: { history: "h.jsonl", windows: "2" },
    });
    expect(verdict?.false_alarms).toMatchObject({ past_rollouts: 1 });
    expect(verdict?.warnings).toContain(
      "Of the 2 past rollouts of the history 1 has windows of 1m; nothing was learnt from the others.",
    );
  });
});

describe("rules and probes", () => {
  const failing = async (probes: readonly { name: string }[]) =>
    probes.map(({ name }) => ({
      name,
      url: "http://c",
      ok: false,
      milliseconds: 5,
      sentence: `${name} is not ready.`,
    }));

  it("a guardrail reads what a query supplies, and takes back", async () => {
    const { verdict } = await compared({
      recorded: { stable: calm, candidate: (window) => [10_000, window < 1 ? 100 : 9_000] },
      guardrails: 'rule "too_many": when canary.error_rate > 50% for 1m then rollback\n',
    });
    expect(verdict?.verdict).toBe("rollback");
    expect(verdict?.guardrails).toMatchObject([
      { name: "too_many", truth: true },
      { name: "slo:crash-loops" },
    ]);
  });

  it("the budget of the whole service is counted over its period, where a rule reads it", async () => {
    const guardrails = 'rule "spent": when error_budget_left < 5% then hold\n';
    const { verdict, questions } = await compared({ recorded: alike, guardrails, inputs: { windows: "3" } });
    expect(verdict).toMatchObject({ verdict: "hold", reason_code: "guardrail" });
    expect(verdict?.guardrails[0]).toMatchObject({ name: "spent", truth: true });
    const counts = questions.filter(({ query }) => query === 'sum(total{version=~".*"})');
    expect(counts.map(({ lastEnd }) => lastEnd)).toEqual([endOf(0), endOf(1), endOf(2)]);
    const none = await compared({ recorded: alike, inputs: { windows: "3" } });
    expect(none.questions.filter(({ query }) => query.includes(".*"))).toEqual([]);
  });

  it("holds before the first window where the candidate is not ready", async () => {
    const { verdict, questions } = await compared({
      recorded: alike,
      inputs: { ready: "http://c/ready" },
      probe: failing,
    });
    expect(verdict).toMatchObject({
      verdict: "hold",
      reason_code: "probe-failed",
      reason: "ready is not ready.",
    });
    expect(questions.filter(({ firstEnd }) => firstEnd > startSeconds)).toEqual([]);
  });

  it.each(["hold", "rollback"])("a candidate that dies under way: %s", async (word) => {
    const inputs = { live: "http://c/live", windows: "4", "on-probe-failure": word };
    const { verdict } = await compared({ recorded: alike, inputs, probe: failing });
    expect(verdict).toMatchObject({
      verdict: word,
      reason_code: "probe-failed",
      reason: "live is not ready.",
    });
  });
});
