import * as fc from "fast-check";
import sax from "sax";
import { describe, expect, test } from "vitest";
import type { MetricVerdict, MetricWindow } from "../../../../core/analysis/verdict.ts";
import { effectPlot } from "../../../../core/render/verdict/plots/effect.ts";
import { evidencePlot } from "../../../../core/render/verdict/plots/evidence.ts";
import type { Drawing } from "../../../../core/render/verdict/plots/frame.ts";
import { seriesPlot } from "../../../../core/render/verdict/plots/series.ts";
import { metricPlot, metricPlots, plotSvg } from "../../../../core/render/verdict/plots/svg.ts";
import { displayWidth } from "../../../../core/render/width.ts";
import { hostileText } from "../hostile.ts";
import { arbitraryVerdict, noNumber, verdictFixture, verdictNames } from "./fixtures.ts";

type Element = { name: string; attributes: Record<string, unknown>; text: string };

function elementsOf(svg: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = sax.parser(true);
  parser.onopentag = ({ name, attributes }) => {
    const element = { name, attributes, text: "" };
    elements.push(element);
    open.push(element);
  };
  parser.ontext = (text) => {
    for (const element of open) if (element.name === "text") element.text += text.trim();
  };
  parser.onclosetag = () => open.pop();
  parser.onerror = (error) => {
    throw error;
  };
  parser.write(svg).close();
  return elements;
}

const allowed = new Set([
  ...["svg", "title", "desc", "style", "rect", "text", "tspan", "line", "g", "circle", "polyline", "polygon"],
]);

type Box = { text: string; left: number; right: number; top: number; bottom: number };

/** Where letters stand, in a font of usual width. */
function boxesOf(elements: readonly Element[]): Box[] {
  return elements
    .filter(({ name }) => name === "text")
    .map(({ attributes, text }) => {
      const isTitle = attributes.class === "av-title";
      const width = displayWidth(text) * (isTitle ? 7.4 : 6.2);
      const x = Number(attributes.x);
      const anchor = attributes["text-anchor"];
      const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
      const y = Number(attributes.y);
      return { text, left, right: left + width, top: y - 9, bottom: y + 2 };
    });
}

function overlaps(boxes: readonly Box[]): string[] {
  return boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter(
        (other) =>
          one.left < other.right &&
          other.left < one.right &&
          one.top < other.bottom &&
          other.top < one.bottom,
      )
      .map((other) => `${one.text} / ${other.text}`),
  );
}

/** Letters apart from each other and, like everything that is drawn, within the picture. */
function expectTidy(drawing: Drawing): Element[] {
  const svg = plotSvg(drawing);
  expect(svg).not.toMatch(noNumber);
  const elements = elementsOf(svg);
  const boxes = boxesOf(elements);
  expect(overlaps(boxes)).toEqual([]);
  for (const { left, right, top, bottom, text } of boxes) {
    expect(left, text).toBeGreaterThanOrEqual(0);
    expect(right, text).toBeLessThanOrEqual(drawing.width + 1);
    expect(top, text).toBeGreaterThanOrEqual(0);
    expect(bottom, text).toBeLessThanOrEqual(drawing.height);
  }
  return elements;
}

function model(): MetricVerdict {
  const [deciding] = verdictFixture("promote").metrics;
  if (!deciding) throw new Error("The fixture has no metric.");
  return deciding;
}

type Made = { count: number; scale: number; unit?: MetricVerdict["unit"]; worse?: MetricVerdict["worse"] };

function made({ count, scale, unit = "seconds", worse = "higher" }: Made): MetricVerdict {
  const windows = Array.from({ length: count }, (_, index): MetricWindow => {
    const leftOut = index % 17 === 3 ? "missing" : index % 50 === 0 && count > 1 ? "warm-up" : undefined;
    const wave = Math.sin(index * 7) / 20;
    const known = { window: index + 1, baseline: scale, candidate: scale * (1.1 + wave) };
    const half = 30 / Math.sqrt(index + 1);
    if (leftOut === "missing")
      return {
        ...known,
        baseline: null,
        candidate: null,
        evidence: null,
        effect: null,
        lower: null,
        upper: null,
        left_out: leftOut,
      };
    return {
      ...known,
      evidence: (index + 1) * (6 / count),
      effect: 10 + wave,
      lower: 10 - half,
      upper: 10 + half,
      ...(leftOut ? { left_out: leftOut } : {}),
    };
  });
  return {
    ...model(),
    unit,
    worse,
    effect: { unit: "percent", estimate: 10, lower: 5, upper: 15, margin: 5 },
    evidence: { value: 6, boundary: 5.3, crossed_at: count },
    windows,
  };
}

const weights = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => [1, 5, 10, 25, 50, 100][Math.floor((index * 6) / count)] ?? null,
  );

describe.each([1, 2, 5, 30, 300])("%i windows", (count) => {
  describe.each([320, 400, 720])("on %i pixels", (width) => {
    test.each([
      [0, "share"],
      [0.0071, "share"],
      [0.231, "seconds"],
      [1e9, "number"],
      [1e9, "bytes"],
      [1e300, "milliseconds"],
    ] as const)("values about %d as %s", (scale, unit) => {
      for (const worse of ["higher", "lower", "either"] as const) {
        const metric = made({ count, scale, unit, worse });
        for (const plot of metricPlots(metric, "2 min", { width, weights: weights(count) })) expectTidy(plot);
      }
    });
  });
});

describe.each(verdictNames)("%s", (name) => {
  test("every plot is tidy, says what it shows, and asks for nothing from outside", () => {
    for (const metric of verdictFixture(name).metrics) {
      for (const plot of metricPlots(metric, "2 min")) expectTidy(plot);
      const svg = plotSvg(metricPlot(metric, "2 min"));
      const [root, title, description] = elementsOf(svg);
      expect(root?.attributes).toMatchObject({ role: "img", "aria-labelledby": "av-title av-description" });
      expect([title?.attributes.id, description?.attributes.id]).toEqual(["av-title", "av-description"]);
      expect(svg).toContain("@media (prefers-color-scheme:dark)");
      expect(svg).not.toMatch(/url\(|href|@import|@font-face/u);
    }
  });
});

const pointsOf = (elements: readonly Element[], kind: string) =>
  elements.filter(({ attributes }) => String(attributes.class).split(" ").includes(kind));

test("a window that nobody measured interrupts both lines and has a band of its own", () => {
  const elements = expectTidy(seriesPlot(made({ count: 6, scale: 1 }), "2 min"));
  const lines = elements.filter(({ name }) => name === "polyline");
  expect(lines.map(({ attributes }) => String(attributes.points).split(" ").length)).toEqual([3, 2, 3, 2]);
  expect(pointsOf(elements, "av-gone")).toHaveLength(1);
  expect(pointsOf(elements, "av-warm")).toHaveLength(1);
  expect(pointsOf(elements, "av-hollow")).toHaveLength(2);
});

test("the crossing is marked at its window, and only where there was one", () => {
  const metric = made({ count: 6, scale: 1 });
  const elements = expectTidy(evidencePlot(metric, "2 min"));
  const [ring] = pointsOf(elements, "av-ring");
  const dots = pointsOf(elements, "av-dot");
  expect(ring?.attributes.cx).toBe(dots.at(-1)?.attributes.cx);
  expect(elements.map(({ text }) => text).join()).toContain("crossed at window 6");
  const quiet = { ...metric, evidence: { ...metric.evidence, crossed_at: null } };
  const without = expectTidy(evidencePlot(quiet, "2 min"));
  expect(pointsOf(without, "av-ring")).toEqual([]);
});

test("harm lies above, below or on both sides of no change", () => {
  const sides = (["higher", "lower", "either"] as const).map((worse) => {
    const elements = expectTidy(effectPlot(made({ count: 6, scale: 1, worse }), "2 min"));
    const zero = Number(pointsOf(elements, "av-zero")[0]?.attributes.y1);
    return pointsOf(elements, "av-limit").map(({ attributes }) => Number(attributes.y1) < zero);
  });
  expect(sides).toEqual([[true], [false], [true, false]]);
});

test("an axis that leaves values out says so at its end", () => {
  const metric = made({ count: 30, scale: 1 });
  const texts = expectTidy(effectPlot(metric, "2 min")).map(({ text }) => text);
  expect(texts).toContain("≥ +20 %");
  expect(texts.filter((text) => text.startsWith("≤"))).toHaveLength(1);
  const windows = metric.windows.map((window) => ({ ...window, evidence: -40 }));
  const low = expectTidy(evidencePlot({ ...metric, windows }, "2 min")).map(({ text }) => text);
  expect(low.filter((text) => /^[≤≥]/u.test(text))).toHaveLength(1);
  const known = expectTidy(seriesPlot(metric, "2 min")).map(({ text }) => text);
  expect(known.filter((text) => /^[≤≥]/u.test(text))).toEqual([]);
});

test("no verdict, however strange, breaks a picture or gets an element into it", () => {
  fc.assert(
    fc.property(arbitraryVerdict, hostileText, (verdict, text) => {
      for (const metric of verdict.metrics) {
        const options = { width: 400, ...(verdict.weights ? { weights: verdict.weights } : {}) };
        for (const plot of metricPlots(metric, text, options)) {
          const names = expectTidy(plot).map((element) => element.name);
          expect(names.filter((name) => !allowed.has(name))).toEqual([]);
        }
        elementsOf(plotSvg(metricPlot(metric, text, options)));
      }
    }),
    { numRuns: 100 },
  );
});
