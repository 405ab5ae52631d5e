import { exitCodes, UserError } from "../../errors.ts";
import { digest } from "../../evidence/canonical.ts";
import type { PolicyBundle } from "../schema.ts";
import { describeProblem, inReadingOrder, type Problem } from "../yaml/problem.ts";
import { printable } from "../yaml/quoted.ts";
import { crossProblems } from "./check/index.ts";
import { type BaseBundles, type BundleDocuments, readDocuments } from "./files.ts";
import { type PolicyModel, policyModelIn } from "./model.ts";

export type BundleOrigin = {
  /** How decisions call the bundle; the metadata's own name is for people. */
  name: string;
  commit: string;
  /** Shipped bundles, from which the files come that the folder does not hold. */
  bases?: BaseBundles;
};

export type ExaminedBundle = {
  bundle?: PolicyBundle;
  /** With these the bundle is refused. */
  problems: Problem[];
  documents: BundleDocuments;
};

/** Reads and checks all files of a bundle; every problem of every file at once, or the bundle. */
export function examineBundle(files: ReadonlyMap<string, string>, origin: BundleOrigin): ExaminedBundle {
  const { documents, problems: ownProblems } = readDocuments(files, origin.bases);
  const problems = inReadingOrder([...ownProblems, ...crossProblems(documents)]);
  const bundle =
    problems.length === 0
      ? assembled(documents, policyModelIn(files, origin.bases?.("default")), origin)
      : undefined;
  return { ...(bundle === undefined ? {} : { bundle }), problems, documents };
}

/** The bundle, or one error that lists every problem of every file. */
export function readBundle(files: ReadonlyMap<string, string>, origin: BundleOrigin): PolicyBundle {
  const { bundle, problems } = examineBundle(files, origin);
  if (bundle !== undefined) return bundle;
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
  throw new UserError(
    "policy-invalid",
    [
      `The policy bundle "${printable(origin.name)}" at ${printable(origin.commit.slice(0, 12))} has ${count}:`,
      ...lines,
    ].join("\n"),
    exitCodes.badInput,
  );
}

function assembled(
  documents: BundleDocuments,
  model: PolicyModel | undefined,
  origin: BundleOrigin,
): PolicyBundle | undefined {
  const { weights, mapping, thresholds, calendar, services, queries, cases, metadataText } = documents;
  if (weights?.value === undefined || mapping?.value === undefined || thresholds?.value === undefined)
    return undefined;
  // The hash does not see the order of keys, so nothing may depend on it: not a sum, not the first of a kind.
  const deciding = {
    weights: { ...weights.value, factors: byName(weights.value.factors) },
    mapping: { ...mapping.value, strategies: byName(mapping.value.strategies) },
    thresholds: thresholds.value,
    ...(calendar?.value === undefined ? {} : { calendar: calendar.value }),
    ...(services?.value === undefined ? {} : { services: services.value }),
    ...(queries?.value === undefined ? {} : { queries: queries.value }),
    ...(model === undefined ? {} : { model }),
    guardrails: withPlainLines(documents.guardrails?.text ?? ""),
  };
  return {
    name: origin.name,
    ...deciding,
    ...(cases?.value === undefined ? {} : { cases: cases.value }),
    ...(metadataText === undefined ? {} : { metadata: metadataText }),
    version: { hash: policyHash(deciding), commit: origin.commit },
  };
}

function byName<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}

type Deciding = Pick<
  PolicyBundle,
  "weights" | "mapping" | "thresholds" | "calendar" | "services" | "queries" | "model" | "guardrails"
>;

/**
 * One hash for one meaning: of the parsed documents, so that comments, order of keys and spacing in YAML do not
 * count, and of the text of the guardrails. Cases and metadata decide nothing and are left out.
 */
export function policyHash({
  weights,
  mapping,
  thresholds,
  calendar,
  services,
  queries,
  model,
  guardrails,
}: Deciding): string {
  // A bundle without queries or model keeps the hash that it had before there were any.
  const later = queries === undefined ? [] : [queries];
  const taught = model === undefined ? [] : [{ model: model.version }];
  const documents = [weights, mapping, thresholds, calendar, services, ...later].map((document) => {
    const { $schema: _, ...meaning } = document ?? {};
    return document === undefined ? null : meaning;
  });
  return digest([...documents, ...taught, withPlainLines(guardrails)]);
}

/** A checkout on Windows has the same policy. */
function withPlainLines(text: string): string {
  return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
}
