import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guardrailState, watchWindow } from "../../../../core/analysis/rules/guardrails.ts";
import { addedSeconds } from "../../../../core/analysis/rules/held.ts";
import { guardrailAnswer } from "../../../../core/analysis/verdict.ts";
import type { Truth } from "../../../../core/policy/guardrails/index.ts";
import { conditions } from "../../policy/guardrails/arbitrary-rule.ts";
import { errors, type Known, rulesOf, watched, windowAt } from "./rollout.ts";

const back = rulesOf('rule "back": when canary.error_rate > 5% for 3m then rollback');
const bad = errors(0.08, 0.01);
const good = errors(0.01, 0.01);
const noData: Known = {};
const truths = (windows: (Known | null)[], rules = back): Truth[] =>
  watched(rules, windows).map(({ answers }) => answers()[0]?.truth ?? "unknown");

describe("time", () => {
  test.each<[string, (Known | null)[], Truth[]]>([
    ["is that of the windows in a row", [bad, bad, bad], [false, true, true]],
    ["begins again after a window that is false", [bad, good, bad, bad], [false, false, false, true]],
    ["is neither added nor lost by an unknown window", [bad, noData, bad], [false, "unknown", true]],
    ["is neither added nor lost by a window that is not there", [bad, null, bad], [false, true]],
    ["never comes from unknown windows", [noData, noData, noData], ["unknown", "unknown", "unknown"]],
    [
      "is not forgiven by an outage",
      [bad, noData, noData, noData, bad],
      [false, "unknown", "unknown", "unknown", true],
    ],
    [
      "is not kept over a good window between outages",
      [bad, noData, good, noData, bad],
      [false, "unknown", false, "unknown", false],
    ],
  ])("%s", (_, windows, expected) => {
    expect(truths(windows)).toEqual(expected);
  });

  test("is told with the window in which it began and what is missing in between", () => {
    const [, , last] = watched(back, [good, bad, noData, bad].slice(1));
    expect(last?.answers()).toEqual([
      {
        name: "back",
        action: "rollback",
        truth: true,
        sentence:
          "Guardrail back applies (canary.error_rate > 5% for 3m): canary.error_rate is 8 % (baseline 1 %), since window 1 with 1 window without data in between, for 4m.",
        baseline_too: false,
        since_window: 1,
      },
    ]);
  });

  test.each<[string, string, Known, true | undefined]>([
    ["where only the baseline is missing", "canary.error_rate > 2x_baseline", errors(0.01), true],
    ["and not where the candidate is", "canary.error_rate > 2x_baseline", noData, undefined],
    [
      "nor where something else is",
      "canary.error_rate > 2x_baseline or burn_rate > 10",
      errors(0.01),
      undefined,
    ],
  ])("a rule that waits says so %s", (_, condition, known, expected) => {
    const [first] = watched(rulesOf(`rule "back": when ${condition} for 3m then rollback`), [known]);
    expect(first?.asked[0]).toMatchObject({ open: true, action: "hold" });
    expect(first?.asked[0]?.uncompared).toBe(expected);
  });

  test("that a burn rate needs is told where the store is younger", () => {
    const [first] = watched(rulesOf('rule "burns": when burn_rate > 10 for 5m then hold'), [{}]);
    expect(first?.answers()[0]?.sentence).toMatch(
      /^Guardrail burns waits for burn_rate, which this window does not have\. It is counted over the whole of 1h: .* comes by itself/,
    );
  });

  test("of a rule that does not apply yet is told, too", () => {
    const [first] = watched(back, [bad]);
    expect(first?.answers()[0]).toMatchObject({ truth: false, since_window: 1 });
    expect(first?.answers()[0]?.sentence).toBe(
      "Guardrail back does not apply yet: canary.error_rate is 8 % (baseline 1 %), since window 1, for 2m of 3m.",
    );
  });

  test("of windows that overlap counts once", () => {
    const minutes = [120, 180, 240].map((endSeconds, index) => windowAt(index + 1, bad, { endSeconds }));
    let state = watchWindow(back, windowAt(1, bad)).state;
    const held = minutes.map((window) => {
      const after = watchWindow(back, window, state);
      state = after.state;
      return after.state.candidate["canary.error_rate > 5%"]?.seconds;
    });
    expect(held).toEqual([120, 180, 240]);
  });

  test("goes on from a state that was written down", () => {
    const whole = watched(back, [bad, bad, noData, bad]);
    const first = watchWindow(back, windowAt(1, bad));
    const read = guardrailState.parse(JSON.parse(JSON.stringify(first.state)));
    const after = watchWindow(back, windowAt(2, bad), read);
    expect([after.state, after.asked, after.answers()]).toEqual([
      whole[1]?.state,
      whole[1]?.asked,
      whole[1]?.answers(),
    ]);
  });

  test.each<[string, Partial<ReturnType<typeof windowAt>>]>([
    ["a second copy of the window", {}],
    ["a clock that was set back", { endSeconds: 60 }],
    ["an end that is no number", { endSeconds: Number.NaN }],
    ["a length of nothing", { endSeconds: 300, lengthSeconds: 0 }],
  ])("is not counted of %s, with a warning", (_, more) => {
    const before = watchWindow(back, windowAt(1, bad));
    const again = watchWindow(back, windowAt(1, bad, more), before.state);
    expect(again.state).toEqual(before.state);
    expect(again.answers()[0]?.truth).toBe(false);
    expect(again.warnings).toEqual([expect.stringContaining("its time is not counted")]);
  });

  test("is not that of windows which are not there", () => {
    const [, last] = watched(back, [bad, null, null, null, bad]);
    expect(last?.state.candidate["canary.error_rate > 5%"]).toMatchObject({ seconds: 240, since: 0 });
  });

  test("of the first window needs a length, and is none without one", () => {
    const first = watchWindow(back, windowAt(1, bad, { endSeconds: Number.NaN }));
    expect(first.answers()[0]?.truth).toBe(false);
    expect(first.state.last_end).toBeNull();
    expect(addedSeconds({ window: 1, endSeconds: 5, lengthSeconds: Number.NaN }, null)).toBeUndefined();
    expect(addedSeconds({ window: 1, endSeconds: 5, lengthSeconds: 60 }, null)).toBe(60);
  });

  test("of conditions that are gone from the policy is dropped", () => {
    const before = watchWindow(back, windowAt(1, bad)).state;
    const after = watchWindow(rulesOf('rule "x": when burn_rate > 1 then slow'), windowAt(2, bad), before);
    expect(after.state.candidate).toEqual({});
  });
});

describe("what is asked for", () => {
  const asks = (rule: string, known: Known, measured?: (name: string) => boolean) =>
    watchWindow(rulesOf(rule), windowAt(1, known, measured && { measured }));

  test.each<[string, Known, string | undefined, boolean]>([
    ["canary.error_rate > 5% then rollback", bad, "rollback", false],
    ["canary.error_rate > 5% then hold", bad, "hold", false],
    ["canary.error_rate > 5% then slow", bad, "slow", false],
    ["canary.error_rate > 5% then rollback", good, undefined, false],
    ["canary.error_rate > 5% then rollback", noData, "hold", true],
    ["canary.error_rate > 5% then hold", noData, "hold", true],
    ["canary.error_rate > 5% then slow", noData, "slow", true],
    ['canary.error_rate > 5% then notify "look"', noData, undefined, false],
    ['canary.error_rate > 5% then notify "look"', bad, undefined, false],
    // A baseline of zero is a baseline, one that nobody measured is not.
    ["canary.error_rate > 2x_baseline then rollback", errors(0.001, 0), "rollback", false],
    ["canary.error_rate > 2x_baseline then rollback", errors(0, 0), undefined, false],
    ["canary.error_rate > 2x_baseline then rollback", errors(0.5), "hold", true],
    [
      "canary.error_rate > 2x_baseline and canary.error_rate > 1% then rollback",
      errors(0.001, 0),
      undefined,
      false,
    ],
    ["canary.error_rate > 5% then rollback", errors(Number.NaN, 0.01), "hold", true],
    ["canary.success_rate < 95% then rollback", bad, "rollback", false],
    ["canary.error_rate > 5% then rollback", { "canary.success_rate": 0.9 }, "rollback", false],
  ])("%s", (rule, known, action, open) => {
    const { asked } = asks(`rule "r": when ${rule}`, known);
    expect(asked.map((one) => [one.action, one.open])).toEqual(action === undefined ? [] : [[action, open]]);
  });

  test("a note is sent while its rule applies", () => {
    const rule = 'rule "late": when elapsed > 2h then notify "two hours"';
    expect(asks(rule, { elapsed: 7300 }).notes).toEqual(["two hours"]);
    expect(asks(rule, { elapsed: 100 }).notes).toEqual([]);
  });

  test("a rule that no query can answer holds nothing up and is warned of", () => {
    const rule = 'rule "tail": when canary.latency_p99 > 3.0s and burn_rate > 1 then rollback';
    const blind = asks(rule, { burn_rate: 2 }, (name) => name === "burn_rate");
    expect(blind.asked).toEqual([]);
    expect(blind.answers()[0]?.truth).toBe("unknown");
    expect(blind.warnings).toEqual([
      "1 guardrail watches nothing (tail), for no query measures canary.latency_p99. Add what is missing to queries.yaml, or take the rule out of the policy.",
    ]);
    expect(blind.answers()[0]).toMatchObject({ unmeasured: true });
    const waiting = asks(rule, {}, (name) => name === "burn_rate");
    expect(waiting.asked).toMatchObject([{ action: "hold", open: true }]);
    expect(waiting.warnings).toEqual([]);
  });

  test("several that nothing measures are one warning", () => {
    const rules =
      'rule "loop": when canary.crash_loops > 0 for 1m then rollback\nrule "again": when canary.crash_loops > 0 then rollback\nrule "tail": when canary.latency_p99 > 3.0s then hold\n';
    expect(asks(rules, {}, () => false).warnings).toEqual([
      "3 guardrails watch nothing (loop, again and tail), for no query measures canary.crash_loops and canary.latency_p99. Add what is missing to queries.yaml, or take the rules out of the policy.",
    ]);
  });

  test("errors are measured where successes are", () => {
    const rule = 'rule "r": when canary.error_rate > 5% then rollback';
    expect(asks(rule, {}, (name) => name === "canary.success_rate").asked).toMatchObject([{ open: true }]);
  });

  test("rules of the decision are not asked again", () => {
    expect(asks('rule "d": when risk_score > 70 then block', {}).answers()).toEqual([]);
  });
});

describe("the baseline is asked the same", () => {
  const both = errors(0.08, 0.07);
  const baselineTooAfter = (rule: string, windows: Known[]) =>
    watched(rulesOf(`rule "r": when ${rule} then rollback`), windows)
      .at(-1)
      ?.answers()[0]?.baseline_too;

  test.each<[string, Known[], boolean | undefined]>([
    ["canary.error_rate > 5%", [both], true],
    ["canary.error_rate > 5%", [bad], false],
    ["canary.error_rate > 5%", [errors(0.08)], undefined],
    ["canary.error_rate > 5% for 3m", [both, both], true],
    // The baseline has to hold for as long, by its own count.
    ["canary.error_rate > 5% for 3m", [bad, both], false],
    ["canary.error_rate > 5% for 3m", [bad, both, both], true],
    // What compares with the baseline says nothing of the baseline alone, however it is written.
    ["canary.error_rate > 2x_baseline", [errors(0.5, 0.1)], undefined],
    ["canary.error_rate >= 1x_baseline", [both], undefined],
    ["not canary.success_rate >= 0.99x_baseline", [both], undefined],
    ["canary.error_rate > 2x_baseline and canary.error_rate > 5%", [errors(0.5, 0.1)], undefined],
    ["canary.error_rate > 2x_baseline or canary.error_rate > 5%", [errors(0.5, 0.1)], true],
    // What is of the whole service or of the rollout says nothing of an arm.
    ["burn_rate > 10", [{ burn_rate: 20 }], undefined],
    ["error_budget_left < 5%", [{ error_budget_left: 0 }], undefined],
    ["weight > 5%", [{ weight: 50 }], undefined],
    ["weight > 5% and canary.error_rate > 5%", [{ ...both, weight: 50 }], true],
    ['env == "prod" and canary.error_rate > 5%', [{ ...both, env: "production" }], true],
    ["burn_rate > 10 and canary.error_rate > 5%", [{ ...both, burn_rate: 20 }], undefined],
  ])("%s", (rule, windows, expected) => {
    expect(baselineTooAfter(rule, windows)).toBe(expected);
  });

  test("and each arm's beginning is known", () => {
    const [, , last] = watched(back, [bad, both, both]);
    expect(last?.asked[0]).toMatchObject({
      began: { since_window: 1, since: 0, since_end: 120 },
      baselineBegan: { since_window: 2, since: 120, since_end: 240 },
    });
  });
});

describe("for every condition and every series", () => {
  const value = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
  const series = fc.array(
    fc.record({ "canary.error_rate": value, burn_rate: value, "canary.saturation": value }),
    { minLength: 1, maxLength: 8 },
  );
  const known = (window: Record<string, number | undefined>): Known =>
    Object.fromEntries(
      Object.entries(window).flatMap(([name, one]) => (one === undefined ? [] : [[name, one]])),
    );
  const rule = conditions("rollout").map((condition) => [
    {
      ...back[0],
      name: "r",
      condition,
      action: { kind: "rollback" as const },
      phase: "rollout" as const,
      line: 1,
      column: 1,
    },
  ]);

  test("answers fit the document, the state can be read again and time is at most that of the windows", () => {
    fc.assert(
      fc.property(rule, series, (rules, windows) => {
        for (const { answers, state } of watched(rules, windows.map(known))) {
          for (const answer of answers()) expect(guardrailAnswer.safeParse(answer).success).toBe(true);
          expect(guardrailState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
          for (const { seconds } of Object.values(state.candidate))
            expect(seconds).toBeLessThanOrEqual(windows.length * 120);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("an unknown window between two others neither triggers nor resets", () => {
    const one = fc.constantFrom(bad, good);
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), fc.nat(), (windows, place) => {
        const at = place % (windows.length + 1);
        const holed = [...windows.slice(0, at), noData, ...windows.slice(at)];
        const answered = truths(holed).filter((truth) => truth !== "unknown");
        expect(answered).toEqual(truths(windows));
      }),
    );
  });
});
