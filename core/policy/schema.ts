import type { PolicyModel } from "./bundle/model.ts";
import type { Calendar } from "./schema/calendar.ts";
import type { Cases } from "./schema/cases.ts";
import type { Queries } from "./schema/queries.ts";
import type { RiskWeights } from "./schema/risk-weights.ts";
import type { Services } from "./schema/services.ts";
import type { StrategyMapping } from "./schema/strategy-mapping.ts";
import type { ThresholdsAndWindows } from "./schema/thresholds.ts";

/** The shapes of the policy bundle's documents, one file a document. */
export * from "./schema/analysis.ts";
export * from "./schema/calendar.ts";
export * from "./schema/cases.ts";
export * from "./schema/configuration.ts";
export * from "./schema/model.ts";
export { duration, serviceName } from "./schema/parts.ts";
export * from "./schema/queries.ts";
export * from "./schema/risk-weights.ts";
export * from "./schema/services.ts";
export * from "./schema/strategy-mapping.ts";
export * from "./schema/telemetry.ts";
export * from "./schema/thresholds.ts";

/** A bundle as the core sees it: parsed, checked, and with the hash of what was read. */
export type PolicyBundle = {
  name: string;
  weights: RiskWeights;
  mapping: StrategyMapping;
  thresholds: ThresholdsAndWindows;
  calendar?: Calendar;
  services?: Services;
  queries?: Queries;
  model?: PolicyModel;
  guardrails: string;
  cases?: Cases;
  metadata?: string;
  version: { hash: string; commit: string; repository?: string };
};
