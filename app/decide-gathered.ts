import type { Gathered } from "../adapters/github/gather.ts";
import type { GivenFacts } from "../core/change/merge.ts";
import { decideMeasured } from "../core/decision/from-measured.ts";
import { optional } from "../core/optional.ts";

/** What was gathered as a decision: a command asks what the check said, so both decide by these very arguments. */
export function decideGathered(
  { measured, policy, configuration, history }: Gathered,
  given: readonly GivenFacts[],
  around: { environment: string; now: Date; service?: string | undefined },
): ReturnType<typeof decideMeasured> {
  return decideMeasured(measured, given, policy, {
    environment: around.environment,
    now: around.now,
    ...optional("service", around.service ?? configuration.service),
    ...optional("history", history),
  });
}
