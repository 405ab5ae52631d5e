import { matchesScope, type Scope } from "./match.ts";
import type { StrategyMapping, Thresholds, ThresholdsAndWindows } from "./schema.ts";

/**
 * What holds for one service in one environment: the defaults, then every scope that matches, in the order of the
 * file. A group such as `approval` is laid over the one before it key by key; what a group holds is replaced whole.
 */
export function thresholdsFor(policy: ThresholdsAndWindows, where: Scope): Thresholds {
  const resolved: Thresholds = { ...policy.defaults };
  for (const { match, ...scope } of policy.scopes ?? []) {
    if (!matchesScope(match, where)) continue;
    Object.assign(resolved, scope, {
      ...overlaid("approval", resolved, scope),
      ...overlaid("error-budget", resolved, scope),
      ...overlaid("vulnerabilities", resolved, scope),
      ...overlaid("change-window", resolved, scope),
      ...overlaid("peak", resolved, scope),
      ...overlaid("freeze", resolved, scope),
      ...overlaid("quarantine", resolved, scope),
      ...overlaid("windows-driver", resolved, scope),
      ...overlaid("wait-for", resolved, scope),
      ...overlaid("analysis", resolved, scope),
      ...overlaid("rollout", resolved, scope),
      ...overlaid("model", resolved, scope),
    });
  }
  return resolved;
}

/** True where the policy is enforced for some service in some environment. */
export function enforcesAnything({ defaults, scopes = [] }: ThresholdsAndWindows): boolean {
  return [defaults, ...scopes].some(({ mode }) => mode === "enforced");
}

type Group = Exclude<keyof Thresholds, "mode" | "required-facts">;

function overlaid(group: Group, under: Thresholds, over: Thresholds): Partial<Thresholds> {
  return over[group] === undefined ? {} : { [group]: { ...under[group], ...over[group] } };
}

/** The bands of the last scope that matches, else those of the whole policy. */
export function bandsFor(mapping: StrategyMapping, where: Scope): StrategyMapping["bands"] {
  return mapping.scopes?.findLast((scope) => matchesScope(scope.match, where))?.bands ?? mapping.bands;
}
