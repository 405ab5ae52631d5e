import { describe, expect, test } from "vitest";
import type { Asked } from "../../../../core/analysis/rules/guardrails.ts";
import { momentOf } from "../../../../core/analysis/rules/held.ts";
import { sharedFault } from "../../../../core/analysis/rules/shared-fault.ts";
import { strictestDemand } from "../../../../core/analysis/rules/strictest.ts";
import { errors, type Known, rulesOf, watched } from "./rollout.ts";

const holds = { beganWithinSeconds: 300, afterStep: "hold" } as const;
const takesBack = { beganWithinSeconds: 300, afterStep: "rollback" } as const;
const at = (window: number) => momentOf({ window, endSeconds: window * 120, lengthSeconds: 120 });
const asked = (own: number, baseline: number | undefined, action: Asked["action"] = "rollback"): Asked => ({
  rule: "errors",
  action,
  open: false,
  crashLoop: false,
  began: at(own),
  ...(baseline === undefined ? {} : { baselineBegan: at(baseline) }),
  sentence: "Errors are many.",
});

describe("a breach of both arms", () => {
  test.each<[string, Asked, number[], typeof holds | typeof takesBack, string, string]>([
    ["before any step", asked(3, 3), [], takesBack, "hold", "shared-fault"],
    ["before the only step", asked(3, 3), [360], takesBack, "hold", "shared-fault"],
    ["in the window of a step", asked(3, 3), [300], takesBack, "rollback", "shared-fault-after-step"],
    ["just after a step", asked(3, 3), [240], takesBack, "rollback", "shared-fault-after-step"],
    ["at the end of policy's time", asked(6, 6), [300], takesBack, "rollback", "shared-fault-after-step"],
    ["after policy's time", asked(6, 6), [299], takesBack, "hold", "shared-fault"],
    ["after a step, where policy holds", asked(3, 3), [240], holds, "hold", "shared-fault-after-step"],
    ["that the baseline had before the step", asked(6, 2), [600], takesBack, "hold", "shared-fault"],
    ["that the baseline had first", asked(6, 3), [240], takesBack, "rollback", "shared-fault-after-step"],
    // The steps that came after it began did not cause it, in whatever order they are told.
    ["with steps since", asked(9, 9), [1200, 60, 1300], takesBack, "hold", "shared-fault"],
    [
      "after the nearest of several steps",
      asked(9, 9),
      [900, 60],
      takesBack,
      "rollback",
      "shared-fault-after-step",
    ],
    ["of a rule that only holds", asked(3, 3, "hold"), [240], takesBack, "hold", "shared-fault-after-step"],
  ])("%s", (_, breach, steps, policy, action, reason) => {
    expect(sharedFault(breach, steps, policy)).toMatchObject({ action, reason_code: reason, page: true });
  });

  test("says since when and how long after which step", () => {
    expect(sharedFault(asked(6, 3), [200], takesBack)).toMatchObject({
      began_at_window: 3,
      sentence:
        "The baseline breaks errors as well, since window 3, 40s after the last step before it: our step may have done this to both.",
    });
    expect(sharedFault(asked(3, 3), [], holds)?.sentence).toBe(
      "The baseline breaks errors as well, since window 3, before any step: a person has to look at what both share.",
    );
  });

  test.each<[string, Asked]>([
    ["one arm alone", asked(3, undefined)],
    ["a rule that slows", asked(3, 3, "slow")],
    ["a rule that waits for data", { ...asked(3, 3, "hold"), open: true }],
  ])("is none of %s", (_, breach) => {
    expect(sharedFault(breach, [240], takesBack)).toBeUndefined();
  });
});

describe("all rules of a window together", () => {
  const demand = (...all: Asked[]) => strictestDemand(all, [], holds);
  const open: Asked = { ...asked(1, undefined, "hold"), rule: "open", open: true };

  test("ask for nothing where none applies", () => expect(demand()).toBeUndefined());

  test.each<[string, Asked[], string, string]>([
    ["a rollback before a hold", [asked(1, undefined, "hold"), asked(1, undefined)], "rollback", "guardrail"],
    ["a hold before a slow", [asked(1, undefined, "slow"), open], "hold", "no-data"],
    ["a rule that applies before one that waits", [open, asked(1, undefined, "hold")], "hold", "guardrail"],
    [
      "what the candidate alone breaks before what both do",
      [asked(1, 1), asked(1, undefined)],
      "rollback",
      "guardrail",
    ],
    ["a fault of both before what waits", [open, asked(1, 1)], "hold", "shared-fault"],
    ["a crash loop by its name", [{ ...asked(1, undefined), crashLoop: true }], "rollback", "crash-loop"],
  ])("%s", (_, all, action, reason) => {
    expect(demand(...all)).toMatchObject({ action, reason_code: reason });
  });
});

describe("an outage of what both arms share, window by window", () => {
  const rules = rulesOf('rule "errors": when canary.error_rate > 5% for 3m then rollback');
  const good = errors(0.01, 0.01);
  const down = errors(0.6, 0.55);
  const actions = (windows: Known[], steps: number[]) =>
    watched(rules, windows).map((one) => strictestDemand(one.asked, steps, takesBack)?.reason_code);

  test("holds where it began without us", () => {
    expect(actions([good, good, good, good, down, down], [0])).toEqual([
      ...Array.from({ length: 5 }, () => undefined),
      "shared-fault",
    ]);
  });
  test("is taken back where it began with our step", () => {
    expect(actions([good, good, down, down], [0, 240]).at(-1)).toBe("shared-fault-after-step");
  });
  test("is the candidate's own once the baseline has recovered", () => {
    expect(actions([down, down, errors(0.6, 0.01)], [-1000])).toEqual([
      undefined,
      "shared-fault",
      "guardrail",
    ]);
  });
});
