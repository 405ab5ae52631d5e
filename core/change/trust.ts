import type { ChangeFacts, FactGroup } from "./facts.ts";

/**
 * A pull request can edit its own workflow. What that workflow measured may raise the score freely, but in enforced
 * mode it may not lower one or open a gate: there, a reassuring value from an untrusted source counts as unknown.
 */
export function withoutUntrustedComfort(facts: ChangeFacts, errorBudgetMinimumPercent: number): ChangeFacts {
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
      peak: context.peak || undefined,
      change_window: context.change_window === "closed" ? "closed" : undefined,
      freeze: context.freeze || undefined,
      error_budget_left_percent: left != null && left < errorBudgetMinimumPercent ? left : undefined,
      driver_signature_verified: context.driver_signature_verified === false ? false : undefined,
      recordable: context.recordable || undefined,
      quarantine: context.quarantine || undefined,
      cooldown: context.cooldown || undefined,
    };
  }
  if (untrusted("history")) result.history = undefined;
  if (untrusted("author")) result.author = undefined;
  if (untrusted("kinds") && kinds) result.kinds = { ...kinds, revert: undefined };
  if (untrusted("service") && service?.criticality === "normal")
    result.service = { ...service, criticality: undefined };
  return result;
}

/** A count of zero, or a change for the better, is comfort; anything above stands. */
function above0(value: number | null | undefined): number | undefined {
  return (value ?? 0) > 0 ? (value ?? undefined) : undefined;
}
