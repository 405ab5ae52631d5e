/** Whose turn it is to ask GitHub, within one installation: urgent writes overtake, and GitHub's limits are kept. */

/** Most urgent first. A gate holds a deployment, a check holds a merge, a comment holds nobody. */
export const urgencies = ["gate", "check", "write", "comment"] as const;
export type Urgency = (typeof urgencies)[number];

export type TurnLimits = {
  writesAtOnce: number;
  /** Every write; GitHub counts five points of 900 for each. */
  writesPerMinute: number;
  /** What notifies people. */
  commentsPerMinute: number;
  commentsPerHour: number;
  /** Who would have to wait longer is sent away with the moment to come back, so that no worker stands idle. */
  longestWaitMs: number;
  minuteMs: number;
  hourMs: number;
};

export const githubTurnLimits: TurnLimits = {
  writesAtOnce: 10,
  writesPerMinute: 180,
  commentsPerMinute: 80,
  commentsPerHour: 500,
  longestWaitMs: 5000,
  minuteMs: 60_000,
  hourMs: 3_600_000,
};

/** The turn lies too far ahead. */
export class TurnTooLate extends Error {
  readonly retryAfterMs: number;

  constructor(waitMs: number) {
    super(`GitHub's limits for this installation allow this in ${Math.ceil(waitMs / 1000)} s.`);
    this.name = "TurnTooLate";
    this.retryAfterMs = waitMs;
  }
}

export type Turns = {
  /** Waits for a turn; what it gives ends it. */
  take(urgency: Urgency): Promise<() => void>;
  /** GitHub said when it will listen again: nobody asks before. */
  pause(untilMs: number): void;
  /** Throws where GitHub does not listen for long; reads wait for nothing else. */
  listening(): Promise<void>;
  isIdle(): boolean;
};

type Waiting = { urgency: Urgency; until: number; go(end: () => void): void; refuse(error: Error): void };
type Window = { limit: number; spanMs: number; applies(urgency: Urgency): boolean; taken: number[] };

export function turns(limits: TurnLimits, now: () => number): Turns {
  const windows: Window[] = [
    // An answer to a gate is rare and urgent: only GitHub itself holds it up.
    { limit: limits.writesPerMinute, spanMs: limits.minuteMs, applies: isNoGate, taken: [] },
    { limit: limits.commentsPerMinute, spanMs: limits.minuteMs, applies: isComment, taken: [] },
    { limit: limits.commentsPerHour, spanMs: limits.hourMs, applies: isComment, taken: [] },
  ];
  const waiting: Waiting[] = [];
  let promised: { at: number; urgency: Urgency }[] = [];
  let underWay = 0;
  let pausedUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  const pausedMs = (): number => Math.max(pausedUntil - now(), 0);

  /** How long the one that stands behind `ahead` others waits for the limits. */
  function limitMs(urgency: Urgency, ahead: (window: Window) => number): number {
    const waits = windows
      .filter(({ applies }) => applies(urgency))
      .map((window) => waitIn(window, ahead(window), now()));
    return Math.max(pausedMs(), ...waits);
  }

  function start(one: Waiting): void {
    waiting.splice(waiting.indexOf(one), 1);
    for (const window of windows) if (window.applies(one.urgency)) window.taken.push(now());
    underWay += 1;
    let ended = false;
    one.go(() => {
      if (ended) return;
      ended = true;
      underWay -= 1;
      pump();
    });
  }

  function pump(): void {
    clearTimeout(timer);
    timer = undefined;
    let soonest = Number.POSITIVE_INFINITY;
    for (const one of inOrder(waiting)) {
      const waitMs = limitMs(one.urgency, () => 0);
      if (waitMs === 0 && (one.urgency === "gate" || underWay < limits.writesAtOnce)) start(one);
      else if (waitMs > 0 && now() + waitMs > one.until) refuse(one, waitMs);
      else if (waitMs > 0) soonest = Math.min(soonest, waitMs);
    }
    if (Number.isFinite(soonest)) timer = setTimeout(pump, Math.ceil(soonest)).unref();
  }

  function refuse(one: Waiting, waitMs: number): void {
    const at = waiting.indexOf(one);
    if (at >= 0) waiting.splice(at, 1);
    promised.push({ at: now() + waitMs, urgency: one.urgency });
    one.refuse(new TurnTooLate(waitMs));
  }

  return {
    take: (urgency) =>
      new Promise((go, reject) => {
        const one = { urgency, until: now() + limits.longestWaitMs, go, refuse: reject };
        promised = promised.filter(({ at }) => at > now());
        const before = [...waiting, ...promised];
        const waitMs = limitMs(
          urgency,
          ({ applies }) =>
            before.filter((other) => applies(other.urgency) && isBefore(other, urgency)).length,
        );
        if (waitMs > limits.longestWaitMs) return refuse(one, waitMs);
        waiting.push(one);
        pump();
      }),
    pause(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs);
      pump();
    },
    async listening() {
      const waitMs = pausedMs();
      if (waitMs > limits.longestWaitMs) throw new TurnTooLate(waitMs);
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    },
    isIdle: () => waiting.length === 0 && underWay === 0 && pausedMs() === 0,
  };
}

function isNoGate(urgency: Urgency): boolean {
  return urgency !== "gate";
}
function isComment(urgency: Urgency): boolean {
  return urgency === "comment";
}
function isBefore(other: { urgency: Urgency }, urgency: Urgency): boolean {
  return urgencies.indexOf(other.urgency) <= urgencies.indexOf(urgency);
}
function inOrder(waiting: Waiting[]): Waiting[] {
  return urgencies.flatMap((urgency) => waiting.filter((one) => one.urgency === urgency));
}

/** A window slides: a place is free again one span after it was taken. */
function waitIn(window: Window, ahead: number, now: number): number {
  window.taken = window.taken.filter((at) => at + window.spanMs > now);
  const { limit, spanMs, taken } = window;
  const place = taken.length + ahead - limit;
  if (place < 0) return 0;
  const round = Math.floor(place / limit);
  const freed = taken[place % limit] ?? taken.at(-1) ?? now;
  return Math.max(freed + spanMs * (round + 1) - now, 1);
}
