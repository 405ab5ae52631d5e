import { describe, expect, it } from "vitest";
import { motionOf } from "../../../core/analysis/step-power.ts";
import { comparedTraffic, type Traffic, trafficOf } from "../../../core/analysis/step-traffic.ts";

const errors: Traffic = { name: "errors", kind: "ratio", worse: "higher", events: 1000, bad: 10 };
const latency: Traffic = { name: "p95", kind: "gauge", worse: "higher" };

describe("traffic before a step", () => {
  it("is the mean of the windows that are known whole", () => {
    const [counted] = trafficOf({
      metrics: {
        errors: {
          kind: "ratio",
          worse: "higher",
          baseline: { total: [100, null, 200, 300], bad: [1, 5, null, 3] },
          candidate: { total: [], bad: [] },
        },
      },
    });
    expect(counted).toEqual({ name: "errors", kind: "ratio", worse: "higher", events: 200, bad: 2 });
  });

  it("is not known where no window is", () => {
    const none = { total: [null], bad: [null] };
    const [counted] = trafficOf({
      metrics: { errors: { kind: "ratio", worse: "higher", baseline: none, candidate: none } },
    });
    expect(counted).toEqual({ name: "errors", kind: "ratio", worse: "higher" });
  });

  it.each([
    ["concurrent", 1000, 10],
    ["same-time", 1100, 100 * (0.1 / 1.1)],
    ["fresh", 200, 50],
  ] as const)("is shared between both by the kind of baseline: %s", (kind, events, share) => {
    const compared = comparedTraffic([errors, latency], 10, kind);
    expect(compared.traffic[0]?.events).toBeCloseTo(events);
    expect(compared.traffic[1]).toEqual(latency);
    expect(compared.share).toBeCloseTo(share);
  });
});

describe("policy's answer to too little power", () => {
  const step = (chance: number | null, needed: number | null) => ({
    weight: 10,
    windows: 10,
    metrics: [
      { name: "errors", target: "errors doubled", chance, windows_needed: needed },
      { name: "p95", target: "p95 +20 %", chance: 0.1, windows_needed: null },
    ],
  });
  const answer = (lowTraffic: "hold" | "longer" | "bake", chance: number | null, needed: number | null) =>
    motionOf(step(chance, needed), [errors, latency], { power: 0.8, lowTraffic }, 30);

  it("is to go where what counts events would be seen, or is not known", () => {
    expect(answer("hold", 0.8, 10)).toEqual({ goes: true, windows: 10, sentences: [] });
    expect(answer("hold", null, null)).toEqual({ goes: true, windows: 10, sentences: [] });
  });

  it("is what policy says where it would not, with what would be enough", () => {
    const held = answer("hold", 0.3, 24);
    expect(held).toMatchObject({ goes: false, windows: 10 });
    expect(held.sentences).toEqual([
      "In 10 windows of this traffic errors doubled with 30 % would be taken back; policy wants 80 %.",
      "24 windows would be enough.",
    ]);
    expect(answer("longer", 0.3, 24)).toMatchObject({ goes: true, windows: 24 });
    expect(answer("bake", 0.3, 24)).toMatchObject({ goes: true, windows: 10 });
  });

  it("is as long as policy allows where nothing would be enough", () => {
    expect(answer("longer", 0.3, null)).toMatchObject({ goes: true, windows: 30 });
    expect(answer("hold", 0.3, null).sentences[1]).toMatch(/^Even 30 windows/);
  });
});
