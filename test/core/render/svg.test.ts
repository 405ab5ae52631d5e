import * as fc from "fast-check";
import sax from "sax";
import { describe, expect, test } from "vitest";
import { renderSvg } from "../../../core/render/svg.ts";
import { fixture, fixtureNames } from "./fixtures.ts";
import { hostileText } from "./hostile.ts";

type Element = { name: string; attributes: Record<string, unknown> };

function elementsOf(svg: string): Element[] {
  const elements: Element[] = [];
  const parser = sax.parser(true);
  parser.onopentag = ({ name, attributes }) => elements.push({ name, attributes });
  parser.onerror = (error) => {
    throw error;
  };
  parser.write(svg).close();
  return elements;
}

const allowed = new Set(["svg", "title", "desc", "style", "rect", "text", "line", "g"]);

describe.each(fixtureNames)("%s", (name) => {
  const svg = renderSvg(fixture(name));
  const elements = elementsOf(svg);

  test("is well formed, says what it shows, and asks for nothing from outside", () => {
    expect(elements[0]?.attributes).toMatchObject({
      role: "img",
      "aria-labelledby": "ad-title ad-description",
    });
    expect(elements.slice(1, 3).map((element) => [element.name, element.attributes.id])).toEqual([
      ["title", "ad-title"],
      ["desc", "ad-description"],
    ]);
    expect(svg).toContain("@media (prefers-color-scheme:dark)");
    expect(svg).not.toMatch(/url\(|href|@import|@font-face/u);
  });

  test("draws every bar inside the picture", () => {
    const width = Number(elements[0]?.attributes.width);
    const bars = elements.filter((element) => element.name === "rect");
    for (const { attributes } of bars) {
      expect(Number(attributes.x ?? 0)).toBeGreaterThanOrEqual(0);
      expect(Number(attributes.x ?? 0) + Number(attributes.width)).toBeLessThanOrEqual(width);
    }
  });
});

test("the waterfall ends where the score's bar ends", () => {
  const bars = elementsOf(renderSvg(fixture("middle"))).filter(({ attributes }) =>
    /^ad-(?:lowers|medium)$/u.test(String(attributes.class)),
  );
  const [last, score] = bars.map(({ attributes }) => attributes);
  expect(Number(last?.x)).toBeCloseTo(Number(score?.x) + Number(score?.width), 0);
});

test("no text of a change becomes an element", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const base = fixture("middle");
      const contributors = base.contributors.map((contributor) => ({ ...contributor, sentence: text }));
      const names = elementsOf(renderSvg({ ...base, contributors })).map((element) => element.name);
      expect(names.filter((name) => !allowed.has(name))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
