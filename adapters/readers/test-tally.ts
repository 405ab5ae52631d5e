import { plainName } from "../../core/change/dependencies/plain-name.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import type { TestKinds } from "./test-kinds.ts";

export type TestOutcome = "passed" | "failed" | "flaky" | "skipped";
export type TestResult = { outcome: TestOutcome; name: string; kinds: TestKinds; count?: number };
export type TestTally = { add(result: TestResult): void; facts(): ChangeFacts["tests"]; report(): void };

const mostNames = 20;

/** Tests of all reports together. Integration, hardware and driver tests are known only where one was seen. */
export function testTally(): TestTally {
  const all = { total: 0, failed: 0, flaky: 0 };
  const integration = { seen: false, failed: 0 };
  const hardware = { total: 0, failed: 0, seen: false };
  const driver = { ran: 0, failed: 0 };
  const failedNames: string[] = [];
  const flakyNames: string[] = [];
  let reports = 0;
  return {
    report: () => void reports++,
    add({ outcome, name, kinds, count = 1 }) {
      const failed = outcome === "failed" ? count : 0;
      // A skipped test is one of the total, as JUnit counts, but shows nothing of hardware or drivers.
      const ran = outcome === "skipped" ? 0 : count;
      all.total += count;
      all.failed += failed;
      if (outcome === "flaky") all.flaky += count;
      if (kinds.integration) {
        integration.seen ||= ran > 0;
        integration.failed += failed;
      }
      if (kinds.hardware) {
        hardware.seen = true;
        hardware.total += ran;
        hardware.failed += failed;
      }
      if (kinds.driver) {
        driver.ran += ran;
        driver.failed += failed;
      }
      if (outcome === "failed" && failedNames.length < mostNames) failedNames.push(plainName(name));
      if (outcome === "flaky" && flakyNames.length < mostNames) flakyNames.push(plainName(name));
    },
    facts() {
      if (reports === 0) return undefined;
      return {
        ...all,
        ...(integration.seen ? { integration_failed: integration.failed } : {}),
        ...(hardware.seen ? { hardware_total: hardware.total } : {}),
        ...(hardware.total > 0 ? { hardware_failed: hardware.failed } : {}),
        ...(driver.ran > 0 ? { driver_passed: driver.failed === 0 } : {}),
        failed_names: failedNames,
        flaky_names: flakyNames,
      };
    },
  };
}
