import type { ArmName } from "../../backtest/arms.ts";
import type { Figure } from "../../backtest/intervals.ts";
import type { Measure } from "../../backtest/measure.ts";
import type { Against, Backtest, Criterion, VerdictWord } from "../../backtest/shape.ts";
import { counted, grouped, listed } from "../numbers.ts";

/** What a backtest found in words, the same for every medium. */

export const armWords: Record<ArmName, string> = {
  new: "new model",
  old: "old model",
  heuristic: "heuristic",
  "lines-added": "lines added",
};

export const verdictWords: Record<VerdictWord, string> = {
  better: "Better",
  unsure: "Not shown",
  worse: "Worse",
};

type Kind = "area" | "share" | "perHundred";
export const measureWords: Record<Measure, { name: string; kind: Kind; lower?: true }> = {
  auc: { name: "AUC", kind: "area" },
  pr_auc: { name: "PR-AUC", kind: "area" },
  brier: { name: "Brier", kind: "area", lower: true },
  ece: { name: "ECE", kind: "area", lower: true },
  precision_at_20: { name: "failed of the 20 riskiest", kind: "share" },
  precision_at_100: { name: "failed of the 100 riskiest", kind: "share" },
  recall_at_5_percent: { name: "failures in the riskiest 5 %", kind: "share" },
  recall_at_10_percent: { name: "failures in the riskiest 10 %", kind: "share" },
  recall_at_20_percent: { name: "failures in the riskiest 20 %", kind: "share" },
  recall_at_50_percent: { name: "failures in the riskiest 50 %", kind: "share" },
  recall_critical_at_20_percent: { name: "of critical services, in the riskiest 20 %", kind: "share" },
  recall_other_at_20_percent: { name: "of other services, in the riskiest 20 %", kind: "share" },
  recall_at_20_percent_effort: { name: "failures in 20 % of all lines", kind: "share" },
  popt: { name: "Popt, by lines read", kind: "area" },
  recall_by_bands: { name: "failures with canary or more", kind: "share" },
  recall_by_approval: { name: "failures with an approval", kind: "share" },
  unneeded_canaries_per_100: { name: "unneeded canaries per 100", kind: "perHundred", lower: true },
  unneeded_blue_greens_per_100: {
    name: "unneeded blue-greens per 100",
    kind: "perHundred",
    lower: true,
  },
  unneeded_approvals_per_100: {
    name: "unneeded approvals per 100",
    kind: "perHundred",
    lower: true,
  },
  held_up_of_well: { name: "held up, of what went well", kind: "share", lower: true },
};

/** Which stand together in a table. */
export const measures: Record<"brief" | "order" | "probability" | "policy", readonly Measure[]> = {
  brief: [
    "auc",
    "pr_auc",
    "brier",
    "ece",
    "recall_at_20_percent",
    "recall_at_20_percent_effort",
    "recall_by_bands",
    "unneeded_blue_greens_per_100",
    "unneeded_approvals_per_100",
  ],
  order: [
    "auc",
    "pr_auc",
    "precision_at_20",
    "precision_at_100",
    "recall_at_5_percent",
    "recall_at_10_percent",
    "recall_at_20_percent",
    "recall_at_50_percent",
    "recall_critical_at_20_percent",
    "recall_other_at_20_percent",
    "recall_at_20_percent_effort",
    "popt",
  ],
  probability: ["brier", "ece"],
  policy: [
    "recall_by_bands",
    "recall_by_approval",
    "unneeded_canaries_per_100",
    "unneeded_blue_greens_per_100",
    "unneeded_approvals_per_100",
    "held_up_of_well",
  ],
};

/** "0.822 (0.805 to 0.837)", "42.8 % (40.7 to 44.9)"; a difference has its sign. */
export function figureText(figure: Figure | null | undefined, kind: Kind, isDifference = false): string {
  if (!figure) return "–";
  const { value, low, high } = figure;
  const unit = kind !== "share" ? "" : isDifference ? " points" : " %";
  const show = (one: number): string => decimals(one, kind, isDifference);
  return `${show(value)}${unit}${low === null || high === null ? "" : ` (${show(low)} to ${show(high)})`}`;
}

export function valueText(figure: Figure | undefined, kind: Kind): string {
  return figureText(figure && { value: figure.value, low: null, high: null }, kind);
}

/** As many decimals in every row, so that figures below one another can be compared. */
function decimals(value: number, kind: Kind, isDifference: boolean): string {
  const text = Math.abs(kind === "share" ? 100 * value : value).toFixed(kind === "area" ? 3 : 1);
  if (Number(text) === 0) return text;
  return `${value < 0 ? "−" : isDifference ? "+" : ""}${text}`;
}

export function percent(share: number): string {
  return `${grouped(Number((100 * share).toFixed(1)))} %`;
}

export const dayText = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** The verdict, each part of it with its figures. */
export function verdictSentence({ verdict, against, arms, given, learnings, criteria }: Backtest): string {
  const rivals = against.filter(({ than }) => than !== "lines-added");
  const seen = given.find(({ arm }) => arm === "new")?.seen_share;
  const name = learnings.length > 0 ? "a model learnt this way" : "the new model";
  const own = arms.find(({ arm }) => arm === "new")?.figures.auc;
  const than = listed(rivals.map((rival) => `the ${armWords[rival.than]}`));
  const tells = "tells failures from the rest";
  const head = {
    "better-than-all": `${name} ${tells} better than ${than}`,
    "difference-unsure": `it is not shown that ${name} ${tells} better than ${than}`,
    "worse-than-heuristic": `${name} ${tells} worse than the heuristic`,
    "worse-than-old": `${name} ${tells} worse than the old model`,
    "has-seen-the-test": `${name} had been taught with ${seen == null ? "nobody knows how many" : percent(seen)} of the tested changes, so that this proves nothing`,
    "nothing-to-compare": `there is neither an old model nor a column of points or of lines added to compare ${name} with`,
  }[verdict.reason_code];
  const labels = criteria.find((one) => one.name === "labels");
  const few =
    labels?.holds === "no"
      ? ` Of ${counted(labels.figure?.value ?? 0, "change")} it is known how they went; policy asks for ${grouped(labels.limit)}, and until then a model stays in shadow.`
      : "";
  return `${capital(head)}: of a failed change and one that went well it puts the failed one first ${[`${percent(own?.value ?? 0)} of the time`, listed(against.map(differenceWords))].filter(Boolean).join(", ")}.${few}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "7.0 points more often than the heuristic (5.5 to 8.5)". */
function differenceWords({ than, figures: { auc }, seen, changes }: Against): string {
  if (auc === undefined) return `nobody knows how often ${armWords[than]}`;
  const [low, high] = [auc.low ?? auc.value, auc.high ?? auc.value];
  const side = auc.value < 0 ? -1 : 1;
  const ends = [side * low, side * high].sort((one, other) => one - other);
  const [points = "", from = "", to = ""] = [side * auc.value, ...ends].map((one) =>
    decimals(100 * one, "perHundred", false),
  );
  const chance = low <= 0 && high >= 0 ? ", which may be chance" : "";
  const flattered =
    seen && than === "old" ? `, which had learnt from changes among the ${grouped(changes)}` : "";
  const name = than === "lines-added" ? armWords[than] : `the ${armWords[than]}`;
  return `${points} points ${side < 0 ? "less" : "more"} often than ${name} (${from} to ${to}${chance}${flattered})`;
}

export const holdsWords: Record<Criterion["holds"], string> = {
  yes: "holds",
  no: "does not hold",
  unsure: "not shown",
  untold: "not told by a backtest",
};

export function criterionSentence({ name, figure, limit }: Criterion): string {
  if (name === "labels")
    return `Of ${counted(figure?.value ?? 0, "change")} it is known how they went; policy asks for ${grouped(limit)}.`;
  if (name === "releases")
    return `Policy asks for ${counted(limit, "release")} beside the model in shadow: the shadow report counts them.`;
  if (name === "false-positives")
    return `Of the changes that went well ${figureText(figure, "share")} get blue-green or an approval; policy allows ${percent(limit)}.`;
  return `In the riskiest fifth of the changes it finds ${figureText(figure, "share", true)} of the failures beside the heuristic; policy asks for no fewer.`;
}

const fewFailures = 50;

/** What was tested and how, in a few sentences. */
export function scopeSentences({ data, tested, learnings, given, quick, draws }: Backtest): string[] {
  const learnt =
    learnings.length > 0
      ? `Learnt anew ${counted(learnings.length, "time")}, each time from what was known by then, and asked about the changes that came next.`
      : "The new model was given as a file, and asked about every tested change.";
  const seen = given.map(({ arm, trained_to: last, seen_share: share }) =>
    share === null || last === null
      ? `Until when the ${armWords[arm]} was taught its file does not say: it may have seen every tested change.`
      : share === 0
        ? `The ${armWords[arm]} was taught with changes up to ${dayText(last)}: it has seen none of the tested ones.`
        : `The ${armWords[arm]} was taught with changes up to ${dayText(last)}: it has seen ${percent(share)} of the tested ones, which flatters it.`,
  );
  return [
    `${counted(tested.changes, "change")} from ${dayText(tested.from)} to ${dayText(tested.to)} were tested, of which ${grouped(tested.failures)} failed (${percent(tested.failures / tested.changes)}).${tested.failures < fewFailures ? " So few failures show large differences alone." : ""}`,
    learnt,
    ...seen,
    data.late_labels
      ? "A failure counts for learning from the day on which it came out."
      : "When it came out how a change went is not in the table, so that all labels count as known at once: expect a little less.",
    `Behind each figure, in brackets, is where it lies 19 times out of 20 when stretches of time are drawn anew ${grouped(draws)} times.${quick ? " This was a quick run: two learnings, no ablation." : ""}`,
  ];
}
