import type { ChangeFacts } from "../change/facts.ts";
import { isKnown } from "../change/known.ts";
import type { Override, Thresholds } from "../policy/schema.ts";
import { type Answer, gate } from "./gate.ts";
import type { Gate } from "./shape.ts";

/** Gates that ask what the change is: vulnerabilities, drivers, facts that must be known, overrides. */
export function changeGates(facts: ChangeFacts, thresholds: Thresholds, matching: Override[]): Gate[] {
  return [
    ...vulnerabilityGates(facts, thresholds),
    ...driverGate(facts, thresholds),
    ...requiredFactGates(facts, thresholds),
    ...matching.flatMap(overrideGates),
  ];
}

function vulnerabilityGates(facts: ChangeFacts, thresholds: Thresholds): Gate[] {
  const gates: Gate[] = [];
  for (const level of ["critical", "high", "medium"] as const) {
    const answer = thresholds.vulnerabilities?.[level];
    const found = facts.vulnerabilities?.[level];
    if (!answer || found == null) continue;
    const reason = level === "critical" ? "critical-vulnerability" : "vulnerability";
    gates.push(
      found > 0
        ? gate(
            `${level}-vulnerabilities`,
            answer,
            reason,
            `${found} ${level} ${found === 1 ? "vulnerability" : "vulnerabilities"} found.`,
          )
        : gate(`${level}-vulnerabilities`, "pass", "within-policy", `No ${level} vulnerability found.`),
    );
  }
  return gates;
}

function driverGate(facts: ChangeFacts, thresholds: Thresholds): Gate[] {
  const rule = thresholds["windows-driver"];
  const unproven = rule && answerToDriver(facts, rule.unproven);
  if (!unproven) return [];
  const missing = [
    ...(facts.context?.driver_signature_verified ? [] : ["a verified signature"]),
    ...(facts.tests?.driver_passed ? [] : ["passed driver tests"]),
  ];
  const name = "windows-driver";
  if (missing.length)
    return [gate(name, unproven, "driver-unproven", `A Windows driver needs ${missing.join(" and ")}.`)];
  return [gate(name, "pass", "within-policy", "The driver's signature is verified and its tests passed.")];
}

/** Signing hints at Windows by itself: where no platform is known it asks, and does not block over a guess. */
function answerToDriver({ kinds, service }: ChangeFacts, configured: Answer): Answer | undefined {
  if (!kinds?.kernel_driver && !kinds?.driver_signing) return undefined;
  if (service?.platforms?.includes("windows")) return configured;
  if (service?.platforms?.length || !kinds.driver_signing) return undefined;
  return configured === "pass" ? "pass" : "approve";
}

function requiredFactGates(facts: ChangeFacts, thresholds: Thresholds): Gate[] {
  return (thresholds["required-facts"] ?? [])
    .filter((name) => !isKnown(facts, name))
    .map((name) => gate(`required-fact:${name}`, "approve", "required-fact-unknown", missingSentence(name)));
}

function missingSentence(name: string): string {
  if (name === "context.recordable")
    return "Policy asks for a record of every decision, and this one goes to no ledger.";
  return `Policy asks for ${name}, which is not known.`;
}

function overrideGates(override: Override): Gate[] {
  const name = `override:${override.name}`;
  if (override.block)
    return [gate(name, "block", "override-blocks", `Policy blocks changes of this kind (${override.name}).`)];
  if (override.approval) {
    return [
      gate(
        name,
        "approve",
        "override-needs-approval",
        `Policy asks for an approval of changes of this kind (${override.name}).`,
      ),
    ];
  }
  return [];
}
