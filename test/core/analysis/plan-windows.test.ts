import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dueAt,
  planWindows,
  resumedPlan,
  startOf,
  windowEnd,
  windowsDue,
} from "../../../core/analysis/plan-windows.ts";

const question = fc.record({
  startSeconds: fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }),
  windowSeconds: fc.constantFrom(1, 2, 30, 60, 120, 300, 600, 3600),
  windows: fc.integer({ min: 1, max: 60 }),
  settleSeconds: fc.integer({ min: 0, max: 90 }),
});

describe("windows of a comparison", () => {
  it("begin at a round time, soon after the start and never before it", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const plan = planWindows(asked);
        const begins = windowEnd(plan, 0) - plan.windowSeconds;
        const round = Math.min(60, asked.windowSeconds);
        expect(begins % round).toBe(0);
        expect(begins).toBeGreaterThanOrEqual(asked.startSeconds);
        expect(begins - asked.startSeconds).toBeLessThan(300);
      }),
    );
  });

  it("are asked for once they are over and settled, one by one, and no more than are planned", () => {
    fc.assert(
      fc.property(question, fc.integer({ min: 0, max: 70 }), (asked, window) => {
        const plan = planWindows(asked);
        const due = dueAt(plan, window);
        expect(due).toBe(windowEnd(plan, window) + asked.settleSeconds);
        expect(windowsDue(plan, due)).toBe(Math.min(plan.windows, window + 1));
        expect(windowsDue(plan, due - 0.001)).toBe(Math.min(plan.windows, window));
      }),
    );
  });

  it("are none before the start, and the same again where a run goes on", () => {
    const plan = planWindows({
      startSeconds: 1_700_000_001,
      windowSeconds: 120,
      windows: 5,
      settleSeconds: 15,
    });
    expect(windowsDue(plan, 0)).toBe(0);
    expect(startOf(plan)).toBe("2023-11-14T22:14:00.000Z");
    const later = planWindows({
      startSeconds: 1_700_009_999,
      windowSeconds: 120,
      windows: 5,
      settleSeconds: 15,
    });
    expect(resumedPlan(later, startOf(plan))).toEqual(plan);
  });
});
