import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { foldLease, type LeaseState } from "../../core/evidence/lease.ts";
import { parseStream, serviceStream } from "../../core/evidence/stream.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import type { Head, Ledger } from "../../core/ports.ts";
import { foldStream, type Rollouts, unfinished } from "../../core/rollout/fold-stream.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Arguments } from "../arguments.ts";

/** Rollouts as the ledger tells them, without asking any target. */
export type Told = {
  stream: string;
  head: Head | null;
  rollouts: Rollouts;
  lease: LeaseState;
  events: readonly LedgerEvent[];
};

/** Streams of the service that is named, else of every service of the environment. */
export async function streamsOf(
  argument: Arguments,
  ledger: Ledger,
  resolved: ResolvedPolicy,
): Promise<string[]> {
  const { configuration } = resolved;
  const environment = argument.given("environment") ?? configuration.environment ?? defaultEnvironment;
  const service = argument.given("service") ?? configuration.service;
  if (service !== undefined) return [serviceStream(environment, service)];
  return (await ledger.streams()).filter((stream) => {
    const name = parseStream(stream);
    return name?.kind === "service" && name.environment === environment;
  });
}

export async function readTold(ledger: Ledger, stream: string): Promise<Told> {
  const { events, fault, head } = await ledger.read(stream);
  if (fault !== undefined) throw tampered(fault);
  return { stream, head, rollouts: foldStream(events), lease: foldLease(events), events };
}

/** The rollout that is under way, else the last one. */
export function currentOf(rollouts: Rollouts): RolloutState | undefined {
  return unfinished(rollouts) ?? [...rollouts.values()].at(-1);
}
