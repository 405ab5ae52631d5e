import { requirableFacts } from "../../../change/known.ts";
import { parseDuration } from "../../duration.ts";
import { parseGuardrails, type Rule } from "../../guardrails/index.ts";
import { globMatches } from "../../match.ts";
import { type StrategyMapping, strategyKinds } from "../../schema.ts";
import { nearest } from "../../suggest.ts";
import type { Problem } from "../../yaml/problem.ts";
import { quoted } from "../../yaml/quoted.ts";
import type { BundleDocuments } from "../files.ts";
import { analysisProblems } from "./analysis.ts";
import { calendarProblems } from "./calendar.ts";
import { mappingProblems } from "./mapping.ts";
import { modelProblems } from "./model.ts";
import { queryProblems } from "./queries.ts";

/** What holds within and between the documents of a bundle beyond their shapes. */
export function crossProblems(documents: BundleDocuments): Problem[] {
  return [
    ...weightProblems(documents),
    ...mappingProblems(documents),
    ...thresholdProblems(documents),
    ...calendarProblems(documents),
    ...guardrailProblems(documents),
    ...serviceProblems(documents),
    ...queryProblems(documents),
  ];
}

/** What a guardrail may force: a strategy by its name, or the first one of a kind. */
export function forcibleStrategies(mapping: StrategyMapping): string[] {
  const kinds = new Set(Object.values(mapping.strategies).map((strategy) => strategy.kind));
  return [
    ...new Set([...strategyKinds.filter((kind) => kinds.has(kind)), ...Object.keys(mapping.strategies)]),
  ];
}

export function guardrailRules({ guardrails, mapping }: BundleDocuments): Rule[] {
  if (guardrails === undefined || mapping?.value === undefined) return [];
  return parseGuardrails(guardrails.text, guardrails.fileName, forcibleStrategies(mapping.value)).rules;
}

function guardrailProblems({ guardrails, mapping }: BundleDocuments): Problem[] {
  if (guardrails === undefined) return [];
  const strategies = mapping?.value === undefined ? undefined : forcibleStrategies(mapping.value);
  const { errors } = parseGuardrails(guardrails.text, guardrails.fileName, strategies);
  return errors.map(({ fileName, line, column, message }) => ({ file: fileName, line, column, message }));
}

function weightProblems({ weights }: BundleDocuments): Problem[] {
  if (weights?.value === undefined) return [];
  const { value, problemAt } = weights;
  return Object.entries(value.factors).flatMap(([name, { curve }]) => {
    const path = ["factors", name, "curve"];
    if (
      curve.kind === "linear" &&
      curve.min !== undefined &&
      curve.max !== undefined &&
      curve.min > curve.max
    ) {
      return [problemAt([...path, "min"], `min: ${curve.min} is above max: ${curve.max}`)];
    }
    if (curve.kind !== "steps") return [];
    return curve.steps.flatMap(([value], index) => {
      const before = curve.steps[index - 1]?.[0];
      if (before === undefined || value > before) return [];
      const message = `steps[${index}]: ${value} is not above ${before} of the pair before; values rise`;
      return [problemAt([...path, "steps", index], message)];
    });
  });
}

function thresholdProblems({ thresholds, mapping }: BundleDocuments): Problem[] {
  if (thresholds?.value === undefined) return [];
  const { value, problemAt } = thresholds;
  const parts = [
    { path: ["defaults"], part: value.defaults },
    ...(value.scopes ?? []).map((part, index) => ({ path: ["scopes", index], part })),
  ];
  const ofParts = parts.flatMap(({ path, part }) => {
    const problems: Problem[] = [];
    for (const [index, fact] of (part["required-facts"] ?? []).entries()) {
      if (requirableFacts.includes(fact)) continue;
      const suggestion = nearest(fact, requirableFacts);
      const hint = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
      const message = `required-facts[${index}]: ${quoted(fact)} is not one of ${requirableFacts.join(", ")}${hint}`;
      problems.push(problemAt([...path, "required-facts", index], message));
    }
    const durations = [
      { at: ["quarantine", "cooldown"], text: part.quarantine?.cooldown },
      { at: ["wait-for", "deadline"], text: part["wait-for"]?.deadline },
    ];
    for (const { at, text } of durations) {
      if (text === undefined || parseDuration(text) !== undefined) continue;
      problems.push(problemAt([...path, ...at], `${at[1]}: ${quoted(text)} is longer than ten years`));
    }
    return problems;
  });
  return [
    ...ofParts,
    ...analysisProblems({ thresholds }, parts),
    ...modelProblems({ thresholds, mapping }, parts),
  ];
}

type Place = { file: "mapping" | "thresholds" | "calendar"; path: PropertyKey[]; glob: string };

/** Where services are declared, a scope or freeze that names none of them is a slip that would silently not apply. */
function serviceProblems(documents: BundleDocuments): Problem[] {
  const { services } = documents;
  if (services?.value === undefined) return [];
  const names = services.value.services.map((service) => service.name);
  const twice = names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [services.problemAt(["services", index, "name"], `name: ${quoted(name)} is given twice; keep one`)],
  );
  const places = placesOfServices(documents);
  const globs = [...new Set(places.map(({ glob }) => glob))];
  if (lettersOf(globs) * lettersOf(names) > mostCompared) {
    const message = `services: ${names.length} names and ${globs.length} different globs for them are too many to compare; shorten or join them`;
    return [...twice, services.problemAt(["services"], message)];
  }
  const strange = new Set(globs.filter((glob) => !names.some((name) => globMatches(glob, name))));
  const listed = names.slice(0, mostListed).join(", ") + (names.length > mostListed ? ", …" : "");
  const strangers = places
    .filter(({ glob }) => strange.has(glob))
    .slice(0, mostListed)
    .flatMap(({ file, path, glob }) => {
      const suggestion = nearest(glob, names);
      const hint = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
      const message = `service: ${quoted(glob)} fits no service of services.yaml: ${listed}${hint}`;
      return documents[file]?.problemAt(path, message) ?? [];
    });
  return [...twice, ...strangers];
}

/** Every glob is held against every name; beyond this many letters against letters it takes seconds. */
const mostCompared = 100_000_000;
const mostListed = 20;

function lettersOf(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.length, 0);
}

function placesOfServices(documents: BundleDocuments): Place[] {
  const places: Place[] = [];
  const add = (file: Place["file"], path: PropertyKey[], glob: string | undefined): void => {
    if (glob !== undefined) places.push({ file, path, glob });
  };
  for (const file of ["mapping", "thresholds"] as const) {
    for (const [index, scope] of (documents[file]?.value?.scopes ?? []).entries()) {
      add(file, ["scopes", index, "match", "service"], scope.match.service);
    }
  }
  const calendar = documents.calendar?.value;
  for (const list of ["change-windows", "peak-hours", "freezes"] as const) {
    for (const [index, entry] of (calendar?.[list] ?? []).entries()) {
      add("calendar", [list, index, "match", "service"], entry.match?.service);
    }
  }
  for (const [index, freeze] of (calendar?.freezes ?? []).entries()) {
    for (const [at, service] of (freeze.except?.services ?? []).entries()) {
      add("calendar", ["freezes", index, "except", "services", at], service);
    }
  }
  return places;
}
