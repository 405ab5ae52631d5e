import { expect, test } from "vitest";
import type { Tuning } from "../../../../core/analysis/tune/tuning.ts";
import { headSentences } from "../../../../core/render/tune/words.ts";
import { wilsonInterval } from "../../../../core/stats/wilson-interval.ts";

const voice = { show: (text: string) => text, name: (text: string) => text, strong: (text: string) => text };

function tuningWith(alarms: number, of: number): Tuning {
  return {
    schema_version: 1,
    window_seconds: 120,
    rollouts: { total: of, completed: of, rolled_back: [], cut_short: [] },
    promised: 0.02,
    judges: [
      {
        judge: "sequential",
        asked: 0.02,
        policys_own: true,
        false_alarms: { alarms, of, ...wilsonInterval(alarms, of, 1.96) },
        promoted: 0,
        targets: [],
      },
    ],
    noise: [],
    unlike: [],
  };
}

test.each([
  [0, 12, /0 of 12 is 0 %, .* and 12 are too few to tell whether the promise is kept\.$/u],
  [0, 100, /which fits the promise\.$/u],
  [10, 300, /which fits the promise\.$/u],
  [30, 300, /which is above the promise\.$/u],
  // Above is above, however few there are.
  [6, 12, /which is above the promise\.$/u],
])("%d false alarms of %d past rollouts", (alarms, of, sentence) => {
  expect(headSentences(tuningWith(alarms, of), voice).at(-1)).toMatch(sentence);
});
