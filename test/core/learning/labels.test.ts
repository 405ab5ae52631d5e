import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delayOf } from "../../../core/learning/delay.ts";
import { labelsOf } from "../../../core/learning/labels.ts";
import { censorReasons, failureReasons, type Label } from "../../../core/learning/sample.ts";
import type { Word } from "../../../core/learning/word.ts";

const day = 86_400;
const change = { commit: "a", at: 100 * day, parents: ["z"], paths: ["src/a.ts"], counts: true };
const rules = { delaySeconds: 30 * day, until: 1000 * day };
const soon = { ...rules, until: 110 * day };
const word = (because: string, days: number): Word => {
  const from = { commit: "a", at: (100 + days) * day, by: because };
  const failure = failureReasons.find((reason) => reason === because);
  if (failure !== undefined) return { ...from, says: "failed", because: failure };
  const censor = censorReasons.find((reason) => reason === because);
  if (censor !== undefined) return { ...from, says: "unknown", because: censor };
  return { ...from, says: "well", because: because === "stable" ? "stable" : "deployed" };
};
/** As words: how it went, why, and from which day after the change on it counts. */
const labelled = (words: Word[], under = rules, of = change): string => {
  const [label] = labelsOf([of], words, under);
  if (label === undefined) return "";
  const known = label.went === "unknown" ? "" : ` ${label.knownAt / day - 100}`;
  return `${label.went} ${label.because}${known}`;
};

describe("a change", () => {
  test.each<[string, Word[], string]>([
    ["of which nobody says anything is well after the delay", [], "well quiet 30"],
    ["that was deployed is well after the delay", [word("deployed", 1)], "well deployed 30"],
    ["that stood counts at once", [word("stable", 3)], "well stable 3"],
    [
      "that was reverted counts no sooner than one that went well",
      [word("reverted", 2)],
      "failed reverted 30",
    ],
    ["that was fixed after the delay went well, as was known by then", [word("fixed", 31)], "well quiet 30"],
    ["that was rolled back failed from then on", [word("rolled-back", 1)], "failed rolled-back 1"],
    [
      "that was fixed and rolled back is named by the stronger reason",
      [word("fixed", 1), word("rolled-back", 2)],
      "failed rolled-back 2",
    ],
    ["that stood and was fixed later failed", [word("stable", 3), word("fixed", 9)], "failed fixed 30"],
    [
      "whose verdict was disputed counts for nothing",
      [word("rolled-back", 1), word("disputed", 2)],
      "unknown disputed",
    ],
    [
      "that was reverted for a verdict that was disputed counts for nothing",
      [word("reverted", 1), word("disputed", 2)],
      "unknown disputed",
    ],
    [
      "that was fixed after a dispute failed all the same",
      [word("disputed", 2), word("fixed", 5)],
      "failed fixed 30",
    ],
    [
      "of a release that many share counts for nothing",
      [word("shared-release", 1)],
      "unknown shared-release",
    ],
    [
      "of such a release that stood later went well",
      [word("shared-release", 1), word("stable", 6)],
      "well stable 6",
    ],
    [
      "of such a release that was fixed failed",
      [word("shared-release", 1), word("fixed", 6)],
      "failed fixed 30",
    ],
    [
      "that shared its fault counts for nothing",
      [word("deployed", 0), word("shared-fault", 1)],
      "unknown shared-fault",
    ],
  ])("%s", (_, words, expected) => {
    expect(labelled(words)).toBe(expected);
  });

  test.each<[string, Word[], string]>([
    ["is too new to be quiet", [], "unknown too-new"],
    ["is too new to be deployed only", [word("deployed", 1)], "unknown too-new"],
    ["is too new to be fixed: those that are not may be yet", [word("fixed", 1)], "unknown too-new"],
    ["counts where a rollout showed that it is bad", [word("rolled-back", 1)], "failed rolled-back 1"],
    ["counts where a rollout showed that it is good", [word("stable", 3)], "well stable 3"],
  ])("of ten days %s", (_, words, expected) => {
    expect(labelled(words, soon)).toBe(expected);
  });

  test("that counts no line, begins the history or brings a thousand files counts for nothing", () => {
    const words = [word("rolled-back", 1)];
    expect(labelled(words, rules, { ...change, counts: false })).toBe("unknown nothing-counted");
    expect(labelled(words, rules, { ...change, parents: [] })).toBe("unknown merge-of-history");
    const paths = Array.from({ length: 1000 }, (_, number) => `vendor/${number}`);
    expect(labelled(words, rules, { ...change, paths })).toBe("unknown merge-of-history");
  });
});

const anyWord = fc
  .tuple(
    fc.constantFrom(...failureReasons, "deployed", "stable", "disputed", "shared-fault", "shared-release"),
    fc.integer({ min: -5, max: 200 }),
  )
  .map(([because, days]) => word(because, days));
const labelAt = (words: Word[], until: number, delaySeconds: number): Label | undefined =>
  labelsOf(
    [change],
    words.filter(({ at }) => at <= until),
    { until, delaySeconds },
  )[0];

describe("of any words", () => {
  const cases = fc.record({
    words: fc.array(anyWord, { maxLength: 6 }),
    delay: fc.integer({ min: 1, max: 90 }),
  });

  test("a label is known neither before its change nor after the history was read", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 100, max: 400 }), ({ words, delay }, days) => {
        const until = days * day;
        const label = labelAt(words, until, delay * day);
        if (label === undefined || label.went === "unknown") return;
        expect(label.knownAt).toBeGreaterThanOrEqual(change.at);
        expect(label.knownAt).toBeLessThanOrEqual(until);
        if (label.went === "failed") expect(label.seenAt).toBeLessThanOrEqual(label.knownAt);
      }),
    );
  });

  test("what git alone tells is, once known, the same for ever", () => {
    const fromGit = fc.array(
      fc
        .tuple(fc.constantFrom("reverted", "hotfixed", "fixed"), fc.integer({ min: 0, max: 200 }))
        .map(([because, days]) => word(because, days)),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fromGit, fc.integer({ min: 1, max: 90 }), fc.nat(300), (words, delay, days) => {
        const then = labelAt(words, (100 + days) * day, delay * day);
        if (then?.went === "unknown") return;
        expect(labelAt(words, 1000 * day, delay * day)).toEqual(then);
      }),
    );
  });
});

describe("the delay", () => {
  const changes = Array.from({ length: 400 }, (_, place) => ({ commit: `c${place}`, at: place * day }));
  const fixedAfter = (days: (place: number) => number): Word[] =>
    changes.map(({ commit, at }, place) => ({
      commit,
      says: "failed",
      because: "fixed",
      by: "x",
      at: at + days(place) * day,
    }));
  const days = (words: Word[], until = 400) => delayOf(changes, words, until * day).seconds / day;

  test("is the time until nine of ten failures were known", () => {
    expect(
      days(
        fixedAfter((place) => place % 100),
        580,
      ),
    ).toBeCloseTo(89, 0);
  });
  test("is a week at least, and 90 days where too little is known to measure it", () => {
    expect(days(fixedAfter(() => 1))).toBe(7);
    expect(days([])).toBe(90);
    expect(days(fixedAfter(() => 1).slice(0, 19))).toBe(90);
  });
  test("leaves out what came out after half a year, and changes of which such a failure could not be known yet", () => {
    expect(days(fixedAfter((place) => (place < 200 ? 10 : 300)))).toBe(10);
    const quickFirst = fixedAfter((place) => (place < 220 ? 100 : 1));
    expect(days(quickFirst.filter(({ at }) => at <= 400 * day))).toBeCloseTo(100, 0);
  });
  test("goes by the first failure of a change", () => {
    expect(days([...fixedAfter(() => 100), ...fixedAfter(() => 20)])).toBe(20);
  });
});
