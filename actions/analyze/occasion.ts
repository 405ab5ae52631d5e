import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import { armTexts } from "../../core/analysis/arm-text.ts";
import type { Occasion } from "../../core/analysis/verdict-frame.ts";
import { optional } from "../../core/optional.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import type { AnalyzeInputs } from "./inputs.ts";

export function environmentOf({ environment }: AnalyzeInputs, { configuration }: ResolvedPolicy): string {
  return environment ?? configuration.environment ?? defaultEnvironment;
}

export function serviceOf({ service }: AnalyzeInputs, { configuration }: ResolvedPolicy): string | undefined {
  return service ?? configuration.service;
}

/** What the verdict is about. */
export function occasionOf(
  inputs: AnalyzeInputs,
  resolved: ResolvedPolicy,
  more: Pick<Occasion, "baseline" | "power" | "warnings" | "candidate" | "stable">,
): Occasion {
  const { hash, commit } = resolved.policy.version;
  return {
    ...optional("decisionId", inputs.decisionId),
    ...optional("service", serviceOf(inputs, resolved)),
    environment: environmentOf(inputs, resolved),
    policyVersion: { hash, commit },
    ...armTexts(inputs),
    ...more,
    warnings: [...(resolved.setAside ? [resolved.setAside] : []), ...(more.warnings ?? [])],
  };
}
