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

export const aboutNames = ["service", "environment", "candidate", "stable"] as const;
/** What is compared, as documents name it. */
export type About = { [name in (typeof aboutNames)[number]]?: string };

export function aboutOf(inputs: AnalyzeInputs, resolved: ResolvedPolicy): About {
  return {
    ...optional("service", serviceOf(inputs, resolved)),
    environment: environmentOf(inputs, resolved),
    ...armTexts(inputs),
  };
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
    ...aboutOf(inputs, resolved),
    policyVersion: { hash, commit },
    ...more,
    warnings: [...(resolved.setAside ? [resolved.setAside] : []), ...(more.warnings ?? [])],
  };
}
