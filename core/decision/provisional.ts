import type { ChangeFacts } from "../change/facts.ts";
import { durationSeconds } from "../policy/duration.ts";
import { defaultEnvironment } from "../policy/environment.ts";
import { type AwaitedFact, awaitedFacts, type PolicyBundle, type WaitFor } from "../policy/schema.ts";
import { thresholdsFor } from "../policy/scope.ts";

export type Settling =
  | { provisional: true; missing: AwaitedFact[]; until: string }
  /** `missing` names what had not come when the deadline passed. */
  | { provisional: false; missing: AwaitedFact[] };

export type Moments = {
  /** When the head was first heard of. Not its commit's date, which its author writes. */
  headAt: Date;
  now: Date;
  /** What is known to be over without having said anything, for example a CI run that sent no report. */
  over?: readonly AwaitedFact[];
};

const defaultDeadline = "30m";

/**
 * Whether a score may still change because policy waits for facts. With several services it is the strictest that
 * counts: provisional while one of them waits, until the last of their deadlines.
 */
export function settling(facts: ChangeFacts, policy: PolicyBundle, moments: Moments): Settling {
  const absent = awaitedFacts.filter((fact) => !arrived[fact](facts) && !moments.over?.includes(fact));
  const waits = waitsOf(facts, policy).map((wait) => ({
    missing: absent.filter((fact) => wait.facts.includes(fact)),
    until: deadlineOf(wait, moments),
  }));
  const open = waits.filter(({ missing, until }) => missing.length > 0 && until > moments.now.getTime());
  const missing = (some: typeof waits) =>
    absent.filter((fact) => some.some((wait) => wait.missing.includes(fact)));
  if (open.length === 0) return { provisional: false, missing: missing(waits) };
  const last = Math.max(...open.map((wait) => wait.until));
  return { provisional: true, missing: missing(open), until: new Date(last).toISOString() };
}

function waitsOf(facts: ChangeFacts, policy: PolicyBundle): WaitFor[] {
  const environment = facts.service?.environment ?? defaultEnvironment;
  const named = facts.services?.map((service) => service.name) ?? [];
  const services = named.length ? named : [facts.service?.name ?? "repository"];
  return services.flatMap(
    (service) => thresholdsFor(policy.thresholds, { service, environment })["wait-for"] ?? [],
  );
}

/** A head that says to be from the future, by a clock that is wrong, is not waited for longer than any other. */
function deadlineOf({ deadline }: WaitFor, { headAt, now }: Moments): number {
  const from = Math.min(headAt.getTime(), now.getTime());
  return from + durationSeconds(deadline ?? defaultDeadline) * 1000;
}

const arrived: Record<AwaitedFact, (facts: ChangeFacts) => boolean> = {
  ci: ({ tests }) => isAnyKnown(tests?.total, tests?.failed, tests?.integration_failed),
  coverage: ({ coverage }) => isAnyKnown(coverage?.percent, coverage?.delta),
  scan: ({ vulnerabilities: found }) => isAnyKnown(found?.critical, found?.high, found?.medium),
  performance: ({ performance: measured }) =>
    isAnyKnown(measured?.latency_percent, measured?.memory_percent, measured?.throughput_percent),
};

function isAnyKnown(...values: (number | null | undefined)[]): boolean {
  return values.some((value) => value != null);
}
