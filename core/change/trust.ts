import type { ChangeFacts, FactGroup } from "./facts.ts";

/** What of the facts may be believed in enforced mode; `bare` is absent where all of them are trusted. */
export type Believable = { worried: ChangeFacts; bare?: ChangeFacts };

/**
 * A pull request can edit its own workflow. What that workflow measured may raise the score freely, but in enforced
 * mode it may not lower one or open a gate. So there are two readings, and the stricter answer to each question holds:
 * `worried`, in which a reassuring value from an untrusted source is unknown, and `bare`, in which every value from
 * there is. The latter is for a value that worries a little and reassures for it: one failed test in place of seven,
 * where a guardrail blocks from three on, or where policy asks that the number be known. Where policy has a calendar, what
 * the facts say of the time is its answer, which nobody from outside could make milder.
 */
export function believableReadings(
  facts: ChangeFacts,
  errorBudgetMinimumPercent: number,
  hasCalendar: boolean,
): Believable {
  const worried = withoutUntrustedComfort(facts, errorBudgetMinimumPercent, hasCalendar);
  const isUntrusted = [...measuredGroups, "context" as const].some(
    (group) => facts.sources?.[group]?.trusted === false,
  );
  return isUntrusted ? { worried, bare: withoutUntrusted(worried) } : { worried };
}

const measuredGroups = [
  "tests",
  "coverage",
  "dependencies",
  "vulnerabilities",
  "performance",
  "author",
] as const;

/** Of the surroundings, what was worked out here stays: calendar, quarantine, ledger. */
function withoutUntrusted(worried: ChangeFacts): ChangeFacts {
  const result: ChangeFacts = { ...worried };
  for (const group of measuredGroups) {
    if (worried.sources?.[group]?.trusted === false) result[group] = undefined;
  }
  if (worried.context && worried.sources?.context?.trusted === false) {
    result.context = {
      ...worried.context,
      requests_per_second: undefined,
      error_budget_left_percent: undefined,
      driver_signature_verified: undefined,
    };
  }
  return result;
}

function withoutUntrustedComfort(
  facts: ChangeFacts,
  errorBudgetMinimumPercent: number,
  hasCalendar: boolean,
): ChangeFacts {
  const untrusted = (group: FactGroup): boolean => facts.sources?.[group]?.trusted === false;
  const { tests, coverage, dependencies, vulnerabilities, performance, context, kinds, service } = facts;
  const result: ChangeFacts = { ...facts };
  if (untrusted("tests") && tests) {
    result.tests = {
      ...tests,
      total: undefined,
      failed: above0(tests.failed),
      flaky: above0(tests.flaky),
      integration_failed: above0(tests.integration_failed),
      hardware_total: undefined,
      hardware_failed: above0(tests.hardware_failed),
      driver_passed: tests.driver_passed === false ? false : undefined,
    };
  }
  if (untrusted("coverage") && coverage) {
    result.coverage = (coverage.delta ?? 0) < 0 ? { delta: coverage.delta } : undefined;
  }
  if (untrusted("dependencies") && dependencies) {
    result.dependencies = {
      ...dependencies,
      added: above0(dependencies.added),
      updated: above0(dependencies.updated),
      removed: above0(dependencies.removed),
      major: above0(dependencies.major),
    };
  }
  if (untrusted("vulnerabilities") && vulnerabilities) {
    result.vulnerabilities = {
      ...vulnerabilities,
      critical: above0(vulnerabilities.critical),
      high: above0(vulnerabilities.high),
      medium: above0(vulnerabilities.medium),
    };
  }
  if (untrusted("performance") && performance) {
    result.performance = {
      latency_percent: above0(performance.latency_percent),
      memory_percent: above0(performance.memory_percent),
      throughput_percent:
        (performance.throughput_percent ?? 0) < 0 ? performance.throughput_percent : undefined,
    };
  }
  if (untrusted("context") && context) {
    const left = context.error_budget_left_percent;
    result.context = {
      ...context,
      ...(hasCalendar
        ? {}
        : {
            peak: context.peak || undefined,
            change_window: context.change_window === "closed" ? ("closed" as const) : undefined,
            freeze: context.freeze || undefined,
          }),
      error_budget_left_percent: left != null && left < errorBudgetMinimumPercent ? left : undefined,
      driver_signature_verified: context.driver_signature_verified === false ? false : undefined,
      recordable: context.recordable || undefined,
      quarantine: context.quarantine || undefined,
      cooldown: context.cooldown || undefined,
    };
  }
  if (untrusted("history") && facts.sources?.history?.from === "file") result.history = undefined;
  // Whoever may push a branch may write the history summary: a gain over what it says was covered before is no gain.
  if (untrusted("history") && (result.coverage?.delta ?? 0) > 0)
    result.coverage = { ...result.coverage, delta: 0 };
  if (untrusted("author")) result.author = undefined;
  if (untrusted("kinds") && kinds) result.kinds = { ...kinds, revert: undefined };
  if (untrusted("service") && service?.criticality === "normal")
    result.service = { ...service, criticality: undefined };
  return result;
}

/**
 * Without what the history summary says of the touched files, where it is not trusted; undefined where nothing of that is
 * known. A model could be told of well-known, quiet files.
 */
export function withoutUntrustedHistory(facts: ChangeFacts): ChangeFacts | undefined {
  const { history, diff } = facts;
  if (facts.sources?.history?.trusted !== false || !(history || diff?.churn != null)) return undefined;
  return { ...facts, history: undefined, ...(diff ? { diff: { ...diff, churn: undefined } } : {}) };
}

/** A count of zero, or a change for the better, is comfort; anything above stands. */
function above0(value: number | null | undefined): number | undefined {
  return (value ?? 0) > 0 ? (value ?? undefined) : undefined;
}
