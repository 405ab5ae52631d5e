import { parseDuration } from "../../duration.ts";
import { parseCondition } from "../../guardrails/index.ts";
import type { Strategy, StrategyMapping } from "../../schema.ts";
import { nearest } from "../../suggest.ts";
import type { Problem } from "../../yaml/problem.ts";
import { quoted } from "../../yaml/quoted.ts";
import type { BundleDocuments } from "../files.ts";

type At = (path: readonly PropertyKey[], message: string) => Problem;

/** What no shape can say of strategy-mapping-policy.yaml: bands and steps rise, names exist, conditions are read. */
export function mappingProblems({ mapping }: BundleDocuments): Problem[] {
  if (mapping?.value === undefined) return [];
  const { value, problemAt } = mapping;
  return [
    ...Object.entries(value.strategies).flatMap(([name, strategy]) =>
      strategyProblems(strategy, name, problemAt),
    ),
    ...bandProblems(value, value.bands, ["bands"], problemAt),
    ...(value.scopes ?? []).flatMap((scope, index) =>
      bandProblems(value, scope.bands, ["scopes", index, "bands"], problemAt),
    ),
    ...overrideProblems(value, problemAt),
  ];
}

export function bandProblems(
  mapping: StrategyMapping,
  bands: StrategyMapping["bands"],
  path: PropertyKey[],
  at: At,
): Problem[] {
  const problems: Problem[] = [];
  let before = -1;
  for (const [index, band] of bands.entries()) {
    const upTo = band["up-to"];
    if (upTo <= before) {
      problems.push(
        at([...path, index, "up-to"], `up-to: ${upTo} is not above ${before} of the band before; bands rise`),
      );
    }
    before = Math.max(before, upTo);
    problems.push(...unknownStrategy(mapping, band.strategy, [...path, index, "strategy"], at));
  }
  if (before < 100) {
    const message = `bands: scores above ${before} have no strategy; let the last band be up-to: 100`;
    problems.push(at([...path, bands.length - 1, "up-to"], message));
  }
  return problems;
}

function unknownStrategy(mapping: StrategyMapping, name: string, path: PropertyKey[], at: At): Problem[] {
  if (Object.hasOwn(mapping.strategies, name)) return [];
  const names = Object.keys(mapping.strategies);
  const suggestion = nearest(name, names);
  const hint = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  return [
    at(path, `strategy: ${quoted(name)} is not one of the strategies here: ${names.join(", ")}${hint}`),
  ];
}

function strategyProblems(strategy: Strategy, name: string, at: At): Problem[] {
  const problems: Problem[] = [];
  const path = (index: number, key: string): PropertyKey[] => ["strategies", name, "steps", index, key];
  let before = -1;
  for (const [index, step] of strategy.steps.entries()) {
    const [key, share] = shareOf(step);
    const least = strategy.kind === "blue-green" ? 0 : Number.MIN_VALUE;
    if (share < least) problems.push(at(path(index, key), `${key}: 0 moves nothing; give a percent above 0`));
    else if (share <= before) {
      problems.push(
        at(path(index, key), `${key}: ${share} is not above ${before} of the step before; steps rise`),
      );
    }
    before = Math.max(before, share);
    const seconds = parseDuration(step.window);
    if (seconds === undefined || seconds === 0) {
      const message = `window: ${quoted(step.window)} is not between 1s and ten years`;
      problems.push(at(path(index, "window"), message));
    }
  }
  const last = strategy.steps.length - 1;
  const key = lastKeys[strategy.kind];
  if (before < 100 && endsAtAll(strategy)) {
    problems.push(
      at(path(last, key), `${key}: the last step ends at 100, not at ${before}; add one or raise it`),
    );
  }
  return problems;
}

const lastKeys = { rolling: "batch", canary: "weight", "blue-green": "weight", cohorts: "cohort" } as const;

/** A single batch is repeated until all is replaced, and blue-green cuts over after its last step. */
function endsAtAll(strategy: Strategy): boolean {
  if (strategy.kind === "blue-green") return false;
  return strategy.kind !== "rolling" || strategy.steps.length > 1;
}

function shareOf(step: Strategy["steps"][number]): ["batch" | "weight" | "cohort", number] {
  if ("batch" in step) return ["batch", step.batch];
  return "weight" in step ? ["weight", step.weight] : ["cohort", step.cohort];
}

function overrideProblems(mapping: StrategyMapping, at: At): Problem[] {
  const seen = new Set<string>();
  return (mapping.overrides ?? []).flatMap((override, index) => {
    const path = ["overrides", index];
    const problems: Problem[] = [];
    if (seen.has(override.name)) {
      problems.push(
        at([...path, "name"], `name: ${quoted(override.name)} is given twice; every override has its own`),
      );
    }
    seen.add(override.name);
    for (const error of parseCondition(override.when, "when").errors) {
      problems.push(at([...path, "when"], `when: ${error.message}`));
    }
    if (override.strategy !== undefined) {
      problems.push(...unknownStrategy(mapping, override.strategy, [...path, "strategy"], at));
    }
    return problems;
  });
}
