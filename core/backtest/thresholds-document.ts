import { stringify } from "yaml";
import { type ModelRules, type StrategyKind, type StrategyMapping, serviceName } from "../policy/schema.ts";
import type { BandRule } from "./bands.ts";
import type { Suggestion } from "./suggest.ts";

/**
 * Suggested thresholds as `thresholds-and-windows.yaml` has them: defaults, and a scope for each service with enough
 * changes of its own. Points stay with the strategy mapping, and are not in it.
 */
export function thresholdsText(
  suggestions: readonly Suggestion[],
  mapping: StrategyMapping,
  scale: Exclude<BandRule["scale"], "points">,
): string {
  const rules = suggestions.map((one) => ({ one, model: rulesOf(one, mapping, scale) }));
  const whole = rules.find(({ one }) => one.service === null)?.model;
  const scopes = rules.flatMap(({ one: { service }, model }) =>
    service !== null && model && serviceName.safeParse(service).success
      ? [{ match: { service }, model }]
      : [],
  );
  const document = { ...(whole && { defaults: { model: whole } }), ...(scopes.length > 0 && { scopes }) };
  const head = "# For thresholds-and-windows.yaml: lay it over what stands there.\n";
  return Object.keys(document).length === 0 ? "" : head + stringify(document);
}

function rulesOf(
  { scales }: Suggestion,
  { strategies }: StrategyMapping,
  scale: BandRule["scale"],
): ModelRules | undefined {
  const own = scales.find((one) => one.scale === scale);
  if (own === undefined) return undefined;
  const from = (what: "canary" | "blue-green" | "approval") =>
    own.steps.find((step) => step.what === what)?.from;
  const named = (kind: StrategyKind) =>
    Object.keys(strategies).find((name) => strategies[name]?.kind === kind);
  const ends = [
    { kind: "rolling" as const, upTo: from("canary") },
    { kind: "canary" as const, upTo: from("blue-green") },
    { kind: "blue-green" as const, upTo: 100 },
  ];
  let last = -1;
  const bands = ends.flatMap(({ kind, upTo }) => {
    const strategy = named(kind);
    if (strategy === undefined || upTo == null || upTo <= last) return [];
    last = upTo;
    return [{ "up-to": upTo, strategy }];
  });
  const approval = from("approval");
  if (last < 100) return undefined;
  return {
    ...{ scale: own.scale, bands },
    ...(approval == null ? {} : { approval: { from: approval, "least-probability": own.least_probability } }),
  };
}
