import { describe, expect, it, onTestFinished } from "vitest";
import { measurements } from "../../../core/analysis/measurements.ts";
import { verdict as verdictShape } from "../../../core/analysis/verdict.ts";
import { type World, worldOf } from "./evidence-world.ts";

async function opened(world: World = {}) {
  const made = await worldOf(world);
  onTestFinished(() => made.close());
  const words = (): string[] =>
    made.verdicts().map(({ step, verdict, reason_code }) => `${step} ${verdict} ${reason_code}`);
  const document = (name: string): unknown => JSON.parse(made.documents.get(name) ?? "null");
  return { ...made, words, document };
}

const fiveTimes = (version: string): number => (version === "v2" ? 0.05 : 0.01);
const goodWords = ["0 promote no-sign-of-harm", "1 promote healthy", "2 promote not-compared"];

describe("a rollout on evidence", () => {
  it("promotes what is as good as the stable version, and writes every step's documents", async () => {
    const world = await opened();
    const { turn } = await world.run("a");
    expect(turn.sentence).toBe("completed");
    expect(world.words()).toEqual(goodWords);
    expect(world.verdicts()[2]?.reason).toContain("no other week has any");
    for (const step of ["step-1", "step-2", "step-3"]) {
      expect(verdictShape.parse(world.document(`${step}/verdict.json`)).verdict).toBe("promote");
      expect(world.documents.get(`${step}/report.html`)).toContain("<html");
    }
    const kept = measurements.parse(world.document("measurements.json"));
    expect(new Set(kept.weights)).toEqual(new Set([10, null, 50, 100]));
    // At 100 % what is left of the stable version is no baseline.
    const { errors } = kept.metrics;
    const whole = kept.weights?.indexOf(100) ?? -1;
    expect(errors?.kind === "ratio" ? errors.baseline.total.slice(whole) : []).toEqual(
      new Array((kept.weights?.length ?? 0) - whole).fill(null),
    );
  });

  it("takes back five times the errors at the first step, and says by which metric", async () => {
    const world = await opened({ bad: fiveTimes });
    const { turn } = await world.run("a");
    expect(turn.sentence).toBe("rolled-back");
    expect(Math.max(...world.shares())).toBe(10);
    expect(world.verdicts()).toMatchObject([
      { step: 0, verdict: "rollback", metric: { name: "errors", baseline: 0.01, candidate: 0.05 } },
    ]);
    expect(world.seconds()).toBeLessThan(3 * 60);
  });

  it("takes back at a later step what fails under its share alone, and with what it showed before", async () => {
    const world = await opened({
      bad: (version) => (world.shares().at(-1) === 50 ? fiveTimes(version) : 0.01),
    });
    await world.run("a");
    expect(world.words()[0]).toBe(goodWords[0]);
    expect(world.verdicts()[1]).toMatchObject({ step: 1, verdict: "rollback" });
    expect(verdictShape.parse(world.document("step-2/verdict.json")).weights?.[0]).toBe(10);
  });

  it("compares with another week where the candidate has everything, and takes it back while it bakes", async () => {
    const late = (version: string, sinceShare: number): number =>
      version === "v2" && world.shares().at(-1) === 100 && sinceShare > 240 ? 0.05 : 0.01;
    const world = await opened({ weekBefore: true, bad: late, plan: { bake_seconds: 600 } });
    const { turn } = await world.run("a");
    expect(turn.sentence).toBe("rolled-back");
    expect(world.words().slice(0, 3)).toEqual([...goodWords.slice(0, 2), "2 promote no-sign-of-harm"]);
    // No step comes after it that could show more.
    expect(world.verdicts()[2]?.reason).toContain("was for an earlier step to show");
    expect(world.verdicts()[3]).toMatchObject({
      step: 2,
      verdict: "rollback",
      metric: { candidate: expect.any(Number) },
    });
    const { warnings } = verdictShape.parse(world.document("bake/verdict.json"));
    expect(warnings.join()).toContain(
      "Where the candidate has everything: The last stable release at the same time",
    );
  });

  it("gives the same verdicts where another runner goes on with it, on a machine that has nothing", async () => {
    const whole = await opened();
    await whole.run("a");
    const parted = await opened();
    let watched = 0;
    for (const holder of ["a", "b"])
      await parted.run(holder, ({ code }) => code === "watching" && ++watched % 40 === 0);
    await parted.run("c");
    expect(watched).toBe(80);
    expect(parted.verdicts()).toEqual(whole.verdicts());
    expect(parted.document("step-3/verdict.json")).toEqual(whole.document("step-3/verdict.json"));
  });

  it("does not go on past harm that it finds when it comes back late", async () => {
    const world = await opened({
      bad: (version, sinceShare) => (version === "v2" && sinceShare > 300 ? 0.05 : 0.01),
    });
    await world.run("a", ({ code }) => code === "watching");
    world.later(900);
    await world.run("b");
    expect(world.words()).toHaveLength(1);
    expect(world.verdicts()[0]).toMatchObject({ step: 0, verdict: "rollback" });
  });
});

describe("without evidence", () => {
  it.each([
    ["none", "Write telemetry: into"],
    ["nothing-to-measure", "Name sets of queries.yaml"],
  ] as const)(
    "holds at once where telemetry is not configured (%s), and names the remedy",
    async (telemetry, remedy) => {
      const world = await opened({ telemetry });
      const { turn } = await world.run("a");
      expect(turn.code).toBe("standing");
      expect(world.words()).toEqual(["0 hold no-data"]);
      expect(world.verdicts()[0]?.reason).toContain(remedy);
    },
  );

  it("lets the time of each step pass where policy says bake, and says that it is time alone", async () => {
    const world = await opened({ telemetry: "none", analysis: ", low-traffic: bake" });
    const { turn } = await world.run("a");
    expect(turn.sentence).toBe("completed");
    expect(world.words()).toEqual(["0", "1", "2"].map((step) => `${step} promote not-compared`));
    expect(world.verdicts()[0]?.reason).toContain("policy lets it pass without evidence");
    expect(world.seconds()).toBeGreaterThanOrEqual(3 * 120 + 300);
  });

  it("holds before more traffic moves where it could not show enough, and bakes where policy says so", async () => {
    const thin = await opened({ perSecond: 0.5 });
    await thin.run("a");
    expect(thin.words()).toEqual(["0 hold not-enough-power"]);
    expect(thin.verdicts()[0]?.reason).toContain("policy wants 80 %");
    const bakes = await opened({ perSecond: 0.5, analysis: ", low-traffic: bake" });
    await bakes.run("a");
    expect(bakes.words()).toEqual(["0", "1", "2"].map((step) => `${step} promote not-compared`));
  });

  it.each([
    ["hold", "standing"],
    ["rollback", "ended"],
  ])("at the deadline of a silent candidate policy says %s, and it is never promoted", async (word, code) => {
    const world = await opened({
      analysis: `, at-deadline: ${word}`,
      inputs: { candidate: { version: "misspelt" } },
    });
    const { turn } = await world.run("a");
    expect(turn.code).toBe(code);
    expect(world.verdicts()).toMatchObject([{ step: 0, verdict: word, at_window: 8 }]);
    expect(world.verdicts()[0]?.reason).toContain(
      word === "hold" ? "The candidate, version misspelt," : "No window is left",
    );
  });

  it("waits for a store that is down, and goes on once it answers", async () => {
    const world = await opened({ telemetry: "down" });
    await world.run("a", () => world.seconds() > 300);
    expect(world.words()).toEqual([]);
    world.store.status = 200;
    await world.run("b");
    expect(world.words()).toEqual(goodWords);
  });

  it("holds at the deadline where the store stays down, and says what it said", async () => {
    const world = await opened({ telemetry: "down" });
    const { turn } = await world.run("a");
    expect(turn.code).toBe("standing");
    expect(world.words()).toEqual(["0 hold no-data"]);
    expect(world.verdicts()[0]?.reason).toContain("503");
  });
});

describe("other plans", () => {
  const step = (share: number, by: "weight" | "cut-over") => ({
    share,
    by,
    window_seconds: 60,
    healthy_windows: 2,
  });

  it("of blue and green, time alone passes before the cut-over, and another week is the baseline after it", async () => {
    const plan = { kind: "blue-green" as const, steps: [step(0, "cut-over"), step(100, "cut-over")] };
    const world = await opened({ weekBefore: true, plan });
    await world.run("a");
    expect(world.words()).toEqual(["0 promote not-compared", "1 promote healthy"]);
    const blind = await opened({ plan });
    await blind.run("a");
    expect(blind.words()).toEqual(["0 promote not-compared", "1 hold no-data"]);
  });

  it.each([
    ["good", () => 0.01, goodWords[2]],
    ["bad", fiveTimes, "0 rollback critical-metric"],
  ])("asks Kayenta's judge where policy does, of a %s candidate", async (_, bad, last) => {
    const wobble = (version: string, at: number): number => ((at * (version === "v2" ? 37 : 53)) % 97) / 97;
    const noisy = (version: string, at: number): number => bad(version) * (0.9 + 0.2 * wobble(version, at));
    const world = await opened({ bad: noisy, analysis: ", judge: kayenta" });
    await world.run("a");
    expect(world.words().at(-1)).toBe(last);
  });

  it("begins anew where a person overruled the verdict", async () => {
    const world = await opened({ bad: (version) => (world.seconds() < 300 ? fiveTimes(version) : 0.01) });
    await world.run("a", ({ state }) => state.turned !== null);
    world.later(300);
    world.command("overrule");
    const { turn } = await world.run("b");
    expect(turn.sentence).toBe("completed");
    expect(world.words().slice(1)).toEqual(goodWords);
  });
});
