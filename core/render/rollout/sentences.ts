import { digestOf } from "../../rollout/plan.ts";
import type { RolloutStatus } from "../../rollout/status.ts";
import { grouped } from "../numbers.ts";
import { durationWords } from "../plan.ts";
import type { Voice } from "../sentences.ts";
import { clockWords, doingNames, effectWords, kindNames, shareWords } from "./words.ts";

/** Sentences about a rollout that every renderer says alike; what comes from outside goes through the voice. */

/** "payments-api in production: canary of v2 over v1 · watching". */
export function rolloutHeadline(status: RolloutStatus, voice: Voice): string {
  return `${whatGoes(status, voice)} · ${standingWords(status)}`;
}

type Names = Pick<RolloutStatus, "service" | "environment" | "kind" | "candidate" | "stable">;

export function whatGoes(names: Names, voice: Voice): string {
  return `${voice.name(names.service)} in ${voice.name(names.environment)}: ${versionsOf(names, voice)}`;
}

/** "canary v1 → v2". */
export function versionsOf({ kind, candidate, stable }: Names, voice: Voice): string {
  const [from, to] = [stable === null ? "nothing known" : voice.name(stable.id), voice.name(candidate.id)];
  return `${kindNames[kind]} ${kind === "back" ? `from ${to} to ${from}` : `${from} → ${to}`}`;
}

export function standingWords({ doing, stop, turned }: RolloutStatus): string {
  if (stop !== null) return "stands";
  return turned !== null && doing === "moving" ? "going back" : doingNames[doing];
}

/** What it is about just now, and until when. */
export function doingSentence(status: RolloutStatus, voice: Voice): string {
  const { doing, effect, step, steps, since, until, ends, at, stop } = status;
  const now = step === null ? undefined : steps[step - 1];
  const where = step === null ? "" : `Step ${step} of ${steps.length}`;
  const share = now === undefined ? "" : `: ${shareWords(now.share, now.by)}`;
  const end = ends === null ? "" : ` If all stays healthy, it ends at ${clockWords(ends, at)}.`;
  const from = since === null ? "" : ` since ${clockWords(since, at)}`;
  switch (doing) {
    case "moving":
      return `${where === "" ? "" : `${where}: `}${effect === null ? "the target moves" : effectWords(effect)}.${end}`;
    case "watching": {
      if (stop !== null) return `${where}${share}; nothing goes on without a person.`;
      const least = until === null ? "" : `, until ${clockWords(until, at)} at least`;
      return `${where}${share}, watched${from}${least}.${end}`;
    }
    case "approval":
      return `${where}${share} asked for${from}.`;
    case "baking":
      return `The candidate has everything; the old version stays warm until ${until === null ? "it is promoted" : clockWords(until, at)}.`;
    case "concluding":
      return "All is done but the writing of it.";
    case "completed":
      return `${voice.name(status.candidate.id)} is the stable version.`;
    case "rolled-back":
      return `${status.stable === null ? "The stable version" : voice.name(status.stable.id)} has everything again.`;
    case "overruled":
      return "It was taken back; a person said since that this was wrong, and the candidate may come again.";
  }
}

/** "At step 2 after 3 windows: roll back. Errors doubled. error-rate: 0.052 of the candidate, 0.009 of the baseline." */
export function lastVerdictSentence({ verdict }: RolloutStatus, voice: Voice): string | undefined {
  if (verdict === null) return undefined;
  const windows = verdict.at_window === 0 ? "" : ` after window ${grouped(verdict.at_window)}`;
  return `${verdictWords[verdict.verdict]} at step ${verdict.step + 1}${windows}: ${voice.show(verdict.reason, 400)}`;
}

export const verdictWords = {
  promote: "Healthy",
  slow: "Slower",
  hold: "Hold",
  rollback: "Roll back",
} as const;

/** A figure without its unit, which the ledger does not keep. */
export function figureOf(value: number | null): string {
  return value === null ? "no data" : grouped(Number(value.toPrecision(3)));
}

export function metricSentence({ verdict }: RolloutStatus, voice: Voice): string | undefined {
  const metric = verdict?.metric;
  if (metric === undefined) return undefined;
  return `${voice.name(metric.name)} ${figureOf(metric.candidate)}, baseline ${figureOf(metric.baseline)}`;
}

export function stopSentence({ stop, at }: RolloutStatus, voice: Voice): string | undefined {
  if (stop === null) return undefined;
  return `${voice.show(stop.sentence, 600)} (${voice.name(stop.code)}, by ${voice.name(stop.by)} at ${clockWords(stop.at, at)})`;
}

export function turnSentence({ turned, at }: RolloutStatus, voice: Voice): string | undefined {
  if (turned === null) return undefined;
  const who = turned.automatic ? "by itself" : "by a person";
  return `${voice.show(turned.sentence, 600)} (${voice.name(turned.code)}, ${who} at ${clockWords(turned.at, at)})`;
}

export function leaseSentence({ lease, at, doing }: RolloutStatus, voice: Voice): string | undefined {
  if (doing === "completed" || doing === "rolled-back" || doing === "overruled") return undefined;
  if (lease === null) return "Nobody drives it: run it again to go on.";
  const until = clockWords(lease.expires_at, at);
  return lease.expired
    ? `${voice.name(lease.holder)} drove it until ${until} and fell silent: run it again to go on.`
    : `${voice.name(lease.holder)} drives it; its lease lasts until ${until}.`;
}

/** What a person may say where nothing goes on without one. */
export function remedyWords({ kind, doing, stop, commands }: RolloutStatus): readonly string[] {
  // Of a way back that has ended there is no verdict to overrule.
  if (kind === "back" && doing === "rolled-back") return [];
  if (stop === null && doing !== "approval" && doing !== "rolled-back") return [];
  // It waits as it is.
  return commands.filter((command) => command !== "pause" && command !== "hold");
}

export function quarantineSentence(status: RolloutStatus, voice: Voice): string | undefined {
  if (status.doing !== "rolled-back" || status.kind === "back") return undefined;
  return `${voice.name(digestOf(status.candidate))} stays out for policy's time of quarantine, or until a person overrules it.`;
}

/** "2 × 5 min", or one window's length alone. */
export function windowsWords({
  window_seconds,
  healthy_windows,
}: {
  window_seconds: number;
  healthy_windows: number;
}): string {
  const window = durationWords(window_seconds);
  return healthy_windows === 1 ? window : `${healthy_windows} × ${window}`;
}
