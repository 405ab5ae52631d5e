import { describe, expect, it } from "vitest";
import { attributeRules } from "../../../core/change/classify/attributes.ts";
import { isBotAccount } from "../../../core/change/classify/bots.ts";
import { matchablePath, matchesAny } from "../../../core/change/classify/globs.ts";
import { languageOf } from "../../../core/change/classify/languages.ts";
import { isPlainPath, pathReason } from "../../../core/change/classify/paths.ts";
import { isPolicyPath, saysSecurityFix } from "../../../core/change/classify/protection.ts";

describe("what a path alone tells", () => {
  it.each([
    ["package-lock.json", "lock"],
    ["web/pnpm-lock.yaml", "lock"],
    ["go.sum", "lock"],
    ["Cargo.lock", "lock"],
    ["infra/.terraform.lock.hcl", "lock"],
    ["node_modules/left-pad/index.js", "vendored"],
    ["vendor/github.com/pkg/errors/errors.go", "vendored"],
    ["src/third_party/zlib/inflate.c", "vendored"],
    ["dist/index.js", "vendored"],
    ["deps/v8/a.cc", "vendored"],
    ["gradlew", "vendored"],
    ["public/jquery-3.6.0.js", "vendored"],
    ["test/fixtures/big.json", "vendored"],
    ["types/index.d.ts", "vendored"],
    ["api/service.pb.go", "generated"],
    ["api/service_pb2.py", "generated"],
    ["Forms/Main.Designer.cs", "generated"],
    ["src/__generated__/query.ts", "generated"],
    ["public/app.js.map", "generated"],
    ["public/app.min.js", "minified"],
    ["public/site-min.css", "minified"],
    ["src/__snapshots__/a.test.ts.snap", "snapshot"],
    ["tests/e2e.spec.ts-snapshots/home.png", "snapshot"],
    ["testdata/out.golden", "snapshot"],
    ["Api.approved.txt", "snapshot"],
  ])("%s is %s", (path, reason) => {
    expect(pathReason(path)).toBe(reason);
  });

  it.each([
    "src/auth.ts",
    "src/generated/auth.ts",
    "src/cache/lru.ts",
    "tools/release.ts",
    "src/deps/index.ts",
    ".github/workflows/ci.yml",
    "Jenkinsfile",
    "src/controls.js",
    "src/react.js",
    "src/admin.js",
    "vendor.ts",
    "myvendor/a.ts",
    "src/vendoring/a.ts",
    "package.json",
    "go.mod",
    "requirements.txt",
    "src/package-lock.json.ts",
    "bootstrap.ts",
    "src/test/fixtures-loader.ts",
    "approved.txt",
  ])("%s counts", (path) => {
    expect(pathReason(path)).toBeUndefined();
  });

  it.each([
    "src/__generated__/../auth.ts",
    "vendor/../auth.ts",
    "./vendor/a.ts",
    "/vendor/a.ts",
    "vendor//a.ts",
    "vendor\\..\\auth.ts",
    `vendor/${"a".repeat(2000)}.ts`,
  ])("no rule takes weight from the odd spelling %j", (path) => {
    expect(isPlainPath(path)).toBe(false);
    expect(pathReason(path)).toBeUndefined();
  });
});

describe("languages", () => {
  it.each([
    ["src/a.ts", "TypeScript"],
    ["src/A.TSX", "TypeScript"],
    ["a/b.c/Dockerfile", "Dockerfile"],
    ["Dockerfile.prod", "Dockerfile"],
    ["CMakeLists.txt", "CMake"],
    ["notes.txt", "Text"],
    ["go.sum", "Go Checksums"],
    ["board.dts", "Device Tree"],
    ["Kconfig", "Kconfig"],
    ["no-ending", "Other"],
    ["a.zzz", "Other"],
    ["constructor", "Other"],
    ["a.constructor", "Other"],
    ["", "Other"],
  ])("%s is %s", (path, language) => {
    expect(languageOf(path)).toBe(language);
  });
});

describe(".gitattributes", () => {
  const rules = attributeRules(
    [
      "# a comment",
      "*.pb linguist-generated",
      "api/** linguist-generated=true",
      "api/hand.ts -linguist-generated",
      "/lib/*.js linguist-vendored",
      "ours/** linguist-vendored=false",
      "*.dat binary",
      "*.txt -diff",
      "plain.txt diff",
      '"with blank.ts" linguist-generated',
      "folder/ linguist-generated",
      "!not.ts linguist-generated",
      "*.reset linguist-generated",
      "kept.reset !linguist-generated",
      "[attr]mine linguist-generated",
      "eol.ts text eol=lf",
      "dos.ts linguist-generated\r",
    ].join("\n"),
  );
  it.each([
    ["deep/down/a.pb", { generated: true }],
    ["api/v1/a.ts", { generated: true }],
    ["api/hand.ts", { generated: false }],
    ["lib/a.js", { vendored: true }],
    ["lib/deep/a.js", {}],
    ["src/lib/a.js", {}],
    ["ours/x/a.ts", { vendored: false }],
    ["a.dat", { binary: true }],
    ["a.txt", { binary: true }],
    ["plain.txt", {}],
    ["with blank.ts", { generated: true }],
    ["folder/a.ts", {}],
    ["not.ts", {}],
    ["a.reset", { generated: true }],
    ["kept.reset", {}],
    ["eol.ts", {}],
    ["dos.ts", { generated: true }],
    [".hidden/.a.pb", { generated: true }],
  ])("declares of %s: %j", (path, declared) => {
    expect(rules(path)).toEqual(declared);
  });

  it("is silent without text", () => {
    expect(attributeRules("")("a.ts")).toEqual({});
  });
});

describe("globs", () => {
  it("match a leading dot, and case only where asked to ignore it", () => {
    expect(matchesAny(["**/*.sql"])(".hidden/.a.sql")).toBe(true);
    expect(matchesAny(["**/*.sql"])("A.SQL")).toBe(false);
    expect(matchesAny(["**/*.sql"], { ignoreCase: true })("A.SQL")).toBe(true);
    expect(matchesAny(undefined)("a")).toBe(false);
    expect(matchesAny([])("a")).toBe(false);
  });

  it.each([
    ["a/../db/./x.sql", "db/x.sql"],
    ["../../x.sql", "x.sql"],
    ["db\\x.sql", "db/x.sql"],
    ["db/\nx.sql", "db/_x.sql"],
    ["//a//b", "a/b"],
  ])("resolve the spelling %j to %j", (path, plain) => {
    expect(matchablePath(path)).toBe(plain);
  });

  it("keep the end of an overlong path", () => {
    expect(matchablePath(`${"a/".repeat(5000)}x.sql`).endsWith("/x.sql")).toBe(true);
  });
});

describe("bots", () => {
  it.each([
    ["dependabot[bot]", "", true],
    ["Renovate Bot", "", true],
    ["someone", "49699333+dependabot[bot]@users.noreply.github.com", true],
    ["Ada Lovelace", "ada@example.com", false],
    ["robot lover", "x@example.com", false],
    ["bot", "bot@example.com", false],
  ])("%s <%s>: %s", (name, email, expected) => {
    expect(isBotAccount(name, email)).toBe(expected);
  });
});

describe("what a revert must not take back quietly", () => {
  it.each([
    ["Fix CVE-2026-1234 in parser", true],
    ["bump x (GHSA-abcd)", true],
    ["security: check the origin", true],
    ["close a Vulnerability", true],
    ["stop SQL injection", true],
    ["add insecurity quiz", false],
    ["scvelte tidy", false],
  ])("%s: %s", (message, expected) => {
    expect(saysSecurityFix(message)).toBe(expected);
  });

  it.each([
    [".github/adaptive-deploy.yml", true],
    [".github/adaptive-deploy/guardrails.rules", true],
    ["ops/risk/risk-weights.yaml", true],
    [".github/CODEOWNERS", true],
    ["src/risk.ts", false],
  ])("%s is policy: %s", (path, expected) => {
    expect(isPolicyPath(path)).toBe(expected);
  });
});
