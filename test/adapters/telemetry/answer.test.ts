import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPrometheusAnswer } from "../../../adapters/telemetry/prometheus-answer.ts";
import { UserError } from "../../../core/errors.ts";
import type { TelemetryQuestion } from "../../../core/ports.ts";
import { asked } from "../../contracts/telemetry.ts";
import { success } from "./store.ts";

const question = (windows: number, form: TelemetryQuestion["form"] = "value") => asked("q", windows, form);
const { firstEnd, stepSeconds } = question(1);
const at = (window: number): number => firstEnd + window * stepSeconds;
const read = (json: unknown, one: TelemetryQuestion) => readPrometheusAnswer(JSON.stringify(json), one);
const matrix = (...series: object[]) => success("matrix", series);
const edge = (le: string, ...values: string[]) => ({
  metric: { le },
  values: values.map((value, window) => [at(window), value]),
});

describe("numbers", () => {
  it.each(["NaN", "+Inf", "-Inf", "Inf", "", "1e999", "many"])('"%s" is not known', (text) => {
    const json = matrix({
      metric: {},
      values: [
        [at(0), text],
        [at(1), "-1.5e3"],
      ],
    });
    expect(read(json, question(2)).values).toEqual([null, -1500]);
  });

  it("are read from a vector, a scalar and a matrix, and counted", () => {
    expect(read(success("vector", [{ metric: {}, value: [at(0), "1"] }]), question(1))).toMatchObject({
      values: [1],
      samples: 1,
    });
    expect(read(success("scalar", [at(0), "2"]), question(1)).values).toEqual([2]);
    expect(read(matrix({ metric: {}, values: [[at(0), 3]] }), question(1)).values).toEqual([3]);
  });

  it("of several series are not added in silence: the labels that differ are named", () => {
    const json = matrix(
      { metric: { job: "shop", pod: "a", code: "200" }, values: [] },
      { metric: { job: "shop", pod: "b", code: "200" }, values: [] },
      { metric: { job: "shop", pod: "b" }, values: [] },
    );
    expect(() => read(json, question(1))).toThrow(
      "q of candidate was answered with 3 series, which differ in code, pod. Sum or average them in the query",
    );
  });

  it("of ten thousand series are one short error", () => {
    const json = matrix(
      ...Array.from({ length: 10_000 }, (_, pod) => ({ metric: { pod: `${pod}` }, values: [] })),
    );
    expect(() => read(json, question(1))).toThrow(/10000 series, which differ in pod\./);
    const more = matrix(...Array.from({ length: 20_001 }, () => ({ metric: {}, values: [] })));
    expect(() => read(more, question(1))).toThrow(/20001 series\. Sum them/);
  });
});

describe("what the store says about its answer", () => {
  type Said = { warnings?: string[] | null; infos?: string[]; isPartial?: boolean };
  it.each<[Said, boolean]>([
    [{ warnings: ["No StoreAPIs matched for this query"] }, true],
    [{ warnings: ["receive series from Addr: 10.0.0.1: rpc error"] }, true],
    [{ isPartial: true }, true],
    [{ infos: ["PromQL info: metric might not be a counter"] }, false],
    [{ warnings: ["PromQL warning: encountered a mix of histograms and floats"] }, false],
    [{ warnings: null, isPartial: false }, false],
  ])("%j: partial %s", (more, partial) => {
    const { warnings, partial: found } = read(success("matrix", [], more), question(1));
    expect(found).toBe(partial);
    expect(warnings).toEqual([...(more.warnings ?? []), ...(more.infos ?? [])]);
  });

  it("is shown without what a terminal would obey, and not without end", () => {
    const warnings = Array.from({ length: 50 }, () => `\u001b[31m${"x".repeat(5000)}`);
    const said = read(success("matrix", [], { warnings }), question(1)).warnings;
    expect(said).toHaveLength(10);
    for (const one of said) expect(one).toMatch(/^x{299}…$/);
  });
});

describe("classic histograms", () => {
  it("are counts between edges, whatever the order of the series", () => {
    const json = matrix(edge("+Inf", "10", "4"), edge("0.5", "8", "2"), edge("0.1", "5.5", "0"));
    expect(read(json, question(2, "buckets"))).toMatchObject({
      buckets: [
        { bounds: [0.1, 0.5], counts: [5.5, 2.5, 2] },
        { bounds: [0.1, 0.5], counts: [0, 2, 2] },
      ],
      samples: 6,
    });
  });

  it("add one edge in two spellings", () => {
    const json = matrix(edge("1", "2"), edge("1.0", "3"), edge("+Inf", "6"));
    expect(read(json, question(1, "buckets")).buckets).toEqual([{ bounds: [1], counts: [5, 1] }]);
  });

  it("mend what rounding did, and believe nothing that falls by more", () => {
    const json = matrix(edge("0.1", "5.0000000001", "8"), edge("0.5", "5", "4"), edge("+Inf", "5", "10"));
    const { buckets, warnings } = read(json, question(2, "buckets"));
    expect(buckets[0]).toEqual({ bounds: [0.1, 0.5], counts: [5.0000000001, 0, 0] });
    expect(buckets[1]).toBeNull();
    expect(warnings).toEqual([expect.stringMatching(/^1 window has counts that fall/)]);
  });

  it("are unknown where more was counted than anything can count, also by two spellings together", () => {
    const half = `${2 ** 53 - 1}`;
    const json = matrix(edge("1", "1e308", "1"), edge("1.0", "1e308", "1"), edge("+Inf", half, "3"));
    const { buckets, warnings } = read(json, question(2, "buckets"));
    expect(buckets).toEqual([null, { bounds: [1], counts: [2, 1] }]);
    expect(warnings).toEqual([expect.stringMatching(/^1 window has edges or counts that no histogram has/)]);
  });

  it("are unknown in a window without the last edge, and lack an edge that was not there", () => {
    const json = matrix(edge("0.1", "1", "NaN"), edge("0.5", "2", "2"), {
      metric: { le: "+Inf" },
      values: [[at(1), "3"]],
    });
    expect(read(json, question(2, "buckets")).buckets).toEqual([null, { bounds: [0.5], counts: [2, 1] }]);
  });

  it.each([
    [{ metric: { job: "shop" }, values: [] }, "telemetry-wrong-form", /without the label le.*sum by \(le\)/],
    [{ metric: { vmrange: "1...2" }, values: [] }, "telemetry-wrong-form", /buckets\(…\)/],
    [{ metric: { le: "fast" }, values: [] }, "telemetry-wrong-form", /le="fast", which is no edge/],
    [{ metric: { le: "1", pod: "a" }, values: [] }, "telemetry-several-series", /differ in pod/],
  ])("%j is an error", (series, reasonCode, message) => {
    const others = "pod" in series.metric ? [{ metric: { le: "1", pod: "b" }, values: [] }] : [];
    expect(faultOf(() => read(matrix(series, ...others), question(1, "buckets")))).toMatchObject({
      reasonCode,
      message: expect.stringMatching(message),
    });
  });

  it("give back every count that was summed up", () => {
    const counts = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(counts, fc.infiniteStream(fc.nat()), (some, order) => {
        const upTo = some.map((_, last) => some.slice(0, last + 1).reduce((sum, count) => sum + count, 0));
        const series = upTo.map((count, at) => edge(at === some.length - 1 ? "+Inf" : `${at}`, `${count}`));
        const keys = new Map(series.map((one) => [one, order.next().value ?? 0]));
        series.sort((left, right) => (keys.get(left) ?? 0) - (keys.get(right) ?? 0));
        expect(read(matrix(...series), question(1, "buckets")).buckets[0]?.counts).toEqual(some);
      }),
    );
  });
});

describe("native histograms", () => {
  const native = (...buckets: [number, string, string, string][]) =>
    matrix({ metric: {}, histograms: [[at(0), { count: "9", sum: "1", buckets }]] });
  const bucketsOf = (json: unknown) => read(json, question(1, "buckets")).buckets[0];

  it("are counts between edges, with gaps as empty buckets", () => {
    expect(bucketsOf(native([0, "1", "2", "3"], [0, "4", "8", "2"]))).toEqual({
      bounds: [1, 2, 4, 8],
      counts: [0, 3, 0, 2, 0],
    });
    expect(
      bucketsOf(native([0, "-2", "-1", "1"], [3, "-0.001", "0.001", "4"], [0, "8", "+Inf", "2"])),
    ).toEqual({
      bounds: [-2, -1, -0.001, 0.001, 8],
      counts: [0, 1, 0, 4, 0, 2],
    });
  });

  it.each<[number, string, string, string][]>([
    [[0, "-Inf", "-Inf", "1"]],
    [[0, "+Inf", "+Inf", "1"]],
    [[0, "1", "2", "+Inf"]],
    [[0, "1", "2", "1e300"]],
    [
      [0, "1", "2", "1"],
      [0, "many", "4", "1"],
    ],
  ])("%j is impossible, so the window is unknown, with a warning", (...buckets) => {
    const answer = read(native(...buckets), question(1, "buckets"));
    expect(answer.buckets).toEqual([null]);
    expect(answer.warnings).toEqual([expect.stringMatching(/^1 window has edges or counts/)]);
  });

  it("are kept as they were read, whatever edges and counts are answered", () => {
    const text = fc.oneof(fc.double().map(String), fc.constantFrom("+Inf", "-Inf", "NaN", "1e308"));
    const bucket = fc.tuple(fc.constant(0), text, text, text);
    fc.assert(
      fc.property(fc.array(bucket, { maxLength: 6 }), (some) => {
        const [read] = [bucketsOf(native(...some))];
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      }),
    );
  });

  it("without any event have counted nothing, and NaN is unknown", () => {
    const nothing = matrix({ metric: {}, histograms: [[at(0), { count: "0", sum: "0" }]] });
    expect(bucketsOf(nothing)).toEqual({ bounds: [], counts: [0] });
    expect(bucketsOf(native([0, "1", "2", "NaN"]))).toBeNull();
    const unknown = matrix({ metric: {}, histograms: [[at(0), { count: "NaN", sum: "0" }]] });
    expect(bucketsOf(unknown)).toBeNull();
  });

  it("are no number, and several are to be summed", () => {
    expect(faultOf(() => read(native(), question(1)))?.reasonCode).toBe("telemetry-wrong-form");
    const [one, other] = [
      { metric: { pod: "a" }, histograms: [] },
      { metric: { pod: "b" }, histograms: [] },
    ];
    expect(() => read(matrix(one, other), question(1, "buckets"))).toThrow(/differ in pod/);
  });
});

function faultOf(work: () => unknown): UserError | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  return undefined;
}

describe("answers of no Prometheus", () => {
  it.each([
    ["<!doctype html><title>Sign in</title>", /a page of HTML/],
    ['{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[17', /no JSON/],
    ["", /no JSON/],
    ["null", /another form/],
    ['{"status":"success"}', /another form/],
    ['{"status":"success","data":{"resultType":"string","result":[1,"x"]}}', /with a string/],
    ['{"status":"success","data":{"resultType":"matrix","result":{}}}', /a result that is no list/],
    [
      '{"status":"success","data":{"resultType":"matrix","result":[{"values":[]}]}}',
      /a series of another form/,
    ],
    ['{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":3}]}}', /no list/],
    [
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["now","1"]]}]}}',
      /a point of/,
    ],
  ])("%s", (text, message) => {
    const fault = faultOf(() => readPrometheusAnswer(text, question(1)));
    expect(fault?.message).toMatch(message);
    expect(fault?.reasonCode).toMatch(/^telemetry-(not-prometheus|wrong-form)$/);
  });

  it("nested without end are no answer either", () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const histogram = `[${at(0)},{"count":"1","sum":${deep}}]`;
    const text = (result: string, more = "") =>
      `{"status":"success","data":{"resultType":"matrix","result":${result}}${more}}`;
    for (const one of [
      text(deep),
      text(`[{"metric":{},"values":${deep}}]`),
      text(`[{"metric":{},"histograms":[${histogram},${histogram}]}]`),
      text("[]", `,"warnings":[${deep}]`),
    ])
      for (const form of ["value", "buckets"] as const)
        expect(() => faultOf(() => readPrometheusAnswer(one, question(3, form)))).not.toThrow();
  });

  it("never end in anything but an answer or a UserError", () => {
    const forms = fc.constantFrom<TelemetryQuestion["form"]>("value", "buckets");
    const point = fc.tuple(fc.oneof(fc.double(), fc.constant(at(0))), fc.oneof(fc.string(), fc.jsonValue()));
    const one = fc.record({
      metric: fc.dictionary(fc.constantFrom("le", "pod"), fc.string()),
      values: fc.array(point),
    });
    const results = fc.oneof(fc.jsonValue(), fc.array(one));
    fc.assert(
      fc.property(fc.constantFrom("matrix", "vector", "scalar"), results, forms, (type, result, form) => {
        const fault = faultOf(() => {
          const { values, buckets } = read(success(type, result), question(3, form));
          expect(values.length + buckets.length).toBe(3);
        });
        expect(fault === undefined || fault.reasonCode.startsWith("telemetry-")).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
