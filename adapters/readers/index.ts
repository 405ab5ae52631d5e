import { plainName } from "../../core/change/dependencies/plain-name.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import { UserError } from "../../core/errors.ts";
import { cobertura } from "./cobertura.ts";
import { coverageTally } from "./coverage-tally.ts";
import { cyclonedx } from "./cyclonedx.ts";
import { findReports, realReport } from "./find.ts";
import { type Head, readHead } from "./head.ts";
import { junit } from "./junit.ts";
import { lcov } from "./lcov.ts";
import { MalformedReport } from "./malformed.ts";
import type { ReportReader, Tallies } from "./reader.ts";
import { openReport } from "./report-file.ts";
import { sarif } from "./sarif.ts";
import { sourceKeys } from "./source-path.ts";
import { testTally } from "./test-tally.ts";
import { vulnerabilityTally } from "./vulnerability-tally.ts";
import { localName } from "./xml.ts";

/** Every format that is read; lists of them in docs and errors come from here. */
export const reportReaders = { junit, lcov, cobertura, sarif, cyclonedx } satisfies Record<
  string,
  ReportReader
>;
export type ReportFormat = keyof typeof reportReaders;

export type ReadReports = {
  facts: Pick<ChangeFacts, "tests" | "coverage" | "vulnerabilities">;
  read: { path: string; format: ReportFormat }[];
  problems: string[];
};

export type ReadOptions = {
  root: string;
  /** Percent of lines covered on the base, from which the change in coverage is told. */
  baselinePercent?: number;
  /** The most that is read of one file. */
  maximumBytes?: number;
};

const defaultMaximumBytes = 1024 * 1024 * 1024;

/** Facts from the reports that globs match. A group of which no report speaks stays unknown. */
export async function readReports(globs: readonly string[], options: ReadOptions): Promise<ReadReports> {
  const { root } = options;
  const { paths, unmatched } = await findReports(globs, root);
  const problems = unmatched.map(
    (pattern) =>
      `The reports glob "${plainName(pattern)}" matches no file, so what its reports would say is unknown.`,
  );
  const tallies = { tests: testTally(), coverage: coverageTally(), vulnerabilities: vulnerabilityTally() };
  const read: ReadReports["read"] = [];
  for (const path of paths) {
    const problem = (sentence: string) => void problems.push(`${plainName(path, 300)} ${sentence}.`);
    const into: Tallies = { ...tallies, sourceKey: sourceKeys(root, path) };
    read.push({ path, format: await readReport(path, into, problem, options) });
  }
  const problem = (sentence: string) => void problems.push(sentence);
  const tests = tallies.tests.facts();
  const coverage = tallies.coverage.facts(options.baselinePercent, problem);
  const vulnerabilities = tallies.vulnerabilities.facts(problem);
  return {
    facts: {
      ...(tests ? { tests } : {}),
      ...(coverage ? { coverage } : {}),
      ...(vulnerabilities ? { vulnerabilities } : {}),
    },
    read,
    problems,
  };
}

async function readReport(
  path: string,
  into: Tallies,
  problem: (sentence: string) => void,
  options: ReadOptions,
): Promise<ReportFormat> {
  let title = "report";
  try {
    const file = await realReport(options.root, path);
    const { head, text, close } = await openReport(file, options.maximumBytes ?? defaultMaximumBytes);
    try {
      const beginning = await readHead(head);
      const format = formatOf(beginning);
      if (!format) throw new MalformedReport(`its format is not known${likeness(beginning)}`);
      title = reportReaders[format].title;
      await reportReaders[format].read(text, into, problem);
      return format;
    } finally {
      await close();
    }
  } catch (error) {
    throw userErrorOf(error, plainName(path, 300), title);
  }
}

function userErrorOf(error: unknown, path: string, title: string): unknown {
  if (error instanceof MalformedReport) {
    const line = error.line === undefined ? "" : `, line ${error.line}`;
    return new UserError(
      "bad-report",
      `${path}${line}: this ${title} cannot be read: ${plainName(error.message, 300)}. Formats: ${knownFormats()}. ` +
        "Write the report anew, or let the reports globs leave the file out.",
    );
  }
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return new UserError(
      "bad-report",
      `${path} cannot be opened (${error.code}). Look at its permissions, or leave it out.`,
    );
  }
  return error;
}

export function knownFormats(): string {
  return Object.values(reportReaders)
    .map((reader) => reader.title)
    .join(", ");
}

function formatOf(head: Head): ReportFormat | undefined {
  const formats = Object.keys(reportReaders).filter((name): name is ReportFormat =>
    Object.hasOwn(reportReaders, name),
  );
  return formats.find((name) => reportReaders[name].detect(head));
}

/** Roots of formats that are near but not read, and what their tools can write instead. */
const nearFormats = new Map([
  ["report", "JaCoCo XML; convert it to Cobertura or lcov"],
  ["coverage", "Clover XML; let the tool write lcov or Cobertura"],
  ["bom", "CycloneDX in XML; let the tool write JSON"],
  ["test-run", "NUnit XML; let the tool write JUnit XML"],
  ["assemblies", "xUnit.net XML; let the tool write JUnit XML"],
  ["TestRun", "Visual Studio's TRX; let the tool write JUnit XML"],
]);

function likeness(head: Head): string {
  if (head.text === "") return " (the file is empty)";
  const near = head.root && nearFormats.get(localName(head.root.name));
  return near ? ` (it looks like ${near})` : "";
}
