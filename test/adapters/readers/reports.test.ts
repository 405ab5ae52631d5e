import { symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { knownFormats, readReports } from "../../../adapters/readers/index.ts";
import { UserError } from "../../../core/errors.ts";
import { fixtures, folderOf, readText } from "./written.ts";

const passing = '<testsuite name="s"><testcase classname="a" name="b"/></testsuite>';

async function errorOf(read: Promise<unknown>): Promise<UserError> {
  const error: unknown = await read.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw new Error(`expected a UserError, got ${String(error)}`);
}

describe("readReports", () => {
  it("adds up many files", async () => {
    const { facts, read } = await readReports(["junit/*.xml"], { root: fixtures });
    expect(read).toHaveLength(6);
    expect(facts.tests).toMatchObject({
      total: 26,
      failed: 8,
      flaky: 3,
      integration_failed: 4,
      hardware_total: 3,
    });
    expect(facts.tests?.driver_passed).toBe(true);
  });
  it("knows nothing where a glob matches nothing, and says so", async () => {
    const { facts, read, problems } = await readReports(["out/**/*.xml"], { root: folderOf({}) });
    expect([facts, read]).toEqual([{}, []]);
    expect(problems).toEqual([
      'The reports glob "out/**/*.xml" matches no file, so what its reports would say is unknown.',
    ]);
  });
  it("tells formats by content, whatever the file's name", async () => {
    const root = folderOf({
      "a.txt": passing,
      ".hidden/b": "TN:\nSF:x\nDA:1,1\nend_of_record\n",
      "c.xml": '{"runs":[{"results":[]}],"version":"2.1.0"}',
      "d.json":
        ' {"specVersion":"1.6","components":[{"bomFormat":1}],"bomFormat":"CycloneDX","vulnerabilities":[]}',
      "e.sarif": '<?xml version="1.0"?><!-- <testsuite> --><coverage line-rate="0.5"/>',
    });
    const { read } = await readReports(["**/*"], { root });
    expect(read.map(({ path, format }) => `${path} ${format}`)).toEqual([
      ".hidden/b lcov",
      "a.txt junit",
      "c.xml sarif",
      "d.json cyclonedx",
      "e.sarif cobertura",
    ]);
  });
  it("reads UTF-16, byte order marks and a declared encoding", async () => {
    const name = (text: string) => `<testsuite><testcase name="${text}"><failure/></testcase></testsuite>`;
    const contents = [
      `\ufeff${name("größe")}`,
      Buffer.from(`\ufeff${name("größe")}`, "utf16le"),
      Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${name("größe")}`, "latin1"),
    ];
    for (const content of contents) {
      expect((await readText(content)).facts.tests?.failed_names).toEqual(["größe"]);
    }
  });
  it("reads each file once, leaves out what a glob excludes, and node_modules", async () => {
    const root = folderOf({ "a/x.xml": passing, "b/x.xml": passing, "node_modules/c/x.xml": "no report" });
    const { read } = await readReports(["**/*.xml", "a/*.xml", "!b/**"], { root });
    expect(read.map(({ path }) => path)).toEqual(["a/x.xml"]);
  });
  it("tells sources of two packages apart and joins those of two shards", async () => {
    const record = (hits: number) => `SF:src/a.ts\nDA:1,${hits}\nend_of_record\n`;
    const packages = folderOf({
      "one/src/a.ts": "",
      "one/coverage/lcov.info": record(1),
      "two/src/a.ts": "",
      "two/coverage/lcov.info": record(0),
    });
    expect((await readReports(["**/lcov.info"], { root: packages })).facts.coverage?.percent).toBe(50);
    const shards = folderOf({
      "src/a.ts": "",
      "shard-1/lcov.info": record(1),
      "shard-2/lcov.info": record(0),
    });
    expect((await readReports(["**/lcov.info"], { root: shards })).facts.coverage?.percent).toBe(100);
  });
});

describe("a report that cannot be read is an error with file, line and formats", () => {
  const nested = (depth: number) => `${"<testsuite>".repeat(depth)}${"</testsuite>".repeat(depth)}`;
  const bomb =
    '<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><testsuite name="s"><testcase name="&b;"/></testsuite>';
  it.each([
    ["an empty file", "", "the file is empty"],
    ["another format", "hello\n", "its format is not known"],
    ["binary", new Uint8Array([0, 1, 2, 255, 254]), "its format is not known"],
    ["a format that is near", '<test-run id="2"/>', "NUnit"],
    ["Clover", '<coverage generated="1" clover="3.2.0"/>', "Clover"],
    ["JSON that is no report", '{"a":1}', "its format is not known"],
    ["truncated XML", passing.slice(0, -5), "line 1: this JUnit XML"],
    ["XML that is cut within a tag", '<testsuite>\n<testcase name="a', "line 2: this JUnit XML"],
    ["XML whose tags do not fit", "<testsuite>\n\n</testcase>", "line 3"],
    ["an entity that is not known", '<testsuite name="&bomb;"/>', "not well-formed"],
    ["an entity bomb", bomb, "document type"],
    ["deep XML", nested(300), "nests deeper"],
    ["an attribute that shadows a method", '<testsuite hasOwnProperty="1" b="2"/>', "not well-formed XML"],
    [
      "a thousand attributes",
      `<testsuite ${Array.from({ length: 1200 }, (_, i) => `a${i}=""`).join(" ")}/>`,
      "more than 1000 attributes",
    ],
    ["an attribute of 5 MB", `<testsuite name="${"x".repeat(5_000_000)}"/>`, "Max buffer length"],
    ["truncated JSON", '{"version":"2.1.0","runs":[{"results":[', "ends before"],
    ["JSON that is cut within a string", '{"version":"2.1.0",\n"runs":[{"a":"b', "line 2: this SARIF 2.1.0"],
    ["JSON with a stray comma", '{"version":"2.1.0","runs":[1,]}', "not well-formed"],
    ["JSON with text behind it", '{"version":"2.1.0","runs":[]}{}', "text follows"],
    ["JSON with NaN", '{"version":"2.1.0","runs":[NaN]}', "not well-formed"],
    ["deep JSON", `{"version":"2.1.0","runs":${"[".repeat(5000)}${"]".repeat(5000)}}`, "nests deeper"],
    ["another SARIF", '{"version":"2.0.0","runs":[]}', "SARIF 2.0.0"],
    ["no version", '{"runs":[]}', "of no version"],
    ["truncated lcov", "TN:\nSF:a\nDA:1,1\n", "line 3: this lcov"],
    ["lcov with a bad count", "TN:\nSF:a\nDA:x,1\nend_of_record\n", "line 3"],
    ["lcov with a line before its file", "TN:\nDA:1,1\n", "line 2"],
    ["lcov with prose", "TN:\nSF:a\nwhat is this\n", "line 3"],
    ["a line of 200,000 letters", `TN:${"x".repeat(200_000)}`, "longer than"],
  ])("%s", async (_name, content, expected) => {
    const error = await errorOf(readText(content));
    expect(error.message).toContain(expected);
    expect(error.message).toMatch(/^report(, line \d+)?: this /);
    expect(error.message).toContain(knownFormats());
    expect(error.exitCode).toBe(65);
  });
  it("a file larger than the bound", async () => {
    const error = await errorOf(readReports(["a"], { root: folderOf({ a: passing }), maximumBytes: 20 }));
    expect(error.message).toContain("larger than 20 bytes");
  });
  it("a value longer than 16 MB", async () => {
    const error = await errorOf(readText(`{"bomFormat":"CycloneDX","x":"${"y".repeat(17 * 1024 * 1024)}"}`));
    expect(error.message).toContain("16 MB");
  });
  it("any prefix of a report is an error or, cut behind its end, the report", async () => {
    const whole = [
      passing,
      '{"bomFormat":"CycloneDX","vulnerabilities":[{"id":"ü\\u00e9","ratings":[{"severity":"high"}]}]}',
      "SF:a\nDA:1,1\nend_of_record",
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (text, share) => {
          await errorOf(readText(text.slice(0, Math.floor(text.length * share))));
        },
      ),
      { numRuns: 60 },
    );
  });
  it("shows no control characters of a path", async () => {
    const root = folderOf({ "a\u001b[31mb": "no report" });
    expect((await errorOf(readReports(["*"], { root }))).message).not.toContain("\u001b");
  });
});

describe("links and other places", () => {
  it.each(["../x.xml", "/etc/passwd", "a/../../x"])("refuses the glob %s", async (pattern) => {
    expect((await errorOf(readReports([pattern], { root: folderOf({}) }))).message).toContain(
      "leads out of the repository",
    );
  });
  it("does not follow links out of the root, to a file or to a folder", async () => {
    const outside = folderOf({ "secret.xml": passing });
    const root = folderOf({ "in/a.xml": passing });
    symlinkSync(join(outside, "secret.xml"), join(root, "link.xml"));
    symlinkSync(outside, join(root, "folder"));
    expect(await readReports(["*.xml", "folder*/**"], { root })).toMatchObject({ facts: {}, read: [] });
    expect((await errorOf(readReports(["folder/secret.xml"], { root }))).message).toContain(
      "is a link out of",
    );
  });
  it("takes a link within the root for no match, and says so", async () => {
    const root = folderOf({ "a.xml": passing });
    symlinkSync(join(root, "a.xml"), join(root, "b.xml"));
    symlinkSync(join(root, "gone"), join(root, "c.xml"));
    const { read, problems } = await readReports(["{b,c}.xml"], { root });
    expect(read).toEqual([]);
    expect(problems).toEqual([expect.stringContaining("matches no file")]);
  });
});
