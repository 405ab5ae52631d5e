import type { ReportReader, Tallies } from "./reader.ts";
import { type TestKinds, testKinds } from "./test-kinds.ts";
import type { TestOutcome, TestTally } from "./test-tally.ts";
import { localName, walkXml } from "./xml.ts";

type Attribute = (name: string) => string | undefined;
/** A failure that a later run of the same test within the suite may still take back. */
type Failure = { outcome: "failed" | "flaky"; name: string; kinds: TestKinds };
type Suite = {
  name: string;
  attribute: { tests: number; bad: number; skipped: number };
  isEmpty: boolean;
  failures: Map<string, Failure>;
};
type Case = { className: string; name: string; file: string; marks: Set<string>; depth: number };

/** Failures of one suite that are held to see whether a rerun passes; those beyond simply stay failures. */
const mostHeldFailures = 50_000;
const failed = ["failure", "error"];
const rerun = ["flakyFailure", "flakyError", "rerunFailure", "rerunError"];
const skipped = ["skipped", "disabled"];
const knownMarks = new Set([...failed, ...rerun, ...skipped]);
const suiteElements = new Set(["testsuites", "testsuite"]);

/** JUnit XML as Surefire, Gradle, pytest, jest-junit, gtest, nextest and many others write it. */
export const junit: ReportReader = {
  title: "JUnit XML",
  detect: (head) => head.root !== undefined && suiteElements.has(localName(head.root.name)),
  async read(text, into: Tallies) {
    into.tests.report();
    const suites: Suite[] = [];
    let testCase: Case | undefined;
    await walkXml(text, {
      open(name, attribute) {
        const element = localName(name);
        const suite = suites.at(-1);
        if (suiteElements.has(element)) {
          if (suite) suite.isEmpty = false;
          suites.push(newSuite(attribute));
        } else if (element === "testcase" && suite) {
          suite.isEmpty = false;
          testCase = newCase(attribute);
        } else if (testCase) {
          // Only children of the test itself speak of it, not what its output holds.
          if (testCase.depth === 0 && knownMarks.has(element)) testCase.marks.add(element);
          testCase.depth++;
        }
      },
      close(name) {
        const element = localName(name);
        const suite = suites.at(-1);
        if (element === "testcase" && testCase && suite) {
          settleCase(testCase, suite, suites, into.tests);
          testCase = undefined;
        } else if (suiteElements.has(element) && suite) {
          settleSuite(suite, suites, into.tests);
          suites.pop();
        } else if (testCase) testCase.depth--;
      },
    });
  },
};

function newSuite(attribute: Attribute): Suite {
  const count = (name: string) => {
    const text = attribute(name) ?? "";
    return /^\d{1,9}$/.test(text) ? Number(text) : 0;
  };
  return {
    name: attribute("name") ?? "",
    attribute: { tests: count("tests"), bad: count("failures") + count("errors"), skipped: count("skipped") },
    isEmpty: true,
    failures: new Map(),
  };
}

function newCase(attribute: Attribute): Case {
  const marks = new Set<string>();
  // GoogleTest says it in attributes.
  if (attribute("status") === "notrun" || attribute("result") === "skipped") marks.add("skipped");
  return {
    className: attribute("classname") ?? "",
    name: attribute("name") ?? "",
    file: attribute("file") ?? "",
    marks,
    depth: 0,
  };
}

/** A test that failed and passed when it was run again is flaky, and passed. */
function outcomeOf({ marks }: Case): TestOutcome {
  const has = (names: string[]) => names.some((name) => marks.has(name));
  if (has(failed)) return "failed";
  if (has(rerun)) return "flaky";
  return has(skipped) ? "skipped" : "passed";
}

/**
 * A rerun may also be a second entry of the same test in the same suite (Gradle's retry, for one). Entries of
 * other suites or files are other runs, on another platform perhaps, and take nothing back.
 */
function settleCase(testCase: Case, suite: Suite, suites: readonly Suite[], tally: TestTally): void {
  const outcome = outcomeOf(testCase);
  const key = `${testCase.file}\n${testCase.className}\n${testCase.name}`;
  const earlier = testCase.name === "" ? undefined : suite.failures.get(key);
  if (earlier) {
    if (outcome !== "skipped") earlier.outcome = outcome === "failed" ? "failed" : "flaky";
    return;
  }
  const name = nameOf(testCase);
  const kinds = testKinds(testCase.className, [testCase.file, ...suites.map((one) => one.name)]);
  if (outcome === "failed" && testCase.name !== "" && suite.failures.size < mostHeldFailures) {
    suite.failures.set(key, { outcome, name, kinds });
  } else tally.add({ outcome, name, kinds });
}

function settleSuite(suite: Suite, suites: readonly Suite[], tally: TestTally): void {
  for (const failure of suite.failures.values()) tally.add(failure);
  if (!suite.isEmpty) return;
  // Some tools write a suite that could not start as counts alone.
  const { tests, bad, skipped: left } = suite.attribute;
  const kinds = testKinds(
    "",
    suites.map((one) => one.name),
  );
  if (bad > 0) tally.add({ outcome: "failed", name: suite.name, kinds, count: bad });
  if (left > 0) tally.add({ outcome: "skipped", name: suite.name, kinds, count: left });
  const passed = tests - bad - left;
  if (passed > 0) tally.add({ outcome: "passed", name: suite.name, kinds, count: passed });
}

function nameOf({ className, name }: Case): string {
  return className === "" || name.startsWith(className) ? name : `${className}.${name}`;
}
