import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rolloutOf, steadyWorld } from "../../../bench/analyze/world.ts";
import { pastStretches, rolloutsIn, splitInstances, withHalves } from "../../../core/analysis/pseudo-arms.ts";
import { partsOf } from "../../../core/analysis/questions.ts";

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 40 });

describe("pseudo-arms", () => {
  it("share out every instance, neither is empty, and the same seed gives the same", () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 0, max: 100 }), fc.string(), (instances, weight, seed) => {
        const halves = splitInstances(instances, weight, seed);
        expect([...(halves?.baseline ?? []), ...(halves?.candidate ?? [])].sort()).toEqual(
          [...instances].sort(),
        );
        expect(halves?.baseline.length).toBeGreaterThan(0);
        expect(halves?.candidate.length).toBeGreaterThan(0);
        expect(
          Math.abs((halves?.candidate.length ?? 0) - (instances.length * weight) / 100),
        ).toBeLessThanOrEqual(1);
        expect(splitInstances([...instances].reverse(), weight, seed)).toEqual(halves);
      }),
    );
  });

  it("are none of a single instance, and others with another seed", () => {
    expect(splitInstances(["a"], 50, "x")).toBeUndefined();
    const pods = Array.from({ length: 20 }, (_, pod) => `pod-${pod}`);
    const seen = new Set(
      ["1", "2", "3", "4"].map((seed) => splitInstances(pods, 10, seed)?.candidate.join()),
    );
    expect(seen.size).toBe(4);
  });

  it("ask the very queries of a comparison, with the instances among the labels", () => {
    const metric = { kind: "gauge", value: 'avg(cpu{job="shop",$arm})' } as const;
    const arms = { both: { version: "$version" }, candidate: { track: "canary" } };
    const filling = { declared: {}, given: {}, arms };
    const halved = withHalves([{ name: "cpu", metric, filling }], "pod", {
      baseline: ["a", "b"],
      candidate: ["c.1"],
    });
    const stable = { variables: { version: "1.4" }, shiftSeconds: 0 };
    const parts = partsOf(
      halved,
      [
        { name: "baseline", ...stable },
        { name: "candidate", ...stable },
      ],
      60,
    );
    expect(parts.map(({ query }) => query)).toEqual([
      'avg(cpu{job="shop",version="1.4",pod=~"a|b"})',
      'avg(cpu{job="shop",version="1.4",pod=~"c\\\\.1"})',
    ]);
  });
});

describe("the past", () => {
  it("is cut into stretches of whole rollouts without a gap, up to now", () => {
    const end = 1_700_000_123;
    const stretches = pastStretches(end, 2, 120, 30);
    expect(stretches).toHaveLength(8);
    for (const [index, { startSeconds, windows }] of stretches.entries()) {
      expect(windows % 30).toBe(0);
      const next = stretches[index + 1]?.startSeconds ?? Math.floor(end / 120) * 120;
      expect(startSeconds + windows * 120).toBe(next);
    }
  });

  it("becomes rollouts that ended well, with a name and a beginning each, without those that nobody measured", () => {
    const stretch = {
      ...rolloutOf({ ...steadyWorld, windows: 65 }, 1, "learnt"),
      started_at: "2026-01-01T00:00:00.000Z",
    };
    const rollouts = rolloutsIn(stretch, 20);
    expect(rollouts.map(({ id, outcome }) => [id, outcome])).toEqual([
      ["learnt 2026-01-01T00:00:00.000Z", "completed"],
      ["learnt 2026-01-01T00:40:00.000Z", "completed"],
      ["learnt 2026-01-01T01:20:00.000Z", "completed"],
    ]);
    expect(rollouts[1]?.metrics.error_ratio).toMatchObject({
      candidate: {
        total:
          stretch.metrics.error_ratio?.kind === "ratio"
            ? stretch.metrics.error_ratio.candidate.total.slice(20, 40)
            : [],
      },
    });
    const silent = rolloutOf({ ...steadyWorld, windows: 20, gaps: 1 }, 1, "silent");
    expect(rolloutsIn({ ...silent, started_at: "2026-01-01T00:00:00.000Z" }, 20)).toEqual([]);
  });
});
