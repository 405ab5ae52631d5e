import type { Figures } from "../../backtest/intervals.ts";
import type { Measure } from "../../backtest/measure.ts";
import type { Backtest } from "../../backtest/shape.ts";
import type { SuggestedStep, Suggestion } from "../../backtest/suggest.ts";
import { counted, grouped } from "../numbers.ts";
import type { Voice } from "../sentences.ts";
import { armWords, dayText, figureText, measureWords, percent, valueText } from "./words.ts";

/** Tables for every medium; a heading may begin with its alignment, as Markdown's do here. */
/** With its decimals, so that shares below one another can be compared. */
const share = (value: number): string => valueText({ value, low: null, high: null }, "share");

export type TextTable = { headings: string[]; rows: string[][] };

/**
 * One row a measure that anything is known of, one column an arm of which anything is, and the differences; narrow, only
 * those have intervals.
 */
export function measureTable(
  { arms, against }: Backtest,
  names: readonly Measure[],
  narrow = false,
): TextTable {
  const isKnown = ({ figures }: { figures: Figures }): boolean => names.some((name) => figures[name]);
  const own = arms.filter(isKnown);
  const beside = against.filter((one) => one.than !== "lines-added" && isKnown(one));
  return {
    headings: [
      "",
      ...own.map(({ arm }) => `--: ${armWords[arm]}`),
      ...beside.map(({ than }) => `--: new − ${than}`),
    ],
    rows: names
      .filter((name) => own.some(({ figures }) => figures[name]))
      .map((name) => {
        const { kind, name: text, lower } = measureWords[name];
        return [
          `${text}${lower ? (narrow ? " ↓" : " (less is better)") : ""}`,
          ...own.map(({ figures }) => (narrow ? valueText : figureText)(figures[name], kind)),
          ...beside.map(({ figures }) => figureText(figures[name], kind, true)),
        ];
      }),
  };
}

/** What each arm would have asked for: how many changes, and how many of them failed. */
export function bucketTable({ arms }: Backtest): TextTable {
  const own = arms.filter(({ buckets }) => buckets.length > 0);
  const ways = own[0]?.buckets.map(({ way }) => way) ?? [];
  return {
    headings: ["", ...own.map(({ arm }) => `--: ${armWords[arm]}`)],
    rows: ways.map((way) => [
      way === "approval" ? "of these with an approval" : way,
      ...own.map(({ buckets }) => {
        const all = buckets.reduce((sum, one) => sum + (one.way === "approval" ? 0 : one.changes), 0);
        const bucket = buckets.find((one) => one.way === way);
        if (bucket === undefined || all === 0) return "–";
        return `${grouped(bucket.changes)} (${share(bucket.changes / all)}), ${grouped(bucket.failures)} failed${bucket.changes > 0 ? ` (${share(bucket.failures / bucket.changes)})` : ""}`;
      }),
    ]),
  };
}

export function learningTable({ learnings }: Backtest): TextTable {
  return {
    headings: ["learnt on", "--: changes", "--: failures", "--: too new to count"],
    rows: learnings.map((one) => [
      dayText(one.at),
      grouped(one.rows),
      grouped(one.failures),
      grouped(one.too_new),
    ]),
  };
}

export function overTimeTable({ over_time: parts, arms }: Backtest): TextTable {
  return {
    headings: ["from", "to", "--: changes", "--: failed", ...arms.map(({ arm }) => `--: ${armWords[arm]}`)],
    rows: parts.map(({ from, to, changes, failures, auc }) => [
      ...[dayText(from), dayText(to), grouped(changes), grouped(failures)],
      ...arms.map(({ arm }) => figureText(auc.find((one) => one.arm === arm)?.figure, "area")),
    ]),
  };
}

export function ablationTable({ ablation }: Backtest, voice: Voice): TextTable {
  return {
    headings: ["without", "columns", "--: AUC lost"],
    rows: ablation.map(({ name, columns, lost }) => [
      name,
      some(columns, voice, 12),
      figureText(lost, "area", true),
    ]),
  };
}

export function reliabilityTable({ arms }: Backtest): TextTable {
  return {
    headings: ["", "--: changes", "--: said", "--: failed"],
    rows: arms.flatMap(({ arm, reliability }) =>
      reliability.map(({ rows, said, came, low, high }) => [
        armWords[arm],
        grouped(rows),
        share(said),
        figureText({ value: came, low, high }, "share"),
      ]),
    ),
  };
}

const mostColumns = 10;

export function stabilityTable({ stability, learnings }: Backtest, voice: Voice): TextTable {
  return {
    headings: ["share of all that is said", ...learnings.map(({ at }) => `--: ${dayText(at)}`)],
    rows: (stability?.columns ?? [])
      .slice(0, mostColumns)
      .map(({ name, shares }) => [voice.name(name), ...shares.map(share)]),
  };
}

const stepWords: Record<SuggestedStep["what"], string> = {
  canary: "canary or more, above",
  "blue-green": "blue-green, above",
  approval: "approval, from",
};

/** The thresholds of a service, a row for each scale and step. */
export function suggestionTable({ scales }: Suggestion): TextTable {
  return {
    headings: ["", "--: score", "--: of changes", "--: of failures", "--: checked on newer half"],
    rows: scales.flatMap(({ scale, steps }) =>
      steps.map(({ what, from, asked, share: given, recall, newer_half: newer }) => [
        `${scale}: ${stepWords[what]}`,
        from === null ? "none holds" : `${grouped(from)}${scale === "points" ? "" : " %"}`,
        `${figureText(given, "share")}, at most ${percent(asked)}`,
        figureText(recall, "share"),
        newer === null ? "–" : share(newer),
      ]),
    ),
  };
}

export function suggestionTitle({ service, changes, failures }: Suggestion, voice: Voice): string {
  return `${service === null ? "Whole repository" : voice.name(service)}: ${counted(changes, "tested change")}, ${grouped(failures)} failed`;
}

function some(names: readonly string[], voice: Voice, most: number): string {
  const shown = names.slice(0, most).map(voice.name);
  return names.length > most
    ? `${shown.join(", ")} and ${grouped(names.length - most)} more`
    : shown.join(", ");
}
