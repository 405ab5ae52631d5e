import { formatDuration } from "../policy/duration.ts";
import type { BaselineKind, Verdict } from "./verdict.ts";

export const baselineWishes = ["auto", "fresh", "concurrent", "same-time"] as const;
export type BaselineWish = (typeof baselineWishes)[number];

export type BaselineQuestion = {
  wish: BaselineWish;
  /** The target started the stable version anew, beside the candidate. */
  fresh: boolean;
  /** Queries tell the arms apart. */
  apart: boolean;
  /** Percent of the traffic that the candidate has, where it is known. */
  weight?: number;
  /** What the store keeps; undefined where it does not tell. */
  retentionSeconds: number | undefined;
  /** How far back the first window of the comparison begins, and how long all of it takes. */
  lengthSeconds: number;
};

export type BaselineChoice = {
  kind: Exclude<BaselineKind, "given">;
  /** Shifts to try, the nearest first; nothing but 0 where the baseline is measured now. */
  shifts: number[];
  document: Verdict["baseline"];
};

export const weekSeconds = 7 * 86_400;
/** Further back, other releases and other traffic are compared. */
const mostWeeks = 4;

/** The best baseline that there is, and why there is no better one. Nothing is better than a wrong one: it holds. */
export function chooseBaseline(question: BaselineQuestion): BaselineChoice {
  const { wish, fresh, apart, weight } = question;
  if (!apart && weight !== undefined && weight > 0 && weight < 100)
    return none("arms-not-told-apart", thinned);
  if ((wish === "auto" || wish === "fresh") && fresh)
    return now("fresh", "The stable version, started anew beside the candidate, at the same time.");
  if (wish === "fresh") return none("no-fresh-baseline", "The target gave no fresh instance of stable.");
  if (wish !== "same-time") {
    const why = whyNotConcurrent(apart, weight);
    if (why === undefined)
      return now(
        "concurrent",
        "The stable version's traffic at the same time.",
        wish === "auto" ? "no-fresh-baseline" : "baseline-asked-for",
      );
    if (wish === "concurrent") return none(why, notConcurrent[why]);
    return sameTime(question, why);
  }
  return sameTime(question, apart ? "baseline-asked-for" : "arms-not-told-apart");
}

/** The same choice, told of the shift that had data. */
export function atShift(choice: BaselineChoice, shiftSeconds: number): BaselineChoice {
  if (choice.kind !== "same-time") return choice;
  const ago = `${formatDuration(shiftSeconds)} before`;
  const sentence = `The last stable release at the same time of day and weekday, ${ago}. ${choice.document.sentence}`;
  return { ...choice, shifts: [shiftSeconds], document: { ...choice.document, sentence } };
}

/** Where no shift that the store reaches back to had anything of the baseline. */
export function nothingBefore(choice: BaselineChoice): BaselineChoice {
  const weeks = choice.shifts.map(formatDuration).join(", ");
  return none("baseline-without-data", `The store has no traffic of the baseline ${weeks} before.`);
}

type NotConcurrent = "arms-not-told-apart" | "no-stable-traffic";
const notConcurrent: Record<NotConcurrent, string> = {
  "arms-not-told-apart": "Nothing in the telemetry tells stable from the candidate.",
  "no-stable-traffic": "The candidate has all of the traffic, so stable has none beside it.",
};

/** With a tenth of the traffic, ten times the errors are twice as many of the whole service, and half as many none. */
const thinned =
  "Nothing in the telemetry tells stable from the candidate, whose part of the traffic hides its harm. Write `arms` of the service in services.yaml, or compare when the candidate has all of the traffic.";

function whyNotConcurrent(apart: boolean, weight: number | undefined): NotConcurrent | undefined {
  if (!apart) return "arms-not-told-apart";
  return weight !== undefined && weight >= 100 ? "no-stable-traffic" : undefined;
}

function sameTime(
  { retentionSeconds, lengthSeconds }: BaselineQuestion,
  why: NotConcurrent | "baseline-asked-for",
): BaselineChoice {
  const reachable = Array.from({ length: mostWeeks }, (_, week) => (week + 1) * weekSeconds).filter(
    (shift) => retentionSeconds === undefined || shift + lengthSeconds <= retentionSeconds,
  );
  if (reachable.length === 0)
    return none(
      "baseline-beyond-retention",
      `The store keeps ${formatDuration(retentionSeconds ?? 0)}, and the same time of another week lies before that.`,
    );
  const sentence = why === "baseline-asked-for" ? "It was asked for." : notConcurrent[why];
  return {
    kind: "same-time",
    shifts: reachable,
    document: { kind: "same-time", sentence, reason_code: why },
  };
}

function now(kind: "fresh" | "concurrent", sentence: string, reasonCode?: string): BaselineChoice {
  const document = { kind, sentence, ...(reasonCode === undefined ? {} : { reason_code: reasonCode }) };
  return { kind, shifts: [0], document };
}

function none(reasonCode: string, sentence: string): BaselineChoice {
  return {
    kind: "none",
    shifts: [],
    document: { kind: "none", sentence: `There is no baseline. ${sentence}`, reason_code: reasonCode },
  };
}
