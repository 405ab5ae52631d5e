import type { ChangeFacts } from "../change/facts.ts";
import type { Calendar, Thresholds } from "../policy/schema.ts";
import { gate } from "./gate.ts";
import type { Gate } from "./shape.ts";

/** Gates that ask when a change may go: windows, peak hours, freezes, error budget, quarantine. */
export function contextGates(
  facts: ChangeFacts,
  thresholds: Thresholds,
  calendar: Calendar | undefined,
): Gate[] {
  return [
    ...windowGate(facts, thresholds, calendar),
    ...peakGate(facts, thresholds, calendar),
    ...freezeGate(facts, thresholds, calendar),
    ...errorBudgetGate(facts, thresholds),
    ...quarantineGate(facts, thresholds),
  ];
}

function windowGate(facts: ChangeFacts, thresholds: Thresholds, calendar: Calendar | undefined): Gate[] {
  const rule = thresholds["change-window"];
  const state = facts.context?.change_window;
  if (!rule || (state !== "closed" && !calendar?.["change-windows"]?.length)) return [];
  if (state === "open") return [gate("change-window", "pass", "within-policy", "The change window is open.")];
  if (state === "closed") {
    return [gate("change-window", rule.closed, "outside-change-window", "The change window is closed now.")];
  }
  return [calendarUnknown("change-window", rule.closed)];
}

function peakGate(facts: ChangeFacts, thresholds: Thresholds, calendar: Calendar | undefined): Gate[] {
  const rule = thresholds.peak;
  const peak = facts.context?.peak;
  if (!rule || (peak == null && !calendar?.["peak-hours"]?.length)) return [];
  if (peak === true) return [gate("peak-hours", rule.during, "peak-hours", "Traffic is at its peak now.")];
  if (peak === false) return [gate("peak-hours", "pass", "within-policy", "Traffic is not at its peak.")];
  return [calendarUnknown("peak-hours", rule.during)];
}

function freezeGate(facts: ChangeFacts, thresholds: Thresholds, calendar: Calendar | undefined): Gate[] {
  const rule = thresholds.freeze;
  const freeze = facts.context?.freeze;
  if (!rule || (freeze == null && !calendar?.freezes?.length)) return [];
  if (freeze) return [gate("freeze", rule.during, "freeze", `The freeze "${freeze}" is in force.`)];
  if (freeze === "") return [gate("freeze", "pass", "within-policy", "No freeze is in force.")];
  return [calendarUnknown("freeze", rule.during)];
}

function calendarUnknown(name: string, configured: Gate["verdict"]): Gate {
  const verdict = configured === "pass" ? "pass" : "approve";
  return gate(
    name,
    verdict,
    "calendar-unknown",
    "The policy has a calendar, and the time of the change is not known.",
  );
}

function errorBudgetGate(facts: ChangeFacts, thresholds: Thresholds): Gate[] {
  const rule = thresholds["error-budget"];
  const left = facts.context?.error_budget_left_percent;
  if (!rule || left == null) return [];
  const least = rule["minimum-percent"];
  return left < least
    ? [
        gate(
          "error-budget",
          rule.below,
          "error-budget-spent",
          `${left} % of the error budget is left; policy asks for ${least} %.`,
        ),
      ]
    : [gate("error-budget", "pass", "within-policy", `${left} % of the error budget is left.`)];
}

function quarantineGate(facts: ChangeFacts, thresholds: Thresholds): Gate[] {
  const rule = thresholds.quarantine;
  if (!rule) return [];
  const { quarantine, cooldown } = facts.context ?? {};
  if (quarantine)
    return [
      gate("quarantine", rule.during, "quarantined", `This candidate is in quarantine: ${quarantine}.`),
    ];
  if (cooldown)
    return [gate("cooldown", rule.during, "cooldown", `The service is cooling down: ${cooldown}.`)];
  return [];
}
