import type { CoverageTally } from "./coverage-tally.ts";
import type { Head } from "./head.ts";
import type { TestTally } from "./test-tally.ts";
import type { VulnerabilityTally } from "./vulnerability-tally.ts";

/** Where every report is laid together; a reader fills the tally that its format speaks of. */
export type Tallies = {
  tests: TestTally;
  coverage: CoverageTally;
  vulnerabilities: VulnerabilityTally;
  /** One key for one source file, however the report at hand writes its path. */
  sourceKey(name: string, bases?: readonly string[]): string;
};

export type ReportReader = {
  /** As an error names it. */
  title: string;
  /** Tells the format by the content's beginning; a file's name says nothing. */
  detect(head: Head): boolean;
  /** Reads the whole text, chunk by chunk. A sentence about what could not be told goes to `problem`. */
  read(text: AsyncIterable<string>, into: Tallies, problem: (sentence: string) => void): Promise<void>;
};
