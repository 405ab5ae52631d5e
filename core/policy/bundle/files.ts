import { optional } from "../../optional.ts";
import {
  type Calendar,
  type Cases,
  calendar,
  cases,
  type Queries,
  queries,
  type RiskWeights,
  riskWeights,
  type Services,
  type StrategyMapping,
  services,
  strategyMapping,
  type ThresholdsAndWindows,
  thresholdsAndWindows,
} from "../schema.ts";
import { didYouMean } from "../suggest.ts";
import { largestDocumentKib, type ParsedDocument, parseYamlDocument } from "../yaml/document.ts";
import { firstProblems, type Problem } from "../yaml/problem.ts";
import { printable } from "../yaml/quoted.ts";
import { metadataFileName, type PolicyMetadata, readMetadata } from "./metadata.ts";

export const guardrailsFileName = "guardrails.rules";

/** The files of a bundle, and what becomes of one that the folder does not hold. */
export const bundleFiles = {
  "risk-weights.yaml": "inherited",
  "strategy-mapping-policy.yaml": "inherited",
  "thresholds-and-windows.yaml": "inherited",
  [guardrailsFileName]: "inherited",
  "calendar.yaml": "inherited",
  "queries.yaml": "inherited",
  "services.yaml": "own",
  [metadataFileName]: "own",
  "cases.yaml": "own",
  "model.json": "own",
  "model.txt": "own",
  CODEOWNERS: "ignored",
  "README.md": "ignored",
  "model-card.md": "ignored",
} as const;
export type BundleFile = keyof typeof bundleFiles;

/** Shipped bundles by name, as a map of file name and text. */
export type BaseBundles = (name: string) => ReadonlyMap<string, string> | undefined;

/** The documents of a bundle with the places of their values; absent where the file is, or where it is not valid. */
export type BundleDocuments = {
  weights?: ParsedDocument<RiskWeights>;
  mapping?: ParsedDocument<StrategyMapping>;
  thresholds?: ParsedDocument<ThresholdsAndWindows>;
  calendar?: ParsedDocument<Calendar>;
  services?: ParsedDocument<Services>;
  queries?: ParsedDocument<Queries>;
  cases?: ParsedDocument<Cases>;
  guardrails?: { fileName: string; text: string };
  metadata?: PolicyMetadata;
  metadataText?: string;
};

export type FileText = { fileName: string; text: string };

/** Reads every file on its own: names, sizes, YAML and shapes. What holds between files is for check/. */
export function readDocuments(
  files: ReadonlyMap<string, string>,
  bases: BaseBundles | undefined,
): { documents: BundleDocuments; problems: Problem[] } {
  const metadataText = files.get(metadataFileName);
  const read = metadataText === undefined ? undefined : readMetadata(metadataText);
  const problems = [...unknownFiles(files), ...(read?.problems ?? [])];
  const wanted = read?.metadata?.extends;
  if (wanted !== undefined && bases !== undefined && bases(wanted) === undefined) {
    const message = `extends: "${printable(wanted)}" is not a shipped bundle; leave it out for "default"`;
    if (read) problems.push(read.problemAt(["extends"], message));
  }

  const find = (file: BundleFile): FileText | undefined => findFile(file, files, wanted, bases);
  const parse = <Value>(file: BundleFile, parser: (found: FileText) => ParsedDocument<Value>) => {
    const found = find(file);
    const parsed = found && parser(found);
    problems.push(...(parsed?.problems ?? []));
    return parsed;
  };
  const documents: BundleDocuments = {
    ...optional(
      "weights",
      parse("risk-weights.yaml", ({ text, fileName }) => parseYamlDocument(text, fileName, riskWeights)),
    ),
    ...optional(
      "mapping",
      parse("strategy-mapping-policy.yaml", ({ text, fileName }) =>
        parseYamlDocument(text, fileName, strategyMapping),
      ),
    ),
    ...optional(
      "thresholds",
      parse("thresholds-and-windows.yaml", ({ text, fileName }) =>
        parseYamlDocument(text, fileName, thresholdsAndWindows),
      ),
    ),
    ...optional(
      "calendar",
      parse("calendar.yaml", ({ text, fileName }) => parseYamlDocument(text, fileName, calendar)),
    ),
    ...optional(
      "services",
      parse("services.yaml", ({ text, fileName }) => parseYamlDocument(text, fileName, services)),
    ),
    ...optional(
      "queries",
      parse("queries.yaml", ({ text, fileName }) => parseYamlDocument(text, fileName, queries)),
    ),
    ...optional(
      "cases",
      parse("cases.yaml", ({ text, fileName }) => parseYamlDocument(text, fileName, cases)),
    ),
    ...optional("guardrails", find(guardrailsFileName)),
    ...optional("metadata", read?.metadata),
    ...optional("metadataText", metadataText),
  };
  problems.push(...missingFiles(documents), ...tooLarge(documents.guardrails));
  return { documents, problems };
}

/** The text of a file as it holds for a folder, whether or not it is the folder's own. */
export function heldText(
  file: BundleFile,
  files: ReadonlyMap<string, string>,
  bases: BaseBundles,
): string | undefined {
  const { metadata } = readMetadata(files.get(metadataFileName) ?? "");
  return findFile(file, files, metadata?.extends, bases)?.text;
}

const mostBases = 4;

/** The folder's own file, else the whole file of the bundle that it extends, else of the one which that extends. */
function findFile(
  file: BundleFile,
  files: ReadonlyMap<string, string>,
  extended: string | undefined,
  bases: BaseBundles | undefined,
): FileText | undefined {
  const own = files.get(file);
  if (own !== undefined) return { fileName: file, text: own };
  if (bundleFiles[file] !== "inherited") return undefined;
  let name = extended ?? "default";
  for (let level = 0; level < mostBases; level++) {
    const base = bases?.(name);
    const text = base?.get(file);
    if (text !== undefined) return { fileName: `${name}/${file}`, text };
    const next = base && readMetadata(base.get(metadataFileName) ?? "").metadata?.extends;
    if (next === undefined) return undefined;
    name = next;
  }
  return undefined;
}

const mostStrangers = 20;

function unknownFiles(files: ReadonlyMap<string, string>): Problem[] {
  const allowed = Object.keys(bundleFiles);
  const strangers = [...files.keys()].filter(
    (name) => !allowed.includes(name) && !name.endsWith(".schema.json"),
  );
  const problems = strangers.map((name) => ({
    file: printable(name),
    message: `is not a file of a policy bundle${didYouMean(name, allowed) || ";"} Allowed here: ${allowed.join(", ")}, *.schema.json`,
  }));
  return firstProblems(problems, mostStrangers);
}

function missingFiles(documents: BundleDocuments): Problem[] {
  const required: [BundleFile, unknown][] = [
    ["risk-weights.yaml", documents.weights],
    ["strategy-mapping-policy.yaml", documents.mapping],
    ["thresholds-and-windows.yaml", documents.thresholds],
  ];
  return required
    .filter(([, document]) => document === undefined)
    .map(([file]) => ({ file, message: "is missing; add it, or extend a shipped bundle that has it" }));
}

function tooLarge(found: FileText | undefined): Problem[] {
  if (found === undefined || found.text.length <= largestDocumentKib * 1024) return [];
  return [{ file: found.fileName, message: `the file is larger than ${largestDocumentKib} KiB; shorten it` }];
}
