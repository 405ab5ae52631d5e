import type { ModelCard } from "../../../../core/learning/card.ts";
import type { ModelImpact } from "../../../../core/learning/model-impact.ts";

/** A model as a team of some years has it. */
export const card: ModelCard = {
  trained: {
    ...{ rows: 4210, failures: 412, from: "2023-02-03T09:10:00Z", to: "2026-08-20T17:01:00Z" },
    data: "9f2b7c".padEnd(64, "0"),
    ...{ head: "c0ffee".padEnd(40, "0"), prior_share: 0.062 },
  },
  proof: {
    ...{ rows: 842, failures: 79, auc: 0.7612, auc_low: 0.718, auc_high: 0.801, brier: 0.0787, ece: 0.0214 },
    ...{ lines_added_auc: 0.702, heuristic_auc: 0.689 },
  },
  features: [
    "la",
    "ld",
    "nf",
    "nd",
    "ns",
    "entropy",
    "lt",
    "ndev",
    "age",
    "nuc",
    "fix",
    "churn",
    "heuristic",
  ],
  changes: 4655,
  failures: { fixed: 301, reverted: 61, hotfixed: 28, "rolled-back": 22 },
  leftOut: { "too-new": 320, "nothing-counted": 118, disputed: 7 },
  delay: { middle: 30.2, nineOfTen: 89.7 },
  authorFacts: [],
  calibration: "line",
};

const before = { rolling: 431, canary: 58, "canary · approval": 11 };
const steps: [string, string, string, number, number][] = [
  ["Move the ledger's index into its own file", "rolling", "canary", 38, 84],
  ["Bump express from 4.18.2 to 5.0.0", "canary", "rolling", 61, 12],
  ["Retry payments that time out", "canary · approval", "blue-green · approval", 72, 99],
];

export const impact: ModelImpact = {
  asIs: { changes: 500, before, after: before, moved: [] },
  enforced: {
    ...{ changes: 500, before },
    after: { rolling: 421, canary: 57, "canary · approval": 1, "blue-green · approval": 21 },
    moved: Array.from({ length: 31 }, (_, index) => {
      const [title = "", from = "", to = "", scoreBefore = 0, scoreAfter = 0] = steps[index % 3] ?? [];
      return { subject: `${"3f9c0d1e2a4b".slice(index % 9)} ${title}`, from, to, scoreBefore, scoreAfter };
    }),
  },
};
