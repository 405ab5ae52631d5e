import { reasonCodes } from "../../../decision/shape.ts";
import { moreCareful } from "../../../strategy/care.ts";
import { type Condition, formatCondition, parseCondition } from "../../guardrails/index.ts";
import type { Override, PolicyBundle, StrategyMapping, Thresholds } from "../../schema.ts";
import { didYouMean } from "../../suggest.ts";
import { inReadingOrder, type Problem } from "../../yaml/problem.ts";
import { printable } from "../../yaml/quoted.ts";
import { type BundleOrigin, examineBundle } from "../bundle.ts";
import { guardrailRules } from "../check/index.ts";
import type { BundleDocuments } from "../files.ts";
import { calendarWarnings } from "./calendar.ts";
import { brokenModel, modelWarnings } from "./model.ts";
import { coveringScope } from "./scope.ts";

export type CheckedBundle = { bundle?: PolicyBundle; problems: Problem[]; warnings: Problem[] };

/**
 * What `policy check` says: problems, with which the bundle is refused, and warnings about what is allowed and hardly
 * meant. Warnings come only once there is no problem, except that of a model, without which the bundle decides all the
 * same. Without `now` nothing is said of dates that are past.
 */
export function checkBundle(
  files: ReadonlyMap<string, string>,
  origin: BundleOrigin,
  options: { now?: Date } = {},
): CheckedBundle {
  const { bundle, problems, documents } = examineBundle(files, origin);
  if (bundle === undefined) return { problems, warnings: [] };
  const warnings = [
    ...overrideWarnings(documents),
    ...bandScopeWarnings(documents),
    ...thresholdWarnings(documents),
    ...guardrailWarnings(documents),
    ...factorWarnings(documents),
    ...caseWarnings(documents),
    ...calendarWarnings(documents, options.now),
    ...modelWarnings(documents, bundle.model),
  ];
  // What a shipped bundle says is not the user's to mend.
  const own = warnings.filter((warning) => files.has(warning.file));
  return { bundle, problems: brokenModel(bundle.model), warnings: inReadingOrder(own) };
}

function overrideWarnings({ mapping }: BundleDocuments): Problem[] {
  if (mapping?.value === undefined) return [];
  const { value, problemAt } = mapping;
  const seen = new Map<string, string>();
  return (value.overrides ?? []).flatMap((override, index) => {
    const at = (message: string): Problem[] => [
      problemAt(["overrides", index, "name"], `${override.name}: ${message}`),
    ];
    const parsed = parseCondition(override.when, "when");
    const meaning = "condition" in parsed ? formatCondition(parsed.condition) : override.when;
    const twin = seen.get(meaning);
    seen.set(meaning, override.name);
    if (twin !== undefined) return at(`has the same condition as ${twin}; make them one`);
    if (isIdle(override)) return at("does nothing; give it a strategy, approval: required or block: true");
    if (changesNothing(override, value)) {
      return at(
        `never applies: every band has a more careful strategy already; say choose: exactly if you mean it`,
      );
    }
    return [];
  });
}

function isIdle({ strategy, approval, block }: Override): boolean {
  return strategy === undefined && approval === undefined && block !== true;
}

/** An `at-least` override that only names a strategy which every band beats. */
function changesNothing(override: Override, mapping: StrategyMapping): boolean {
  const wanted = mapping.strategies[override.strategy ?? ""];
  if (wanted === undefined || override.choose === "exactly" || override.approval || override.block)
    return false;
  const bands = [...mapping.bands, ...(mapping.scopes ?? []).flatMap((scope) => scope.bands)];
  return bands.every((band) => {
    const banded = mapping.strategies[band.strategy];
    return banded !== undefined && moreCareful(banded.kind, wanted.kind);
  });
}

function bandScopeWarnings({ mapping }: BundleDocuments): Problem[] {
  const scopes = mapping?.value?.scopes ?? [];
  return scopes.flatMap((_, index) => {
    const later = coveringScope(scopes, index);
    if (later === undefined || mapping === undefined) return [];
    const message = `this scope never applies: scopes[${later}] below matches all of it and the last one wins; swap them`;
    return [mapping.problemAt(["scopes", index], message)];
  });
}

function thresholdWarnings({ thresholds }: BundleDocuments): Problem[] {
  if (thresholds?.value === undefined) return [];
  const { value, problemAt } = thresholds;
  const scopes = value.scopes ?? [];
  const shadowed = scopes.flatMap((scope, index) => {
    const later = coveringScope(scopes, index, (candidate) => overwrites(candidate, scope));
    if (later === undefined) return [];
    return [
      problemAt(["scopes", index], `this scope never shows: scopes[${later}] below overwrites all of it`),
    ];
  });
  const parts = [
    { path: ["defaults"], part: value.defaults },
    ...scopes.map((part, index) => ({ path: ["scopes", index], part })),
  ];
  const unreachable = parts.flatMap(({ path, part }) => {
    const { count, users, teams, permissions, codeowners } = part.approval?.approvers ?? {};
    const onlyUsers = users !== undefined && !teams?.length && !permissions?.length && codeowners !== true;
    if (!onlyUsers || count === undefined || count <= users.length) return [];
    const message = `count: ${count} people approve, and only ${users.length} may; name more of them`;
    return [problemAt([...path, "approval", "approvers", "count"], message)];
  });
  return [...shadowed, ...unreachable];
}

/** True where every value that the earlier scope sets is set again by the later one. */
function overwrites(later: Thresholds, earlier: Thresholds): boolean {
  return valuesOf(earlier).every((name) => valuesOf(later).includes(name));
}

function valuesOf(scope: Thresholds): string[] {
  return Object.entries(scope).flatMap(([group, value]) => {
    if (group === "match") return [];
    if (typeof value !== "object" || Array.isArray(value)) return [group];
    return Object.keys(value).map((key) => `${group}.${key}`);
  });
}

/** `force rolling` where the score is high gives back what the bands took care of. */
function guardrailWarnings(documents: BundleDocuments): Problem[] {
  const mapping = documents.mapping?.value;
  const file = documents.guardrails?.fileName;
  if (mapping === undefined || file === undefined) return [];
  return guardrailRules(documents).flatMap((rule) => {
    if (rule.action.kind !== "force") return [];
    const forced = rule.action.strategy;
    const kind =
      mapping.strategies[forced]?.kind ??
      Object.values(mapping.strategies).find((one) => one.kind === forced)?.kind;
    const score = leastScore(rule.condition);
    const band =
      score === undefined ? undefined : mapping.bands.find((candidate) => score <= candidate["up-to"]);
    const banded = band && mapping.strategies[band.strategy];
    if (kind === undefined || band === undefined || banded === undefined || !moreCareful(banded.kind, kind))
      return [];
    const message = `"${rule.name}" forces ${forced} where the bands have the more careful ${band.strategy}; is that meant?`;
    return [{ file, line: rule.line, column: rule.column, message }];
  });
}

/** The lowest score for which a condition can hold, where it says so plainly. */
function leastScore(condition: Condition): number | undefined {
  if (condition.kind === "and") {
    const scores = condition.parts.map(leastScore).filter((score) => score !== undefined);
    return scores.length === 0 ? undefined : Math.max(...scores);
  }
  if (condition.kind !== "compare" || !["risk_score", "band_score"].includes(condition.name))
    return undefined;
  const { operator, value } = condition;
  if (value.kind !== "number") return undefined;
  if (operator === ">") return value.value + 1;
  return operator === ">=" || operator === "==" ? value.value : undefined;
}

function factorWarnings({ weights }: BundleDocuments): Problem[] {
  if (weights?.value === undefined || weights.value["author-facts"]) return [];
  return Object.entries(weights.value.factors)
    .filter(([, factor]) => factor.fact.startsWith("author."))
    .map(([name, factor]) =>
      weights.problemAt(
        ["factors", name, "fact"],
        `fact: ${factor.fact} stays unknown unless author-facts: true stands here`,
      ),
    );
}

function caseWarnings({ cases, mapping }: BundleDocuments): Problem[] {
  const seen = new Set<string>();
  return (cases?.value?.cases ?? []).flatMap((one, index) => {
    const warnings: Problem[] = [];
    const at = (key: string[], message: string): void => {
      if (cases !== undefined) warnings.push(cases.problemAt(["cases", index, ...key], message));
    };
    if (seen.has(one.name))
      at(["name"], `the name "${printable(one.name)}" is given twice; a failure would not say which`);
    seen.add(one.name);
    if (Object.keys(one.expect).length === 0) at(["expect"], "nothing is expected, so this case cannot fail");
    const strategy = one.expect["strategy-name"];
    if (
      strategy !== undefined &&
      mapping?.value !== undefined &&
      !Object.hasOwn(mapping.value.strategies, strategy)
    ) {
      at(
        ["expect", "strategy-name"],
        `"${printable(strategy)}" is not a strategy of the mapping, so this case cannot pass`,
      );
    }
    const reason = one.expect["reason-code"];
    if (reason !== undefined && !reasonCodes.some((code) => code === reason)) {
      const hint = didYouMean(reason, reasonCodes);
      at(
        ["expect", "reason-code"],
        `"${printable(reason)}" is no reason code, so this case cannot pass${hint}`,
      );
    }
    return warnings;
  });
}
