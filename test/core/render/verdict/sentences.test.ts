import { expect, test } from "vitest";
import type { Verdict } from "../../../../core/analysis/verdict.ts";
import {
  baselineSentence,
  deadlineSentence,
  falseAlarmSentence,
  verdictHeadline,
} from "../../../../core/render/verdict/sentences.ts";
import { verdictFixture } from "./fixtures.ts";

const voice = { show: (text: string) => text, name: (text: string) => text, strong: (text: string) => text };
const headline = (verdict: Verdict) => verdictHeadline(verdict, voice);

test("the headline has the deciding metric, or the guardrail where one decided", () => {
  expect(headline(verdictFixture("promote"))).toBe(
    "Promote · 2.7.0 against 2.6.3 · errors 0.77 % vs 0.72 %, +0.05 ± 0.11 points · healthy 5/5",
  );
  expect(headline(verdictFixture("rollback-evidence"))).toBe(
    "Roll back · 2.7.0 against 2.6.3 · errors 1.6 % vs 0.86 %, +0.7 ± 0.5 points",
  );
  expect(headline(verdictFixture("rollback-critical"))).toMatch(/^Roll back · guardrail crash-loop: /u);
  expect(headline(verdictFixture("hold-no-data"))).toBe("Hold · errors no data");
  expect(headline(verdictFixture("shared-fault"))).toMatch(/; the baseline has it too$/u);
});

test("the headline names the versions that are known", () => {
  const { stable: _, ...fixture } = verdictFixture("promote");
  const promoted = { ...fixture, candidate: "1.5.0" };
  expect(headline(promoted)).toMatch(/^Promote · 1\.5\.0 · errors /u);
  expect(headline({ ...promoted, stable: "1.4.2" })).toMatch(/^Promote · 1\.5\.0 against 1\.4\.2 · errors /u);
});

test("a guardrail that holds of the baseline as well is not the one that decided", () => {
  const verdict = verdictFixture("rollback-critical");
  const [rule] = verdict.guardrails;
  if (!rule) throw new Error("The fixture has no guardrail.");
  const shared = { ...rule, name: "shared", baseline_too: true };
  expect(headline({ ...verdict, guardrails: [shared, rule] })).toMatch(/guardrail crash-loop/u);
});

test("without a metric the reason itself stands there", () => {
  const verdict = { ...verdictFixture("hold-no-data"), metrics: [], reason: "Nothing was asked." };
  expect(headline(verdict)).toBe("Hold · Nothing was asked.");
});

const waiting = { missing: [], deadline_window: 10, at_deadline: "slow" as const, page: false };

test.each([
  [{ at_window: 3 }, "Waits until window 10 (14:20 UTC); then it goes on more slowly."],
  [{ at_window: 10 }, "Window 10 was the deadline: it goes on more slowly."],
  [{ started_at: "yesterday" }, "Waits until window 10; then it goes on more slowly."],
  [
    { waiting: { ...waiting, page: true } },
    "Waits until window 10 (14:20 UTC); then it goes on more slowly. A person has to look now.",
  ],
])("the deadline with %o", (change, sentence) => {
  expect(deadlineSentence({ ...verdictFixture("hold-no-data"), waiting, ...change })).toBe(sentence);
});

test("where the noise and the baseline come from", () => {
  expect(falseAlarmSentence(verdictFixture("promote"))).toMatch(/learnt from 37 past rollouts\.$/u);
  expect(falseAlarmSentence(verdictFixture("hold-low-traffic"))).toMatch(/nothing was learnt yet\.$/u);
  expect(baselineSentence(verdictFixture("hold-no-data"), voice)).toBe(
    "none. The store holds no series of stable either. No better one: no-series.",
  );
});
