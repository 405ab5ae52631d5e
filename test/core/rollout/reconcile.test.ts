import { describe, expect, test } from "vitest";
import { opened } from "../../../core/rollout/next.ts";
import type { Mark, Observed, Shape } from "../../../core/rollout/observed.ts";
import {
  abortedOnTarget,
  changedBySomebody,
  markFor,
  nextNumber,
  satisfied,
  staleWrite,
  strayPause,
  writtenPastLedger,
} from "../../../core/rollout/reconcile.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import { planFor } from "../../contracts/target-plan.ts";

const plan = planFor("v1", "v2");
const at = (share: number): Shape => ({ stable: "v1", candidate: "v2", share });
const back: Shape = { stable: "v1", candidate: null, share: 0 };

function mark(number: number, from: Shape, to: Shape, fencing = 1, rollout = plan.rollout): Mark {
  return { rollout, fencing, number, from, to };
}
function seen(shape: Shape, left: Mark | null, more: Partial<Observed> = {}): Observed {
  return {
    ...shape,
    settled: true,
    ready: true,
    paused: false,
    mark: left,
    handsOff: null,
    faults: [],
    ...more,
  };
}
/** Share 10 was reached under number 2. */
const standing: RolloutState = {
  ...opened(plan, "2026-11-21T10:00:00.000Z"),
  numbers: 2,
  reached: { kind: "share", share: 10, by: "weight" },
  reachedNumber: 2,
  left: 2,
};
const intent = { fencing: 1, at: "", since: "" };
const moving: RolloutState = {
  ...standing,
  numbers: 3,
  open: { ...intent, number: 3, effect: { kind: "share", share: 100, by: "weight" } },
};
const reachedMark = mark(2, at(0), at(10));
const movingMark = mark(3, at(10), at(100));

describe("changed by somebody", () => {
  test.each<[string, RolloutState, Observed, boolean]>([
    ["as it was left", standing, seen(at(10), reachedMark), false],
    ["another share", standing, seen(at(33), reachedMark), true],
    ["back where the effect began", standing, seen(at(0), reachedMark), true],
    ["still moving", standing, seen(at(33), reachedMark, { settled: false }), false],
    ["half-way to what was asked for", moving, seen(at(55), movingMark), false],
    ["beyond what was asked for", moving, seen({ ...at(55), stable: "v0" }, movingMark), true],
    ["without any mark", standing, seen(at(33), null), true],
    ["before the first effect", opened(plan, ""), seen(at(33), null), false],
    ["as a person said it is right", { ...standing, accepted: at(33) }, seen(at(33), reachedMark), false],
    ["as wanted, whoever did it", standing, seen(at(10), mark(1, back, at(0))), false],
  ])("%s", (_, state, observed, expected) => expect(changedBySomebody(state, observed)).toBe(expected));
});

describe("aborted on the target", () => {
  const faults = [{ code: "rollout-aborted", sentence: "Somebody aborted it." }];
  const aborted = (left: Mark | null, shape = at(0)) => seen(shape, left, { faults });
  const starting: RolloutState = {
    ...opened(plan, ""),
    numbers: 1,
    open: { ...intent, number: 1, effect: { kind: "deploy" } },
  };
  const watching: RolloutState = {
    ...standing,
    doing: { kind: "watching", step: 0, since: "", slowed: 0 },
  };
  const turned = { code: "harm", sentence: "", automatic: true, at: "" };
  const stop = (code: string) => ({ code, sentence: "", by: "", at: "" });
  test.each<[string, RolloutState, Observed, boolean]>([
    ["at a share", watching, aborted(reachedMark), true],
    ["on the way to one", { ...moving, doing: watching.doing }, aborted(movingMark), true],
    ["while it stands for a person", { ...watching, stop: stop("held") }, aborted(reachedMark), true],
    ["not at all", watching, seen(at(0), reachedMark), false],
    ["with another candidate", watching, aborted(reachedMark, { ...at(0), candidate: "v9" }), false],
    ["on the way back already", { ...watching, turned }, aborted(reachedMark), false],
    [
      "where going back would do harm",
      { ...watching, stop: stop("unsafe-back") },
      aborted(reachedMark),
      false,
    ],
    ["while it came up", starting, aborted(mark(1, back, at(0))), true],
    ["before our start", starting, aborted(null), false],
    ["before our start, which takes that back", starting, aborted(mark(1, at(0), at(0))), false],
  ])("%s", (_, state, observed, expected) => expect(abortedOnTarget(state, observed)).toBe(expected));

  test("it is no change by somebody, and no start that holds", () => {
    expect(changedBySomebody(standing, aborted(reachedMark))).toBe(false);
    expect(satisfied(plan, { kind: "deploy" }, aborted(mark(1, back, at(0))))).toBe(false);
  });
});

describe("a stale write", () => {
  const older = mark(1, back, at(0));
  test.each<[string, RolloutState, Observed, boolean]>([
    ["of an earlier effect", standing, seen(at(0), older), true],
    ["that is still under way", standing, seen(at(10), older, { settled: false }), true],
    ["that changes nothing", standing, seen(at(10), older), false],
    ["of an earlier rollout", standing, seen(back, mark(9, at(10), back, 0, "ro_ffffffffffff")), true],
    ["the last mark, with a person's change", standing, seen(at(33), reachedMark), false],
    ["an older mark that stood there before", { ...standing, left: 1 }, seen(at(0), older), false],
    ["of what is wanted next", moving, seen(at(100), movingMark), false],
  ])("%s", (_, state, observed, expected) => expect(staleWrite(state, observed, 1)).toBe(expected));
});

describe("written past the ledger", () => {
  const turned = { code: "harm", sentence: "", automatic: true, at: "" };
  test.each<[string, RolloutState, Mark, boolean]>([
    ["our own mark", standing, reachedMark, false],
    ["above the lease", standing, mark(2, at(10), back, 2), true],
    ["above every intent", standing, mark(3, at(10), back), true],
    ["above every intent, on the way back", { ...standing, turned }, mark(3, at(10), back), false],
    ["a way back under the number of another effect", moving, mark(3, at(10), back), true],
    ["a way back under the number of what was reached", standing, mark(2, at(10), back), true],
    ["the effect of its number", moving, movingMark, false],
  ])("%s", (_, state, left, expected) =>
    expect(writtenPastLedger(state, seen(at(10), left), 1)).toBe(expected),
  );
});

test("a pause that nobody wants is told apart: late and ours, or a person's", () => {
  const freezing = { ...standing, plan: { ...plan, freezes: true }, pauses: [1] };
  const paused = (number: number) => seen(at(10), mark(number, at(10), at(10)), { paused: true });
  expect(strayPause(freezing, paused(1))).toBe("ours");
  expect(strayPause(freezing, paused(2))).toBe("somebody's");
  expect(strayPause({ ...freezing, frozen: true }, paused(2))).toBeNull();
  expect(strayPause({ ...freezing, accepted: at(10) }, paused(2))).toBe("ours");
});

test("a target paused on its way comes to rest where it was sent", () => {
  const observed = seen(at(10), movingMark, { settled: false });
  expect(markFor(plan, { kind: "pause" }, 1, 4, observed).to).toEqual(at(100));
  expect(markFor(plan, { kind: "pause" }, 1, 4, seen(at(10), movingMark)).to).toEqual(at(10));
});

test("what is turned round while it moves may come to rest anywhere on its way", () => {
  const observed = seen(back, mark(1, back, at(0)), { settled: false });
  const round = markFor(plan, { kind: "restore" }, 1, 3, observed);
  expect(round).toMatchObject({ from: at(0), to: back });
  expect(changedBySomebody(standing, seen(at(0), round))).toBe(false);
  expect(changedBySomebody(standing, seen(at(33), round))).toBe(true);
});

test("an undoing that came no farther than its mark is gone on with", () => {
  const undoing: RolloutState = {
    ...standing,
    numbers: 3,
    open: { ...intent, number: 3, effect: { kind: "share", share: 10, by: "weight" } },
  };
  expect(staleWrite(undoing, seen(at(0), mark(3, at(0), at(10))), 1)).toBe(true);
  expect(staleWrite(undoing, seen(at(10), mark(3, at(0), at(10))), 1)).toBe(false);
  expect(staleWrite(undoing, seen(at(33), mark(3, at(0), at(10))), 1)).toBe(false);
});

test("numbers rise above marks that no intent stands for", () => {
  expect(nextNumber(standing, seen(at(10), reachedMark))).toBe(3);
  expect(nextNumber(standing, seen(at(10), mark(7, at(10), back)))).toBe(8);
});

test("traffic goes to nobody who is not ready, but for the way back", () => {
  const share = { kind: "share", share: 10, by: "weight" } as const;
  expect(satisfied(plan, share, seen(at(10), reachedMark, { ready: false }))).toBe(false);
  expect(satisfied(plan, { kind: "restore" }, seen(back, reachedMark, { ready: false }))).toBe(true);
});
