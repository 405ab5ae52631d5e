import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readReports } from "../../../adapters/readers/index.ts";
import { fixtures, readText } from "./written.ts";

const root = fixtures;

describe("JUnit XML", () => {
  it.each([
    [
      "pytest",
      { total: 7, failed: 3, flaky: 0, integration_failed: 2, hardware_total: 1, hardware_failed: 0 },
    ],
    ["jest", { total: 5, failed: 1, flaky: 0, integration_failed: 1 }],
    ["surefire-flaky", { total: 4, failed: 1, flaky: 2, integration_failed: 1 }],
    ["gradle-retry", { total: 4, failed: 1, flaky: 1 }],
    [
      "gtest-hardware",
      { total: 4, failed: 1, flaky: 0, hardware_total: 2, hardware_failed: 1, driver_passed: true },
    ],
    ["suite-that-could-not-start", { total: 2, failed: 1, flaky: 0 }],
  ])("of %s", async (name, expected) => {
    const { facts, read, problems } = await readReports([`junit/${name}.xml`], { root });
    const { failed_names, flaky_names, ...counts } = facts.tests ?? {};
    expect(counts).toEqual(expected);
    expect(failed_names).toHaveLength(expected.failed);
    expect(flaky_names).toHaveLength(expected.flaky);
    expect(read).toEqual([{ path: `junit/${name}.xml`, format: "junit" }]);
    expect(problems).toEqual([]);
    expect(facts.coverage).toBeUndefined();
  });

  it("names what failed and what is flaky", async () => {
    const { facts } = await readReports(["junit/gradle-retry.xml", "junit/jest.xml"], { root });
    expect(facts.tests?.failed_names).toEqual(["org.example.ClockTest.chimes()", "Checkout (e2e) pays"]);
    expect(facts.tests?.flaky_names).toEqual(["org.example.ClockTest.ticks()"]);
  });

  it("names at most 20 tests, without control characters", async () => {
    const cases = Array.from(
      { length: 30 },
      (_, index) => `<testcase name="t\u202e${index}&#x9;\u009b31m"><failure/></testcase>`,
    );
    const { facts } = await readText(`<testsuite>${cases.join("")}</testsuite>`);
    expect(facts.tests?.failed).toBe(30);
    expect(facts.tests?.failed_names).toHaveLength(20);
    expect(facts.tests?.failed_names?.[3]).toBe("t331m");
  });

  const failing = '<testcase classname="a.B" name="c"><failure/></testcase>';
  const passing = '<testcase classname="a.B" name="c"/>';
  it.each([
    ["a failure that passes when run again", failing + passing, [1, 0, 1]],
    ["that fails every time", failing + failing, [1, 1, 0]],
    ["that fails again in the end", failing + passing + failing, [1, 1, 0]],
    ["that passes before it fails, as parametrised tests of one name do", passing + failing, [2, 1, 0]],
    [
      "whose rerun is skipped",
      `${failing}<testcase classname="a.B" name="c"><skipped/></testcase>`,
      [1, 1, 0],
    ],
    ["of another class", `${failing}<testcase classname="a.C" name="c"/>`, [2, 1, 0]],
    ["without a name", "<testcase><failure/></testcase><testcase/>", [2, 1, 0]],
    [
      "marked in its output only",
      '<testcase name="c"><system-out><failure/></system-out></testcase>',
      [1, 0, 0],
    ],
  ])("%s", async (_name, cases, [total, failed, flaky]) => {
    const { facts } = await readText(`<testsuite name="s">${cases}</testsuite>`);
    expect(facts.tests).toMatchObject({ total, failed, flaky });
  });

  it("takes no failure back by a pass in another suite, which may be another platform", async () => {
    const { facts } = await readText(
      `<testsuites><testsuite name="windows">${failing}</testsuite><testsuite name="linux">${passing}</testsuite></testsuites>`,
    );
    expect(facts.tests).toMatchObject({ total: 2, failed: 1, flaky: 0 });
  });

  it("reads nested suites, prefixes and the tests beside suites", async () => {
    const { facts } = await readText(
      '<j:testsuites xmlns:j="x"><j:testsuite name="e2e"><j:testsuite name="in"><j:testcase name="a"><j:error/></j:testcase></j:testsuite><j:testcase name="b"/></j:testsuite></j:testsuites>',
    );
    expect(facts.tests).toMatchObject({ total: 2, failed: 1, integration_failed: 1 });
  });

  it("does not know about integration, hardware or driver tests where none ran", async () => {
    const { facts } = await readText(
      '<testsuite><testcase classname="UnitTest" name="handles integration"/><testcase classname="tests.integration.X" name="b"><skipped/></testcase><testcase classname="HilTest" name="c"><skipped/></testcase></testsuite>',
    );
    expect(facts.tests).toEqual({
      total: 3,
      failed: 0,
      flaky: 0,
      hardware_total: 0,
      failed_names: [],
      flaky_names: [],
    });
  });

  it("counts any mix of suites as it was written", async () => {
    const outcome = fc.constantFrom("", "<failure/>", "<error/>", "<skipped/>", "<flakyFailure/>");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(outcome, { maxLength: 8 }), { maxLength: 5 }), async (suites) => {
        const xml = suites.map(
          (cases, suite) =>
            `<testsuite name="${suite}">${cases.map((mark, index) => `<testcase name="${index}">${mark}</testcase>`).join("")}</testsuite>`,
        );
        const { facts } = await readText(`<testsuites>${xml.join("")}</testsuites>`);
        const all = suites.flat();
        expect(facts.tests).toMatchObject({
          total: all.length,
          failed: all.filter((mark) => mark === "<failure/>" || mark === "<error/>").length,
          flaky: all.filter((mark) => mark === "<flakyFailure/>").length,
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe("coverage", () => {
  it.each([
    ["lcov of c8", ["coverage/c8.info"], 50],
    ["two shards of one file laid on one another", ["coverage/c8.info", "coverage/c8-second-shard.info"], 75],
    [
      "counts without lines added",
      ["coverage/c8.info", "coverage/counts-only.info"],
      (100 * (4 + 5)) / (8 + 20),
    ],
    ["coverage.py", ["coverage/coverage-py.xml"], 75],
    [
      "lcov and Cobertura together",
      ["coverage/c8.info", "coverage/coverage-py.xml"],
      (100 * (4 + 6)) / (8 + 8),
    ],
    ["a rate alone", ["coverage/rate-only.xml"], 81.25],
  ])("of %s", async (_name, globs, percent) => {
    const { facts, problems } = await readReports(globs, { root });
    expect(facts.coverage?.percent).toBeCloseTo(percent, 3);
    expect(facts.coverage).not.toHaveProperty("delta");
    expect(problems).toEqual([]);
  });
  it("gives the change where the base's percentage is known", async () => {
    expect((await readReports(["coverage/c8.info"], { root, baselinePercent: 51.3 })).facts.coverage).toEqual(
      {
        percent: 50,
        delta: -1.3,
      },
    );
  });
  it("does not know coverage where a bare rate cannot be joined", async () => {
    const { facts, problems } = await readReports(["coverage/c8.info", "coverage/rate-only.xml"], { root });
    expect(facts.coverage).toBeUndefined();
    expect(problems).toEqual([expect.stringContaining("coverage is unknown")]);
  });
  it("does not know coverage of no lines", async () => {
    for (const text of ["TN:\n", '<coverage line-rate="1" lines-valid="0" lines-covered="0"/>']) {
      const { facts, problems } = await readText(text);
      expect(facts.coverage).toBeUndefined();
      expect(problems).toEqual([expect.stringContaining("coverage is unknown")]);
    }
  });
  it("joins lines as a set of hit lines does", async () => {
    const line = fc.tuple(
      fc.constantFrom("a.ts", "b.ts", "__proto__"),
      fc.integer({ min: 0, max: 3000 }),
      fc.nat({ max: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 60 }), async (lines) => {
        const records = lines.map(
          ([source, number, hits]) => `SF:${source}\nDA:${number},${hits}\nend_of_record\n`,
        );
        const valid = new Set(lines.map(([source, number]) => `${source}:${number}`));
        const covered = new Set(
          lines.filter(([, , hits]) => hits > 0).map(([source, number]) => `${source}:${number}`),
        );
        const { facts } = await readText(records.join(""));
        expect(facts.coverage?.percent).toBeCloseTo((100 * covered.size) / valid.size, 3);
      }),
      { numRuns: 60 },
    );
  });
});

describe("vulnerabilities", () => {
  it.each([
    ["sarif/codeql.sarif", [1, 2, 1], ["js/code-injection", "js/sql-injection", "js/clear-text-logging"]],
    [
      "sarif/semgrep.sarif",
      [1, 1, 1],
      ["python.lang.style", "python.lang.security.eval", "python.lang.security.md5"],
    ],
    ["cyclonedx/trivy.json", [1, 2, 0], ["CVE-2021-44906", "CVE-2022-0778"]],
    ["cyclonedx/grype.json", [1, 0, 1], ["CVE-2021-44906", "CVE-2019-3333"]],
    ["cyclonedx/{trivy,grype}.json", [1, 2, 1], ["CVE-2021-44906", "CVE-2022-0778", "CVE-2019-3333"]],
  ])("of %s", async (pattern, [critical, high, medium], identifiers) => {
    const { facts, problems } = await readReports([pattern], { root });
    expect(facts.vulnerabilities).toEqual({ critical, high, medium, identifiers });
    expect(problems).toEqual([]);
  });
  it("counts a finding once that two reports give", async () => {
    const once = await readReports(["sarif/codeql.sarif"], { root });
    const twice = await readReports(["sarif/*.sarif", "sarif/codeql.sarif"], { root });
    expect(twice.facts.vulnerabilities?.high).toBe((once.facts.vulnerabilities?.high ?? 0) + 1);
  });
  it("takes a list of components for no scan", async () => {
    const alone = await readReports(["cyclonedx/syft-without-scan.json"], { root });
    expect(alone.facts.vulnerabilities).toBeUndefined();
    expect(alone.problems).toEqual([expect.stringContaining("not scanned")]);
    const beside = await readReports(["cyclonedx/{syft-without-scan,trivy}.json"], { root });
    expect(beside.facts.vulnerabilities).toEqual({
      critical: 1,
      high: 2,
      identifiers: ["CVE-2021-44906", "CVE-2022-0778"],
    });
  });

  const run = (members: object) =>
    JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { rules: [{ id: "r" }] } }, ...members }] });
  const result = (members: object) => run({ results: [{ ruleId: "r", level: "error", ...members }] });
  it.each([
    ["a clean scan", run({ results: [] }), { critical: 0, high: 0, medium: 0 }, 0],
    [
      "a scan that failed and found nothing",
      run({ results: [], invocations: [{ executionSuccessful: false }] }),
      undefined,
      1,
    ],
    [
      "a scan that failed and found something",
      run({ invocations: [{ executionSuccessful: false }], results: [{ ruleId: "r", level: "error" }] }),
      { high: 1 },
      1,
    ],
    ["a run without results", run({}), undefined, 1],
    ["a run whose results are null", run({ results: null }), undefined, 1],
    ["no run", '{"version":"2.1.0","runs":[]}', undefined, 1],
    ["a suppression without a status", result({ suppressions: [{ kind: "inSource" }] }), { high: 0 }, 0],
    [
      "a rejected suppression",
      result({ suppressions: [{ status: "accepted" }, { status: "rejected" }] }),
      { high: 1 },
      0,
    ],
    ["no suppression", result({ suppressions: [] }), { high: 1 }, 0],
    ["something for review", result({ kind: "review" }), { high: 0 }, 0],
    ["a finding that is gone", result({ baselineState: "absent" }), { high: 0 }, 0],
    ["a finding that was updated", result({ baselineState: "updated" }), { high: 1 }, 0],
    [
      "a score on the result",
      result({ properties: { "security-severity": "9.0" } }),
      { critical: 1, high: 0 },
      0,
    ],
    ["a score that is none", result({ properties: { "security-severity": "very" } }), { high: 1 }, 0],
    ["a level by default", result({ level: undefined }), { medium: 1 }, 0],
    ["a rule's child", result({ ruleId: "r/1", level: undefined }), { medium: 1 }, 0],
    ["a note", result({ level: "note" }), { medium: 0 }, 0],
    [
      "a key called __proto__",
      run({ protoKey: 1, results: [] }).replace("protoKey", "__proto__"),
      { high: 0 },
      0,
    ],
  ])("of SARIF with %s", async (_name, text, expected, problemCount) => {
    const { facts, problems } = await readText(text);
    if (expected) expect(facts.vulnerabilities).toMatchObject(expected);
    else expect(facts.vulnerabilities).toBeUndefined();
    expect(problems).toHaveLength(problemCount);
  });

  const bom = (...vulnerabilities: object[]) => JSON.stringify({ bomFormat: "CycloneDX", vulnerabilities });
  it.each([
    ["none", bom(), { critical: 0, high: 0, medium: 0 }, 0],
    ["one without a severity", bom({ id: "a" }), undefined, 1],
    [
      "one of unknown severity beside another",
      bom({ id: "a", ratings: [{ severity: "unknown" }] }, { id: "b", ratings: [{ severity: "high" }] }),
      { high: 1 },
      1,
    ],
    [
      "one that was rejected",
      bom({ id: "a", rejected: "2026-01-01T00:00:00Z", ratings: [{ severity: "high" }] }),
      { high: 0 },
      0,
    ],
    [
      "one in triage",
      bom({ id: "a", analysis: { state: "in_triage" }, ratings: [{ severity: "high" }] }),
      { high: 1 },
      0,
    ],
    [
      "one that is a false positive",
      bom({ id: "a", ratings: [{ severity: "high" }], analysis: { state: "false_positive" } }),
      { high: 0 },
      0,
    ],
    ["a score alone", bom({ id: "a", ratings: [{ score: 7 }] }), { high: 1 }, 0],
  ])("of CycloneDX with %s", async (_name, text, expected, problemCount) => {
    const { facts, problems } = await readText(text);
    if (expected) expect(facts.vulnerabilities).toMatchObject(expected);
    else expect(facts.vulnerabilities).toBeUndefined();
    expect(problems).toHaveLength(problemCount);
  });
});
