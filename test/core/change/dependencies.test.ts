import { describe, expect, it } from "vitest";
import {
  countDependencies,
  dependencyChanges,
  lockFileOf,
  lockFiles,
} from "../../../core/change/dependencies/index.ts";
import { plainName } from "../../../core/change/dependencies/plain-name.ts";
import { gitPatch } from "./git-patch.ts";

/** A patch of one hunk from its lines, with the counts that its header needs. */
function hunk(lines: string[], start = 40, heading = ""): string {
  const before = lines.filter((line) => !line.startsWith("+")).length;
  const after = lines.filter((line) => !line.startsWith("-")).length;
  return [`@@ -${start},${before} +${start},${after} @@ ${heading}`, ...lines].join("\n");
}

function changesOf(path: string, ...patches: string[]) {
  const told = dependencyChanges([{ path, patch: patches.join("\n") }]);
  if (!told.known) throw new Error(told.why);
  return told.changes.map(({ name, from, to, major }) => [name, from, to, major]);
}

function whyUnknown(path: string, patch: string | undefined): string {
  const told = dependencyChanges([{ path, patch }]);
  return told.known ? `known: ${JSON.stringify(told.changes)}` : told.why;
}

describe("lockFileOf", () => {
  it.each([
    ["package-lock.json", "npm"],
    ["apps/web/npm-shrinkwrap.json", "npm"],
    ["pnpm-lock.yaml", "npm"],
    ["yarn.lock", "npm"],
    ["requirements.txt", "pip"],
    ["requirements-dev.txt", "pip"],
    ["dev_requirements.txt", "pip"],
    ["requirements/base.txt", "pip"],
    ["constraints.txt", "pip"],
    ["poetry.lock", "pip"],
    ["pdm.lock", "pip"],
    ["uv.lock", "pip"],
    ["Pipfile.lock", "pip"],
    ["services/api/go.mod", "go"],
    ["Cargo.lock", "cargo"],
    ["pom.xml", "maven"],
    ["go.sum", undefined],
    ["package.json", undefined],
    ["docs/requirements.md", undefined],
    ["myrequirements.txt", undefined],
    ["node_modules/a/package-lock.json", undefined],
    ["vendor/example.org/a/go.mod", undefined],
    ["__proto__", undefined],
  ])("%s: %s", (path, ecosystem) => {
    expect(lockFileOf(path)?.ecosystem).toBe(ecosystem);
  });
  it("knows every lock file by the name that it is listed under", () => {
    for (const [name, lockFile] of Object.entries(lockFiles)) expect(lockFileOf(name)).toBe(lockFile);
  });
});

describe("dependencyChanges", () => {
  it("knows that nothing changed where no lock file did", () => {
    expect(dependencyChanges([{ path: "src/a.ts", patch: undefined }])).toEqual({ known: true, changes: [] });
  });
  it("does not know where a lock file's patch was withheld or cut", () => {
    expect(whyUnknown("package-lock.json", undefined)).toContain(
      "package-lock.json changed, but its patch was not given",
    );
    expect(whyUnknown("Cargo.lock", "@@ -1,9 +1,9 @@\n [[package]]")).toContain("cut off");
  });
  it("one unreadable lock file makes all unknown", () => {
    const good = { path: "go.mod", patch: hunk(["-\texample.org/a v1.0.0", "+\texample.org/a v1.1.0"]) };
    expect(dependencyChanges([good]).known).toBe(true);
    expect(dependencyChanges([good, { path: "yarn.lock", patch: undefined }]).known).toBe(false);
  });
  it("counts a change once that several lock files make", () => {
    const patch = hunk(["-\texample.org/a v1.0.0", "+\texample.org/a v1.1.0"]);
    const told = dependencyChanges(["a/go.mod", "b/go.mod"].map((path) => ({ path, patch })));
    expect(told).toEqual({
      known: true,
      changes: [{ ecosystem: "go", name: "example.org/a", from: "v1.0.0", to: "v1.1.0", major: false }],
    });
  });
  it("reads 100,000 lines of hostile names and keeps them out of prototypes and terminals", () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `+p${index}==1.0.0`);
    const hostile = ["+evil\u001b[31m==1.0", "+__proto__ @ https://user:secret@host.example/a.whl"];
    const told = dependencyChanges([{ path: "requirements.txt", patch: hunk([...lines, ...lines]) }]);
    expect(told.known && told.changes.length).toBe(50_000);
    expect(whyUnknown("requirements.txt", hunk(hostile.slice(0, 1)))).not.toContain("\u001b");
    expect(changesOf("yarn.lock", hunk(['+"__proto__@^1":', '+  version "1.0.0\u001b[2J"']))).toEqual([
      ["__proto__", undefined, "1.0.0[2J", undefined],
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe("npm", () => {
  const entry = (sign: string, key: string, version: string) => [
    `${sign}    "${key}": {`,
    `${sign}      "version": "${version}",`,
    `${sign}      "resolved": "https://registry.example/${key}-${version}.tgz",`,
    `${sign}      "license": "MIT"`,
    `${sign}    },`,
  ];
  const update = [
    '     "node_modules/lodash": {',
    '-      "version": "4.17.20",',
    '-      "resolved": "https://registry.example/lodash-4.17.20.tgz",',
    '+      "version": "4.17.21",',
    '+      "resolved": "https://registry.example/lodash-4.17.21.tgz",',
    '       "license": "MIT"',
    "     },",
  ];
  it("ties a version to the name above it", () => {
    expect(changesOf("package-lock.json", hunk(update))).toEqual([["lodash", "4.17.20", "4.17.21", false]]);
  });
  it("sees hoisting as no change", () => {
    const lines = [
      ...entry("-", "node_modules/a/node_modules/@x/b", "1.0.0"),
      ...entry("+", "node_modules/@x/b", "1.0.0"),
    ];
    expect(changesOf("package-lock.json", hunk(lines))).toEqual([]);
  });
  it("leaves out the project, its workspaces and links", () => {
    const lines = [
      "-{",
      "+{",
      '   "name": "app",',
      '-  "version": "1.0.0",',
      '+  "version": "2.0.0",',
      '   "packages": {',
      '     "packages/ui": {',
      '-      "version": "1.0.0",',
      '+      "version": "2.0.0",',
      '       "license": "MIT"',
      "     },",
      '+    "node_modules/ui": {',
      '+      "resolved": "packages/ui",',
      '+      "link": true',
      "+    },",
    ];
    expect(changesOf("package-lock.json", hunk(lines, 1))).toEqual([]);
  });
  it("reads the last copy of a nested name, and several versions of one", () => {
    const lines = [
      ...entry("-", "node_modules/a/node_modules/semver", "5.7.1"),
      ...entry("-", "node_modules/semver", "6.3.0"),
      ...entry("+", "node_modules/semver", "7.5.0"),
    ];
    expect(changesOf("package-lock.json", hunk(lines))).toEqual([
      ["semver", "5.7.1", "7.5.0", true],
      ["semver", "6.3.0", undefined, undefined],
    ]);
  });
  it.each([
    ["a version without its name", hunk(['-      "version": "1.0.0",', '+      "version": "1.0.1",'])],
    [
      "a file on one line",
      hunk(['-{"packages":{"node_modules/a":{"version":"1.0.0"}}}', '+{"packages":{}}']),
    ],
    ["a new format", hunk(['-  "lockfileVersion": 2,', '+  "lockfileVersion": 3,'])],
    ["a line of 20,000 letters", hunk([`+    "node_modules/${"a".repeat(20_000)}": {`])],
    ["a key without what belongs to it", hunk(['+    "node_modules/a": {'])],
  ])("does not know %s", (_name, patch) => {
    expect(whyUnknown("package-lock.json", patch)).toMatch(/does not show which package/);
  });
});

describe("pnpm and yarn", () => {
  it("reads the keys of pnpm 5 to 9 with scopes and peers", () => {
    const patch = hunk([
      "-  /lodash/4.17.20:",
      "-    resolution: {integrity: a}",
      "-  /@babel/core/7.1.0_react@17.0.0:",
      "-    resolution: {integrity: b}",
      "+  /lodash@4.17.21(react@18.2.0):",
      "+    resolution: {integrity: c}",
      "+  '@babel/core@8.0.0':",
      "+    resolution: {integrity: d}",
      "+  'own@file:packages/own':",
      "+    resolution: {directory: packages/own, type: directory}",
    ]);
    expect(changesOf("pnpm-lock.yaml", patch)).toEqual([
      ["@babel/core", "7.1.0", "8.0.0", true],
      ["lodash", "4.17.20", "4.17.21", false],
    ]);
  });
  it("does not count pnpm's snapshots and patched dependencies", () => {
    const patch = hunk([
      "+patchedDependencies:",
      "+  a@1.0.0:",
      "+    hash: x",
      "+  a@1.0.0:",
      "+    dependencies:",
      "+      b: 1",
    ]);
    expect(changesOf("pnpm-lock.yaml", patch)).toEqual([]);
  });
  it("reads Yarn 2 and leaves out its workspaces", () => {
    const patch = hunk([
      ' "lodash@npm:^4.17.0, lodash@npm:^4.17.20":',
      "-  version: 4.17.20",
      '-  resolution: "lodash@npm:4.17.20"',
      "+  version: 4.17.21",
      '+  resolution: "lodash@npm:4.17.21"',
      '+"own@workspace:packages/own":',
      "+  version: 0.0.0-use.local",
    ]);
    expect(changesOf("yarn.lock", patch)).toEqual([["lodash", "4.17.20", "4.17.21", false]]);
  });
  it("does not know a version without its heading", () => {
    expect(whyUnknown("yarn.lock", hunk(['-  version "1.0.0"', '+  version "1.0.1"']))).toContain(
      "does not show",
    );
    expect(
      whyUnknown("pnpm-lock.yaml", hunk(["-    resolution: {a: 1}", "+    resolution: {a: 2}"])),
    ).toContain("not show");
  });
});

describe("pip", () => {
  it("reads pins, ranges, extras, addresses and markers, and names as PEP 503 has them", () => {
    const patch = hunk([
      "-Requests[security]==2.30.0  # why",
      '+requests==2.31.0 ; python_version > "3" --hash=sha256:a',
      "-Zope.Interface~=5.0",
      "+zope_interface~=6.0",
      "+flask",
      "+tool @ https://user:secret@host.example/tool.whl ; sys_platform == 'linux'",
      "+git+https://host.example/x/y@v1#egg=y",
      "+--index-url https://host.example",
      "+    --hash=sha256:b",
      "+-e ./local",
      "+# a comment==1.0",
    ]);
    expect(changesOf("requirements.txt", patch)).toEqual([
      ["flask", undefined, "*", undefined],
      ["requests", "2.30.0", "2.31.0", false],
      ["tool", undefined, "https://host.example/tool.whl", undefined],
      ["y", undefined, "git+https://host.example/x/y@v1#egg=y", undefined],
      ["zope-interface", "~=5.0", "~=6.0", null],
    ]);
  });
  it.each([
    ["an address without a name", "+https://host.example/a.whl"],
    ["prose", "+the system shall deploy"],
  ])("does not know %s", (_name, line) => {
    expect(whyUnknown("requirements.txt", hunk([line]))).toContain("does not show");
  });
  it("leaves out what a uv project locks of itself", () => {
    const patch = hunk([
      " [[package]]",
      ' name = "app"',
      '-version = "0.1.0"',
      '+version = "0.2.0"',
      ' source = { editable = "." }',
      " ",
      " [[package]]",
      ' name = "idna"',
      '-version = "3.6"',
      '+version = "3.7"',
      ' source = { registry = "https://registry.example/simple" }',
    ]);
    expect(changesOf("uv.lock", patch)).toEqual([["idna", "3.6", "3.7", false]]);
  });
  it("does not take a table's range for a package", () => {
    const patch = hunk(["+[package.dependencies]", '+name = ">=1"', '+version = ">=2"']);
    expect(changesOf("poetry.lock", patch)).toEqual([]);
    expect(whyUnknown("poetry.lock", hunk(['-version = ">=1"', '+version = ">=2"']))).toContain(
      "does not show",
    );
  });
});

describe("cargo", () => {
  it("leaves out the workspace's own crates", () => {
    const patch = hunk([
      " [[package]]",
      ' name = "app"',
      '-version = "0.1.0"',
      '+version = "0.2.0"',
      " dependencies = [",
      '- "serde 1.0.0",',
      '+ "serde 1.0.1",',
      " ]",
    ]);
    expect(changesOf("Cargo.lock", patch)).toEqual([]);
  });
});

describe("go", () => {
  it("reads blocks, single lines, replacements and major paths; not exclusions", () => {
    const patches = [
      hunk(
        [
          "-\texample.org/a v1.2.3",
          "+\texample.org/a/v2 v2.0.0",
          "-\tgopkg.in/yaml.v2 v2.4.0",
          "+\tgopkg.in/yaml.v3 v3.0.1",
        ],
        5,
        "require (",
      ),
      hunk(
        [" \texample.org/b v0.1.0", "-\texample.org/c v0.1.0 // indirect", "+\texample.org/c v0.1.0", " )"],
        20,
        "require (",
      ),
      hunk(["+\texample.org/never v1.0.0"], 30, "exclude ("),
      hunk(
        ["-replace example.org/d => example.org/e v1.0.0", "+replace example.org/d => example.org/e v1.1.0"],
        40,
      ),
      hunk(
        ["+replace example.org/f => ../f", "+retract v1.0.0", "-go 1.23", "+go 1.24", "+toolchain go1.24.1"],
        60,
      ),
      hunk(
        [
          "-require example.org/g v0.0.0-20200101000000-abcdefabcdef",
          "+require example.org/g v0.0.0-20210101000000-abcdefabcdef",
        ],
        70,
      ),
    ];
    expect(changesOf("go.mod", ...patches)).toEqual([
      ["example.org/a/v2", "v1.2.3", "v2.0.0", true],
      ["example.org/e", "v1.0.0", "v1.1.0", false],
      ["example.org/g", "v0.0.0-20200101000000-abcdefabcdef", "v0.0.0-20210101000000-abcdefabcdef", false],
      ["gopkg.in/yaml.v3", "v2.4.0", "v3.0.1", true],
    ]);
  });
});

describe("maven", () => {
  const pom = (own: string, parent: string, dependencies: string, properties = "") => `<?xml version="1.0"?>
<!-- <dependency><groupId>not</groupId><artifactId>read</artifactId><version>1</version></dependency> -->
<project xmlns="http://maven.apache.org/POM/4.0.0"
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.parent</groupId>
    <artifactId>starter</artifactId>
    <version>${parent}</version>
    <relativePath/>
  </parent>
  <groupId>org.example</groupId>
  <artifactId>app</artifactId>
  <version>${own}</version>
  <properties>
    <java.version>21</java.version>
    ${properties}
  </properties>
  <dependencies>
${dependencies}
  </dependencies>
</project>
`;
  const dependency = (artifact: string, version: string, more = "") =>
    `    <dependency>\n      <groupId>g</groupId>\n      <artifactId>${artifact}</artifactId>\n${more}${version && `      <version>${version}</version>\n`}    </dependency>`;

  const managed = "$" + "{d.version}";

  it("reads dependencies and the parent, not the project's own version", async () => {
    const patch = await gitPatch(
      pom(
        "1.0.0",
        "3.1.0",
        [dependency("a", "1.0"), dependency("b", ""), dependency("c", "0.1.0")].join("\n"),
      ),
      pom(
        "2.0.0",
        "3.2.0",
        [dependency("a", "2.0"), dependency("c", "0.2.0"), dependency("d", managed)].join("\n"),
      ),
    );
    expect(changesOf("pom.xml", patch)).toEqual([
      ["g:a", "1.0", "2.0", true],
      ["g:b", "*", undefined, undefined],
      ["g:c", "0.1.0", "0.2.0", true],
      ["g:d", undefined, managed, undefined],
      ["org.parent:starter", "3.1.0", "3.2.0", false],
    ]);
  });
  it("reads dependencies that stand on one line, and Maven's own plugins", () => {
    const patch = hunk([
      "+<dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version></dependency>",
      "+<plugin><artifactId>maven-jar-plugin</artifactId><version>3.4.0</version></plugin>",
    ]);
    expect(changesOf("pom.xml", patch)).toEqual([
      ["g:a", undefined, "1", undefined],
      ["org.apache.maven.plugins:maven-jar-plugin", undefined, "3.4.0", undefined],
    ]);
  });
  it("does not know which artifact a property or a version far from its name belongs to", async () => {
    const jackson = (version: string) => pom("1", "1", "", `<jackson.version>${version}</jackson.version>`);
    expect(whyUnknown("pom.xml", await gitPatch(jackson("2.16.0"), jackson("2.17.0")))).toContain(
      "<jackson.version>",
    );
    const far = (version: string) =>
      dependency(
        "a",
        version,
        "      <type>x</type>\n      <scope>y</scope>\n      <optional>z</optional>\n",
      );
    expect(
      whyUnknown("pom.xml", await gitPatch(pom("1", "1", far("1.0")), pom("1", "1", far("1.1")))),
    ).toContain("does not show");
  });
  it("sees no change in the Java version or a scope", async () => {
    const patch = await gitPatch(
      pom("1", "1", dependency("a", "1.0")),
      pom("1", "1", dependency("a", "1.0", "      <scope>test</scope>\n")).replace(">21<", ">25<"),
    );
    expect(changesOf("pom.xml", patch)).toEqual([]);
  });
});

describe("major", () => {
  it.each([
    ["1.9.9", "2.0.0", true],
    ["2.0.0", "1.9.9", true],
    ["1.0.0", "1.9.0", false],
    ["0.1.9", "0.2.0", true],
    ["0.1.0", "0.1.1", false],
    ["0.9.0", "1.0.0", true],
    ["1.0", "1.1.post1", false],
    ["31.1-jre", "33.0-jre", true],
    ["1!2.0", "1!3.0", null],
    ["4fa9c01", "5fa9c01", null],
    [`1.${"9".repeat(200)}`, "2.0.0", null],
  ])("%s to %s: %s", (from, to, major) => {
    expect(changesOf("requirements.txt", hunk([`-a==${from}`, `+a==${to}`]))).toEqual([
      ["a", expect.any(String), to, major],
    ]);
  });
});

describe("countDependencies", () => {
  it("counts each change once, and major ones beside", () => {
    const told = dependencyChanges([
      {
        path: "requirements.txt",
        patch: hunk(["-a==1.0", "+a==2.0", "+b", "-c==1.0", "-d==1.0", "+d==1.1"]),
      },
    ]);
    expect(told.known && countDependencies(told.changes)).toEqual({
      added: 1,
      updated: 2,
      removed: 1,
      major: 1,
    });
    expect(countDependencies([])).toEqual({ added: 0, updated: 0, removed: 0, major: 0 });
  });
});

describe("plainName", () => {
  it.each([
    ["left-pad", "left-pad"],
    ["a\u001b[31mb\u0007\n", "a[31mb"],
    ["a\u202eb\u200bc\u2028d", "abcd"],
    ["https://user:secret@host/a", "https://host/a"],
    ["a\ud800b", "ab"],
  ])("%j is shown as %j", (text, plain) => {
    expect(plainName(text)).toBe(plain);
  });
  it("bounds the length", () => {
    expect(plainName("x".repeat(10_000)).length).toBe(200);
  });
});
