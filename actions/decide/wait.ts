import type { Look } from "../../adapters/github/approval-look.ts";
import type { Standing } from "../../adapters/github/standing-approvals.ts";
import type { ReasonCode } from "../../core/decision/shape.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { durationAdvice, parseDuration } from "../../core/policy/duration.ts";
import { plain } from "../../core/render/escape.ts";
import { durationWords } from "../../core/render/plan.ts";
import { printable } from "../io.ts";
import { orStopped } from "../stopping.ts";

/** Time and chance, and where a person reads how it goes. Opened when a wait begins. */
export type WaitPorts = {
  now(): number;
  /** Between 0 and 1: jobs that began together do not ask together. */
  random(): number;
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>;
  /** Aborted when the process is told to stop. */
  stop: AbortSignal;
  /** What the reader has to know or do. */
  say(sentence: string): void;
  /** How it goes, which only who waits wants to read. */
  progress(sentence: string): void;
  close(): void;
};

export type Waited = {
  standing: Standing;
  /** Absent where the change may go. */
  ended?: { reason: ReasonCode; sentence: string };
};

/** A job on GitHub's runners ends after six hours, and the result has to be written before. */
const longestSeconds = (5 * 60 + 50) * 60;
const firstIntervalMs = 5_000;
const longestIntervalMs = 60_000;
const silentMs = 5 * 60_000;

/** Undefined where nothing was asked for. */
export function readWait(text: string): number | undefined {
  if (text === "") return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0 && seconds <= longestSeconds) return seconds;
  throw new UserError(
    "bad-input",
    `Input "wait-for-approval" of decide is "${printable(text)}". Allowed: ${durationAdvice}, more than nothing and at most 5h50m.`,
    exitCodes.usage,
  );
}

/**
 * Looks until the change may go, the decision is of the past, the time is over, or the process is told to stop. What
 * fails on the way is said and waited out: only a look that found everything lets the change go.
 */
export async function waitForApproval(
  look: () => Promise<Look>,
  seconds: number,
  request: string,
  ports: WaitPorts,
): Promise<Waited> {
  const deadline = ports.now() + seconds * 1000;
  const teller = tellerOf(ports);
  let standing: Standing = { approvals: [], refused: [], problems: [] };
  for (let interval = firstIntervalMs; ; interval = Math.min(interval * 1.5, longestIntervalMs)) {
    const seen = await orStopped(look(), ports.stop);
    if (seen === undefined) return { standing, ended: stopped };
    standing = seen.standing;
    if (seen.mayGo) return { standing };
    if (seen.ended) return { standing, ended: seen.ended };
    const left = deadline - ports.now();
    if (left <= 0) return { standing, ended: overdue(seen, seconds) };
    teller(request, seen, left);
    const jittered = interval * (0.75 + ports.random() / 2);
    await ports.sleep(Math.min(left, Math.max(jittered, seen.retryAfterMs ?? 0)), ports.stop);
    if (ports.stop.aborted) return { standing, ended: stopped };
  }
}

const stopped = {
  reason: "approval-wait-stopped" as const,
  sentence: "The job was told to stop before an approval came.",
};

function overdue({ hold }: Look, seconds: number): { reason: ReasonCode; sentence: string } {
  const time = durationWords(seconds);
  return hold
    ? {
        reason: "held",
        sentence: `After ${time}, ${hold.actor} still holds the change: ${plain(hold.reason)}`,
      }
    : { reason: "approval-wait-ended", sentence: `No approval came within ${time}.` };
}

/** Says once what is to be done, then how it stands: when that changes, and every few minutes. */
function tellerOf(ports: WaitPorts) {
  let before: { text: string; at: number } | undefined;
  return (request: string, seen: Look, leftMs: number): void => {
    if (before === undefined) ports.say(request);
    const text = stateOf(seen);
    if (before?.text === text && ports.now() - before.at < silentMs) return;
    before = { text, at: ports.now() };
    ports.progress(`${durationWords(Math.ceil(leftMs / 1000))} left. ${text}`);
  };
}

function stateOf({ standing, hold, faults }: Look): string {
  const names = standing.approvals.map(({ actor }) => actor).join(", ");
  const sentences = [
    names === "" ? "No approval yet." : `Approved by ${names} so far.`,
    ...(hold ? [`${hold.actor} holds the change: ${plain(hold.reason)}`] : []),
    ...standing.refused.map(({ sentence }) => sentence),
    ...standing.problems,
    ...faults.map((sentence) => `Looking again, because: ${sentence}`),
  ];
  return sentences.join(" ");
}
