import { pause } from "../../adapters/pause.ts";
import { appendWithRetry } from "../../core/evidence/append.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { optional } from "../../core/optional.ts";
import type { Around } from "../../core/rollout/around.ts";
import type { Command } from "../../core/rollout/events.ts";
import { foldStream, type Rollouts } from "../../core/rollout/fold-stream.ts";
import type { RolloutPorts } from "./ports.ts";
import type { Ground } from "./prepare.ts";

/** What the driver of one service's rollouts needs, out of what the process has. */
export function aroundOf(
  { place, target, stream, rules, leaseSeconds }: Ground,
  ports: RolloutPorts,
): Around {
  const { ledger, approvals, people, holder, actor, pollSeconds, freshSeconds, nonce, retry } = ports;
  return {
    ...{ ledger, stream, target, approvals, people, holder, actor, leaseSeconds },
    ...{ rules, pollSeconds, freshSeconds, nonce, retry },
    evidence: ports.evidence(place),
    now: () => new Date(ports.now()).toISOString(),
    pause,
    ...optional("believes", ports.believes),
    ...optional("journal", ports.journal),
  };
}

export type Said = { command: Command; reason: string; by: string; source?: string };

/** Writes down what somebody says of a rollout: whoever drives it reads it there. */
export async function say(around: Around, rollout: string, said: Said): Promise<void> {
  const { ledger, stream, actor, retry } = around;
  const event = {
    kind: "command" as const,
    at: around.now(),
    actor,
    nonce: around.nonce(),
    body: { rollout, ...said },
  };
  await appendWithRetry(ledger, stream, () => [event], retry);
}

export async function rolloutsNow({
  ledger,
  stream,
  believes,
}: Pick<Around, "ledger" | "stream" | "believes">): Promise<Rollouts> {
  const { events, fault } = await ledger.read(stream);
  if (fault !== undefined) throw tampered(fault);
  return foldStream(events, believes);
}
