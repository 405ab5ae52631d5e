import { readdirSync, readFileSync } from "node:fs";
import * as fc from "fast-check";
import * as z from "zod";
import { type Verdict, verdict } from "../../../../core/analysis/verdict.ts";
import { hostileText } from "../hostile.ts";

const folder = new URL("../../../fixtures/verdicts/", import.meta.url);

export const verdictNames = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length))
  .sort();

export function verdictFixture(name: string): Verdict {
  return verdict.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));
}

/** The parts of JSON Schema that the verdict's shape uses; anything else is an error, so that nothing is left out. */
const node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

const extremes = [0, -0, 1e-300, 5e-324, 0.001, 0.5, 1, 99.5, 1e9, -1e9, 1e15, 1e300, Number.MAX_VALUE];

function arbitraryOf(schema: unknown): fc.Arbitrary<unknown> {
  const { type, anyOf, properties, required = [], items, minimum, maximum, ...more } = node.parse(schema);
  if ("const" in more) return fc.constant(more.const);
  if (more.enum) return fc.constantFrom(...more.enum);
  if (anyOf) return fc.oneof(...anyOf.map(arbitraryOf));
  if (Array.isArray(type))
    return fc.oneof(...type.map((one) => arbitraryOf({ minimum, maximum, type: one })));
  switch (type) {
    case "object": {
      const fields: Record<string, fc.Arbitrary<unknown>> = {};
      for (const [key, value] of Object.entries(properties ?? {})) fields[key] = arbitraryOf(value);
      return fc.record(fields, { requiredKeys: required, noNullPrototype: true });
    }
    case "array":
      return fc.array(arbitraryOf(items), { maxLength: 6 });
    case "string":
      return hostileText;
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "integer":
      return fc.oneof(
        fc.integer({ min: minimum ?? -1000, max: Math.min(maximum ?? 1000, 1000) }),
        fc.maxSafeInteger().map((value) => Math.max(minimum ?? value, value)),
      );
    case "number":
      return fc
        .oneof(
          fc.constantFrom(...extremes),
          fc.double({ min: -1e3, max: 1e3, noNaN: true }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
        )
        .map((value) => Math.min(maximum ?? value, Math.max(minimum ?? value, value)));
    default:
      throw new Error(
        `The verdict's shape has a part that no verdict is made for: ${JSON.stringify(schema)}`,
      );
  }
}

/** Any document that the schema lets through, with hostile text wherever there is text. */
export const arbitraryVerdict: fc.Arbitrary<Verdict> = arbitraryOf(z.toJSONSchema(verdict)).map((document) =>
  verdict.parse(document),
);

/** What a number becomes that nobody looked at. */
export const noNumber = /\bNaN\b|Infinity|\bundefined\b|\[object/u;
