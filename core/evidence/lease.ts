import * as z from "zod";
import type { LedgerEvent } from "./event.ts";

/**
 * Who may move a rollout: one holder at a time, until an instant, with a fencing number that rises whenever the
 * lease changes hands. State is a fold of the lease events of one stream; the order of the chain decides, and an
 * event that breaks a rule (a second acquisition, a renewal by somebody else) changes nothing. A clock is only ever
 * an argument or an event's own `at`.
 */
export const leaseActions = ["acquire", "renew", "release", "takeover", "preempt"] as const;
export type LeaseAction = (typeof leaseActions)[number];
export const longestLeaseSeconds = 24 * 60 * 60;

export const leaseBody = z.strictObject({
  action: z.enum(leaseActions),
  holder: z.string().min(1).max(500),
  fencing: z.int().positive(),
  /** Absent for a release. */
  lease_seconds: z.int().positive().max(longestLeaseSeconds).optional(),
});
export type LeaseBody = z.infer<typeof leaseBody>;

export type Held = { holder: string; fencing: number; since: string; expires_at: string };
export type LeaseState = {
  /** The last lease that was neither released nor taken over; it may have expired. */
  held: Held | null;
  /** The highest number given out so far. */
  fencing: number;
  /** Sequences of lease events that broke a rule and so changed nothing. */
  void: number[];
};

const nobody: LeaseState = { held: null, fencing: 0, void: [] };

/** `before`: what follows from the events in front of these, where that is known already. */
export function foldLease(events: readonly LedgerEvent[], before: LeaseState = nobody): LeaseState {
  let state = before;
  for (const event of events) {
    if (event.kind !== "lease") continue;
    const body = bodyOf(event);
    const next = body === null ? null : after(state, body, event.at);
    state = next ?? { ...state, void: [...state.void, event.sequence] };
  }
  return state;
}

const known = new WeakMap<LedgerEvent, LeaseBody | null>();

/** Parsed once, however often the stream is folded. */
function bodyOf(event: LedgerEvent): LeaseBody | null {
  const before = known.get(event);
  if (before !== undefined) return before;
  const body = leaseBody.safeParse(event.body).data ?? null;
  known.set(event, body);
  return body;
}

/** The state after an event, or null where the event breaks a rule. */
function after(state: LeaseState, body: LeaseBody, at: string): LeaseState | null {
  const now = Date.parse(at);
  if (Number.isNaN(now)) return null;
  const { held } = state;
  if (body.action === "release" || body.action === "renew") {
    const own = held !== null && held.holder === body.holder && held.fencing === body.fencing;
    if (!own) return null;
    if (body.action === "release") return { ...state, held: null };
    const until = expiry(now, body);
    // A lease that ran out is acquired again, with a new number: somebody may have acted meanwhile.
    if (until === null || isExpired(held, at)) return null;
    // A clock that went back does not shorten what was promised.
    const later = Math.max(Date.parse(until), Date.parse(held.expires_at));
    return { ...state, held: { ...held, expires_at: new Date(later).toISOString() } };
  }
  // A person's rollback waits for nobody: the number rises, and whoever held the lease finds out before its next effect.
  const free =
    body.action === "preempt" ||
    (body.action === "acquire" ? held === null : held !== null && isExpired(held, at));
  const until = expiry(now, body);
  if (!free || until === null || body.fencing !== state.fencing + 1) return null;
  const taken = { holder: body.holder, fencing: body.fencing, since: at, expires_at: until };
  return { ...state, held: taken, fencing: body.fencing };
}

function expiry(nowMs: number, body: LeaseBody): string | null {
  if (body.lease_seconds === undefined) return null;
  const until = new Date(nowMs + body.lease_seconds * 1000);
  return Number.isNaN(until.getTime()) ? null : until.toISOString();
}

/**
 * How far a clock may be ahead of the reader's; what is dated later was promised by nobody's clock. It is generous:
 * two whose clocks are farther apart take the lease from one another for ever.
 */
const mostAheadMs = 2 * 60 * 60 * 1000;

export function isExpired({ since, expires_at }: Held, now: string): boolean {
  const [instant, begin, end] = [Date.parse(now), Date.parse(since), Date.parse(expires_at)];
  // A clock that cannot be read proves no expiry.
  if (Number.isNaN(instant)) return false;
  const ahead = begin - instant > mostAheadMs || end - instant > longestLeaseSeconds * 1000 + mostAheadMs;
  return ahead || instant >= end;
}

/** True only while this very lease stands and has not run out: asked before every effect. */
export function holds(state: LeaseState, holder: string, fencing: number, now: string): boolean {
  const { held } = state;
  const own = held !== null && held.holder === holder && held.fencing === fencing;
  return own && !Number.isNaN(Date.parse(now)) && !isExpired(held, now);
}

export type LeaseAnswer = { granted: LeaseBody } | { refused: string; held: Held | null };

/** What a holder would have to write to take the lease now, or why it may not. */
export function askForLease(state: LeaseState, holder: string, seconds: number, now: string): LeaseAnswer {
  const { held } = state;
  if (held !== null && !isExpired(held, now)) {
    return {
      held,
      refused: `${held.holder} holds the lease (number ${held.fencing}) until ${held.expires_at}.`,
    };
  }
  const action = held === null ? "acquire" : "takeover";
  return { granted: { action, holder, fencing: state.fencing + 1, lease_seconds: seconds } };
}

export function askToRenew(
  state: LeaseState,
  holder: string,
  fencing: number,
  seconds: number,
  now: string,
): LeaseAnswer {
  if (!holds(state, holder, fencing, now)) return lost(state, holder, fencing);
  return { granted: { action: "renew", holder, fencing, lease_seconds: seconds } };
}

export function askToRelease(state: LeaseState, holder: string, fencing: number): LeaseAnswer {
  const { held } = state;
  if (held === null || held.holder !== holder || held.fencing !== fencing)
    return lost(state, holder, fencing);
  return { granted: { action: "release", holder, fencing } };
}

function lost(state: LeaseState, holder: string, fencing: number): LeaseAnswer {
  const { held } = state;
  const now =
    held === null
      ? "nobody holds it now"
      : `the last holder is ${held.holder} (number ${held.fencing}) until ${held.expires_at}`;
  return { held, refused: `${holder} no longer holds the lease number ${fencing}: ${now}.` };
}
