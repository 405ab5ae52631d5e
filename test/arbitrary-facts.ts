import fc from "fast-check";
import type { ChangeFacts } from "../core/change/facts.ts";

/** Facts of every shape: each group and each field may be unknown. */
const count = (max: number) => fc.option(fc.nat(max), { nil: undefined });
const yesNo = fc.option(fc.boolean(), { nil: undefined });
const percent = (min: number, max: number) =>
  fc.option(fc.double({ min, max, noNaN: true }), { nil: undefined });
const group = <Group>(shape: fc.Arbitrary<Group>) => fc.option(shape, { nil: undefined });

export const arbitraryFacts: fc.Arbitrary<ChangeFacts> = fc.record({
  schema_version: fc.constant(1 as const),
  service: group(
    fc.record({
      name: fc.constantFrom("payments-api", "shop-web"),
      environment: fc.constantFrom("production", "staging"),
      criticality: fc.constantFrom("normal" as const, "critical" as const, undefined),
      platforms: fc.constantFrom(["linux" as const], ["windows" as const], ["arm" as const], undefined),
    }),
  ),
  diff: group(
    fc.record({
      files: count(3000),
      additions: count(200_000),
      deletions: count(200_000),
      directories: count(500),
      entropy: percent(0, 1),
      churn: count(300),
    }),
  ),
  tests: group(
    fc.record({
      failed: count(50),
      flaky: count(50),
      integration_failed: count(10),
      hardware_failed: count(5),
    }),
  ),
  coverage: group(fc.record({ delta: percent(-60, 60) })),
  dependencies: group(
    fc.record({ added: count(50), updated: count(200), removed: count(50), major: count(20) }),
  ),
  vulnerabilities: group(fc.record({ critical: count(5), high: count(20), medium: count(50) })),
  performance: group(
    fc.record({
      latency_percent: percent(-50, 400),
      memory_percent: percent(-50, 400),
      throughput_percent: percent(-90, 100),
    }),
  ),
  kinds: group(
    fc.record({
      db_schema: yesNo,
      kernel_driver: yesNo,
      firmware: yesNo,
      driver_signing: yesNo,
      infrastructure: yesNo,
      hotfix: yesNo,
    }),
  ),
  history: group(
    fc.record({
      changes: count(1000),
      failure_rate: percent(0, 1),
      typical: group(
        fc.record({ files: percent(0, 40), additions: percent(0, 900), deletions: percent(0, 900) }),
      ),
    }),
  ),
});
