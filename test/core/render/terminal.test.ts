import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderTerminal } from "../../../core/render/terminal.ts";
import { displayWidth } from "../../../core/render/width.ts";
import { fixture, fixtureNames } from "./fixtures.ts";
import { hostileText } from "./hostile.ts";

const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "gu");

describe.each(fixtureNames)("%s", (name) => {
  const decision = fixture(name);

  test.each([60, 80, 100, 120])("keeps within %i columns", (width) => {
    const lines = renderTerminal(decision, { width }).split("\n");
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
  });

  test("says the same with and without colour, and colours only when asked", () => {
    const text = renderTerminal(decision);
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    const coloured = renderTerminal(decision, { colour: true });
    expect(coloured).not.toBe(text);
    expect(coloured.replace(colours, "")).toBe(text);
  });
});

test.each([
  [10, 60],
  [Number.NaN, 80],
  [undefined, 80],
  [400, 120],
])("a width of %s is taken as %i", (given, expected) => {
  const decision = fixture("middle");
  const options = given === undefined ? {} : { width: given };
  expect(renderTerminal(decision, options)).toBe(renderTerminal(decision, { width: expected }));
});

test("no text of a change moves the cursor or widens a line", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const base = fixture("middle");
      const contributors = base.contributors.map((contributor) => ({
        ...contributor,
        sentence: text,
        value: text,
      }));
      const services = base.services.map((service) => ({ ...service, name: text }));
      const output = renderTerminal({
        ...base,
        contributors,
        services,
        notes: [text],
        unknowns: [{ name: text, worst: 1 }],
      });
      expect(output.replaceAll("\n", "")).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      expect(output.split("\n").filter((line) => displayWidth(line) > 80)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
