import * as fc from "fast-check";
import { expect, test } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { changeFacts } from "../../../core/change/facts.ts";
import { asFacts } from "../../../core/learning/as-facts.ts";
import { columnNames, columnsOf } from "../../../core/learning/columns.ts";
import { saysFix } from "../../../core/learning/words.ts";

const { weights } = shippedBundle("default");
const flags = ["db_schema", "infrastructure", "firmware", "kernel_driver", "bot"];
const derived = ["fix", "heuristic"];

test("what a model is told of a change of the past is what it learnt of it, and what was unknown stays so", () => {
  const known = columnNames.filter((name) => !derived.includes(name));
  const value = (name: string) =>
    flags.includes(name)
      ? fc.constantFrom(0, 1)
      : name === "entropy"
        ? fc.double({ min: 0, max: 1, noNaN: true })
        : fc.integer({ min: 0, max: 9999 });
  const facts = fc.record(Object.fromEntries(known.map((name) => [name, value(name)])), { requiredKeys: [] });
  fc.assert(
    fc.property(facts, fc.constantFrom("Fix the crash", "Add a page"), (given, title) => {
      const kept = Object.entries(given).flatMap(([name, one]) =>
        one === undefined ? [] : [[name, one] as const],
      );
      const sample = {
        ...{
          commit: "c0ffee",
          at: 0,
          title,
          facts: Object.fromEntries(kept),
          effort: 0,
          services: [],
          critical: null,
        },
        label: { went: "unknown" as const, because: "too-new" as const },
      };
      const told = asFacts(sample, {}, "2026-01-01");
      expect(changeFacts.safeParse(told).error).toBeUndefined();
      const { heuristic: _, ...columns } = columnsOf(told, weights);
      const expected = Object.fromEntries(known.map((name) => [name, given[name]]));
      expect(columns).toEqual({ ...expected, fix: Number(saysFix(title)) });
    }),
  );
});

test("services count with what policy says of them, and one that it does not name not at all", () => {
  const services = {
    "schema-version": 1 as const,
    services: [{ name: "shop", paths: ["shop/**"], criticality: "critical" as const }],
  };
  const sample = {
    ...{
      commit: "c0ffee",
      at: 0,
      title: "Add",
      facts: { la: 3 },
      effort: 3,
      services: ["shop", "gone"],
      critical: true,
    },
    label: { went: "unknown" as const, because: "too-new" as const },
  };
  expect(asFacts(sample, { services }, "2026-01-01").services).toMatchObject([
    { name: "shop", criticality: "critical", diff: { additions: 3 } },
  ]);
});
