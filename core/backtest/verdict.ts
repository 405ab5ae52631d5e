import type { Figure } from "./intervals.ts";
import type { Rules } from "./rules.ts";
import type { Against, ArmReport, Backtest, Criterion } from "./shape.ts";

/**
 * Better where it orders changes better than weights and old model beyond doubt, worse where it is so than one of them. To
 * lose against an old model that had seen the test says nothing; to win against it does.
 */
export function verdictOf(against: readonly Against[]): Backtest["verdict"] {
  const rivals = against.filter(({ than }) => than !== "lines-added");
  if (rivals.length === 0) return { word: "unsure", reason_code: "nothing-to-compare" };
  if (rivals.some(({ seen, than }) => seen && than !== "old"))
    return { word: "unsure", reason_code: "has-seen-the-test" };
  const worse = rivals.find(({ figures, seen }) => !seen && (figures.auc?.high ?? 0) < 0);
  if (worse !== undefined)
    return { word: "worse", reason_code: worse.than === "old" ? "worse-than-old" : "worse-than-heuristic" };
  const isBetter = rivals.every(({ figures }) => (figures.auc?.low ?? 0) > 0);
  return isBetter
    ? { word: "better", reason_code: "better-than-all" }
    : { word: "unsure", reason_code: "difference-unsure" };
}

/** What policy asks for before a model decides, as far as the past can tell. */
export function criteriaOf(
  labels: number,
  arms: readonly ArmReport[],
  against: readonly Against[],
  rules: Rules,
): Criterion[] {
  const heldUp = arms.find(({ arm }) => arm === "new")?.figures.held_up_of_well ?? null;
  const recall = against.find(({ than }) => than === "heuristic")?.figures.recall_at_20_percent ?? null;
  const noFewer = recall === null ? "untold" : below(turned(recall), 0);
  return [
    {
      name: "labels",
      holds: labels >= rules.leastLabels ? "yes" : "no",
      figure: { value: labels, low: null, high: null },
      limit: rules.leastLabels,
    },
    {
      name: "false-positives",
      holds: heldUp === null ? "untold" : below(heldUp, rules.heldUpPercent / 100),
      figure: heldUp,
      limit: rules.heldUpPercent / 100,
    },
    ...(rules.recall === "any"
      ? []
      : [{ name: "recall", holds: noFewer, figure: recall, limit: 0 } satisfies Criterion]),
    { name: "releases", holds: "untold", figure: null, limit: rules.releases },
  ];
}

function below({ low, high }: Figure, limit: number): Criterion["holds"] {
  if (low === null || high === null) return "untold";
  if (high <= limit) return "yes";
  return low > limit ? "no" : "unsure";
}

function turned({ value, low, high }: Figure): Figure {
  return { value: -value, low: high === null ? null : -high, high: low === null ? null : -low };
}
