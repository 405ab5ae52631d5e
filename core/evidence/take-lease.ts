import type { Chain, Ledger } from "../ports.ts";
import { appendWithRetry, type Retry } from "./append.ts";
import type { NewEvent } from "./event.ts";
import { askForLease, askToRelease, askToRenew, foldLease, type Held, type LeaseAnswer } from "./lease.ts";

/** Everything of the world that a lease needs: who asks, a clock, and fresh nonces. */
export type Asking = {
  holder: string;
  actor: string;
  now: () => string;
  nonce: () => string;
};

export type LeaseOutcome = { won: true; lease: Held } | { won: false; held: Held | null; sentence: string };

/** Takes a free or expired lease. Of any number who ask at once, one wins, and each of the others learns who. */
export async function takeLease(
  ledger: Ledger,
  stream: string,
  asking: Asking & { seconds: number },
  retry: Retry,
): Promise<LeaseOutcome> {
  return await move(ledger, stream, asking, retry, (chain, now) =>
    askForLease(foldLease(chain.events), asking.holder, asking.seconds, now),
  );
}

export async function renewLease(
  ledger: Ledger,
  stream: string,
  asking: Asking & { seconds: number; fencing: number },
  retry: Retry,
): Promise<LeaseOutcome> {
  return await move(ledger, stream, asking, retry, (chain, now) =>
    askToRenew(foldLease(chain.events), asking.holder, asking.fencing, asking.seconds, now),
  );
}

/** Gives the lease back; `released: false` says that it was no longer ours to give. */
export async function releaseLease(
  ledger: Ledger,
  stream: string,
  asking: Asking & { fencing: number },
  retry: Retry,
): Promise<{ released: boolean; sentence: string }> {
  const outcome = await move(ledger, stream, asking, retry, (chain) =>
    askToRelease(foldLease(chain.events), asking.holder, asking.fencing),
  );
  const refusal = outcome.won ? "" : outcome.sentence;
  return { released: refusal === "", sentence: refusal || `${asking.holder} gave the lease back.` };
}

async function move(
  ledger: Ledger,
  stream: string,
  asking: Asking,
  retry: Retry,
  ask: (chain: Chain, now: string) => LeaseAnswer,
): Promise<LeaseOutcome> {
  let refusal: { held: Held | null; refused: string } = { held: null, refused: "" };
  const { chain, appended } = await appendWithRetry(
    ledger,
    stream,
    (read) => {
      const at = asking.now();
      const answer = ask(read, at);
      if ("refused" in answer) {
        refusal = answer;
        return [];
      }
      refusal = { held: null, refused: "" };
      return [leaseEvent(asking, at, answer.granted)];
    },
    retry,
  );
  const { held } = foldLease([...chain.events, ...appended]);
  if (appended.length > 0 && held !== null) return { won: true, lease: held };
  return { won: false, held: refusal.held, sentence: refusal.refused };
}

function leaseEvent(asking: Asking, at: string, body: NewEvent["body"]): NewEvent {
  return { kind: "lease", at, actor: asking.actor, nonce: asking.nonce(), body };
}
