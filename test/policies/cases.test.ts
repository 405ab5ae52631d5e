import { describe, expect, test } from "vitest";
import { shippedBundleNames, shippedBundleWithCases } from "../../adapters/policy/shipped.ts";
import { runCases } from "../../core/decision/cases.ts";

/** The shipped policies decide what their own cases say, and the cases leave nothing of the policy out. */
describe.each(shippedBundleNames)("the cases of %s", (name) => {
  const policy = shippedBundleWithCases(name);
  const cases = policy.cases ?? { "schema-version": 1, cases: [] };
  const results = runCases(policy, cases);

  test.each(results)("$name", ({ faults }) => {
    expect(faults).toEqual([]);
  });

  test("are at least twelve, each with a name of its own", () => {
    expect(results.length).toBeGreaterThanOrEqual(12);
    expect(new Set(results.map((result) => result.name)).size).toBe(results.length);
  });

  test("name the strategy and the look-up of the band where they say so", () => {
    for (const [index, one] of cases.cases.entries()) {
      const decision = results[index]?.decision;
      const strategy = one.expect["strategy-name"];
      const bandScore = one.expect["band-score"];
      if (strategy !== undefined) expect(decision?.strategy_name, one.name).toBe(strategy);
      if (typeof bandScore === "number") expect(decision?.band_score, one.name).toBe(bandScore);
    }
  });

  test("reach every band and every override", () => {
    const names = new Set(results.map((result) => result.decision.strategy_name));
    const used = [
      ...policy.mapping.bands.map((band) => band.strategy),
      ...(policy.mapping.overrides ?? []).map((one) => one.strategy),
    ];
    for (const strategy of used) if (strategy !== undefined) expect(names).toContain(strategy);
    const gates = new Set(results.flatMap((result) => result.decision.gates.map((gate) => gate.name)));
    for (const override of policy.mapping.overrides ?? []) {
      if (override.approval !== undefined || override.block)
        expect(gates).toContain(`override:${override.name}`);
    }
  });

  test("reach every gate of the thresholds with every answer that it can give", () => {
    const answers = new Set(
      results.flatMap(({ decision }) => decision.gates.map((gate) => `${gate.name}: ${gate.verdict}`)),
    );
    const { vulnerabilities, approval, ...rest } = policy.thresholds.defaults;
    const expected = [
      ...(approval?.from === undefined ? [] : ["risk-score: approve", "risk-score: pass"]),
      `critical-vulnerabilities: ${vulnerabilities?.critical}`,
      `windows-driver: ${rest["windows-driver"]?.unproven}`,
      ...(rest["required-facts"] ?? []).map((fact) => `required-fact:${fact}: approve`),
      ...(policy.calendar?.["change-windows"]
        ? [`change-window: ${rest["change-window"]?.closed}`, "change-window: pass"]
        : []),
      ...(policy.calendar?.["peak-hours"] ? [`peak-hours: ${rest.peak?.during}`, "peak-hours: pass"] : []),
      ...(policy.calendar?.freezes ? [`freeze: ${rest.freeze?.during}`, "freeze: pass"] : []),
    ];
    for (const answer of expected) expect(answers).toContain(answer);
  });
});
