import type {
  ArmShadow,
  Criterion,
  Feedback,
  ServiceShadow,
  ShadowReport,
  Share,
} from "../../learning/shadow/document.ts";
import { counted, grouped, listed, rounded } from "../numbers.ts";
import { momentWords, shortCommit, type Voice } from "../sentences.ts";

/** What the shadow report says in words, for every medium: names and what people wrote go through its voice. */

export const mostListed = 10;

export function percent(share: number): string {
  return `${Math.round(1000 * share) / 10} %`;
}

export function headSentences(report: ShadowReport, voice: Voice): string[] {
  const { model, calibration, drift, undecided, services } = report;
  const since = `Releases since ${report.since.slice(0, 10)}, as of ${momentWords(report.at)}.`;
  const which = model
    ? `The policy's model is ${voice.name(model.version)}.`
    : "The policy has no model, so that nothing new is said.";
  const fit = calibration
    ? `Over all services ${grouped(calibration.failures)} of ${counted(calibration.releases, "change")} that it spoke of failed; it expected ${rounded(calibration.expected)}.`
    : "";
  return [
    `${since} ${which} ${fit}`.trim(),
    ...(drift === null ? [] : [`${voice.strong("It has drifted, and the weights decide.")} ${drift}`]),
    ...(services.length === 0 ? ["No release was found."] : []),
    ...(undecided > 0
      ? [
          `${counted(undecided, "rollout")} without a decision in the ledger: nothing was said of them before.`,
        ]
      : []),
  ];
}

export function placeWords({ service, environment }: ServiceShadow, voice: Voice): string {
  return `${voice.name(service)} in ${voice.name(environment)}`;
}

/** What was found out of the releases that it is known of how they went. */
export function outcomeSentences(one: ServiceShadow, voice: Voice): string[] {
  const { releases, failures, model, heuristic, state } = one;
  if (releases === 0) return [`Nothing can be compared yet; the model is in ${voice.strong(state)}.`];
  const well = releases - failures;
  const caught =
    failures === 0
      ? "None failed."
      : `${grouped(model.approvals_of_failed)} of the ${counted(failures, "release")} that failed would have needed a person's approval; the weights asked for ${grouped(heuristic.approvals_of_failed)}.`;
  return [
    `The model is in ${voice.strong(state)}. ${counted(releases, "release")} with a known end, of which ${grouped(failures)} failed; the model expected ${rounded(one.expected_failures)}.`,
    caught,
    `${counted(model.approvals_of_well, "approval")} of the ${grouped(well)} that went well would have been unneeded; by the weights ${grouped(heuristic.approvals_of_well)}.`,
  ];
}

/** What is not among the figures, and why. */
export function asideSentences(
  { pending, censored, unspoken, versions }: ServiceShadow,
  voice: Voice,
): string[] {
  const why = new Map<string, number>();
  for (const { because } of censored) why.set(because, (why.get(because) ?? 0) + 1);
  const reasons = [...why]
    .sort()
    .map(([because, count]) => `${grouped(count)} ${censoredWords[because] ?? voice.show(because)}`);
  const waiting = pending
    .slice(-mostListed)
    .map(
      ({ at, commit, decision }) =>
        `${voice.name(commit ? shortCommit(commit) : decision)} of ${at.slice(0, 10)}`,
    );
  return [
    pending.length > 0
      ? `Pending, and counted nowhere: ${counted(pending.length, "release")} (${pending.length > mostListed ? "the newest: " : ""}${waiting.join(", ")}).`
      : "",
    censored.length > 0 ? `Left out: ${listed(reasons)}.` : "",
    unspoken > 0 ? `Of ${counted(unspoken, "more release")} the model said nothing.` : "",
    versions.length > 1 ? `${counted(versions.length, "version")} of the model spoke.` : "",
  ].filter(Boolean);
}

const censoredWords: Record<string, string> = {
  disputed: "disputed by a person",
  "shared-fault": "gone wrong in both arms alike",
  "unrelated-rollback": "taken back for another reason",
  "not-judged": "taken back for want of evidence",
};

/** One row for each figure, the weights beside the model. */
export function armRows({ heuristic, model }: ServiceShadow): string[][] {
  const both = (name: string, of: (arm: ArmShadow) => string): string[] => [name, of(heuristic), of(model)];
  return [
    both("recall", (arm) => shareWords(arm.recall)),
    both("false positives", (arm) => shareWords(arm.false_positives)),
    both(
      "strategies",
      ({ strategies }) =>
        strategies
          .map(
            ({ strategy, failed, well }) =>
              `${strategy} ${grouped(failed + well)} (${grouped(failed)} failed)`,
          )
          .join(", ") || "–",
    ),
  ];
}

export const armHeadings = ["", "weights", "model"];

function shareWords({ value, low, high }: Share): string {
  return value === null ? "unknown" : `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

export function reliabilityRows({ reliability }: ServiceShadow): string[][] {
  return reliability.map(({ releases, said, came, low, high }) => [
    percent(said),
    percent(came),
    `${percent(low)} to ${percent(high)}`,
    grouped(releases),
  ]);
}

export const reliabilityHeadings = ["--: said", "--: failed", "--: between", "--: releases"];

export const criterionWords: Record<Criterion["answer"], string> = {
  met: "met",
  "not-met": "not met",
  unknown: "unknown",
};

const saysWords: Record<Feedback["says"], string> = {
  "too-high": "too high",
  "too-low": "too low",
  unclear: "wrong",
};

/** `link`: where the comment is, in the medium's own form. */
export function feedbackSentence(one: Feedback, voice: Voice, link: (path: string) => string): string {
  const { at, by, says, risk_score: score, model, reason, path } = one;
  const what = score === undefined ? "the score" : `the score ${grouped(score)}`;
  const beside = model ? ` (the model said ${percent(model.probability)})` : "";
  const where = path === undefined ? "" : ` ${link(path)}`;
  return `${at.slice(0, 10)}, ${voice.name(by)}: ${what} is ${saysWords[says]}${beside}. ${voice.show(reason, 300)}${where}`;
}
