import { expect, test } from "vitest";
import { type Learnt, type Worth, worthProposing } from "../../../core/learning/worth.ts";

const model = (to: string, auc: number | null, data = to): Learnt => ({
  trained: { rows: 100, failures: 20, from: "2024-01-01", to, data },
  ...(auc === null
    ? {}
    : { proof: { rows: 30, failures: 9, auc, auc_low: 0.5, auc_high: 0.9, brier: 0.1, ece: 0.02 } }),
});
const merged = model("2026-05-01T00:00:00Z", 0.7);

test.each<[string, Learnt, Learnt | undefined, Worth["because"]]>([
  ["the first one", model("2026-05-01T00:00:00Z", null), undefined, "first"],
  ["one of newer changes", model("2026-06-01T00:00:00Z", 0.6), merged, "newer"],
  ["one that does better on the same", model("2026-05-01T00:00:00Z", 0.71), merged, "better"],
  [
    "one that could be tried, for one that could not",
    model("2026-05-01T00:00:00Z", 0.6),
    model("2026-05-01T00:00:00Z", null),
    "better",
  ],
  ["the same one", model("2026-05-01T00:00:00Z", 0.7), merged, "same-data"],
  ["an older one that does no better", model("2026-04-01T00:00:00Z", 0.7), merged, "no-better"],
  ["one that could not be tried", model("2026-05-01T00:00:00Z", null, "other"), merged, "no-better"],
])("%s", (_, learnt, before, because) => {
  const propose = !["same-data", "no-better"].includes(because);
  expect(worthProposing(learnt, before)).toEqual({ propose, because });
});
