import type { LedgerEvent } from "../evidence/event.ts";
import { foldLease, type Held, isExpired } from "../evidence/lease.ts";
import type { RolloutState } from "./state.ts";

/** From when on a rollout is nobody's, so that somebody else may go on with it. */
export type Silence = {
  /** It is meant to go back: until then users have what is to be taken back. */
  back: boolean;
  /** When something was last heard of whoever drives it, or when going back was meant. */
  since: string;
  fromMs: number;
  /** Whoever drove it gave the lease back, and said what it waits for. */
  left: boolean;
  /** The same for as long as nobody takes the rollout up. */
  name: string;
};

type Asked = Pick<RolloutState, "plan" | "stop" | "turned" | "open" | "reached" | "openedAt">;

export function silenceOf(
  events: readonly LedgerEvent[],
  state: Asked,
  leaseSeconds: number,
  now: string,
): Silence {
  const { turned, stop, openedAt } = state;
  const { held, fencing } = foldLease(events);
  const living = held === null || isExpired(held, now) ? null : held;
  const left = held === null && events.findLast(isOfLease)?.kind === "lease";
  if (turned !== null && stop === null)
    return {
      ...{ back: true, since: turned.at, left },
      fromMs: living === null ? Date.parse(turned.at) : backFrom(living, turned.at, state),
      name: held === null ? `back ${turned.at}` : `lease ${fencing} back`,
    };
  const since = events.findLast(isSign)?.at ?? openedAt;
  const silent = Date.parse(since) + silentLeases * leaseSeconds * 1000;
  return {
    ...{ back: false, since, left },
    fromMs: living === null ? silent : Math.max(silent, Date.parse(living.expires_at)),
    name: held === null ? `opened ${openedAt}` : `lease ${fencing}`,
  };
}

/** Whoever drives writes its lease anew at half of its time; two of them without a word are no pause. */
const silentLeases = 2;

function isSign({ kind, at }: LedgerEvent): boolean {
  return ["lease", "rollout", "command"].includes(kind) && !Number.isNaN(Date.parse(at));
}

function isOfLease({ kind }: LedgerEvent): boolean {
  return kind === "lease" || kind === "rollout";
}

/** A way back that was not begun in the time that all of it may take waits for no lease: see turn.ts. */
function backFrom(
  { since, expires_at: end }: Held,
  turnedAt: string,
  { open, reached, plan }: Asked,
): number {
  const isBegun = reached?.kind === "restore" || open?.effect.kind === "restore";
  const begins = Math.max(Date.parse(turnedAt), Date.parse(since)) + plan.back_within_seconds * 1000;
  return isBegun ? Date.parse(end) : Math.min(Date.parse(end), begins);
}
