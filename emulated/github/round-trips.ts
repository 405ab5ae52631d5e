import type { RecordedRequest } from "./recorded.ts";

/**
 * Sequential round trips: the longest chain of requests of which each was sent only after the one before had been
 * answered. Requests that overlap in time went out together and count once.
 *
 * Start the emulator with `latencyMs` (50 is plenty on loopback): without it an answer may be back before a request
 * that was sent at the same time has even arrived, and the two would look sequential.
 */
export function roundTrips(requests: readonly Pick<RecordedRequest, "started" | "ended">[]): number {
  return longestChain(requests).length;
}

/** The requests of one longest chain, in order: what to look at when the number is too high. */
export function longestChain<One extends Pick<RecordedRequest, "started" | "ended">>(
  requests: readonly One[],
): One[] {
  // Taking the earliest end each time gives a longest chain of non-overlapping intervals.
  const byEnd = [...requests].sort((left, right) => left.ended - right.ended);
  const chain: One[] = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const request of byEnd) {
    if (request.started < free) continue;
    chain.push(request);
    free = request.ended;
  }
  return chain;
}
