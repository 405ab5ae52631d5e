import { describe, expect, it } from "vitest";
import { ownersOf } from "../../../core/change/owners.ts";

const file = [
  "# the default",
  "*       @org/everyone @ada",
  "*.js    js@example.com  # inline comment",
  "/build/logs/ @logs",
  "docs/*  docs@example.com",
  "apps/   @octocat",
  "/scripts/ @scripts @org/tools",
  "**/deepest @deep",
  "/apps/github",
  "/spaced\\ name.txt @spaced",
  "Case.ts @upper",
  "!negated.md @never",
  "range[0-9].md @never",
  "broken.ts not-an-owner",
].join("\n");

describe("ownersOf", () => {
  it.each([
    ["README.md", ["@ada", "@org/everyone"]],
    ["src/a.js", ["js@example.com"]],
    ["build/logs/deep/a.log", ["@logs"]],
    ["src/build/logs/a.log", ["@ada", "@org/everyone"]],
    ["docs/getting-started.md", ["docs@example.com"]],
    ["docs/build-app/troubleshooting.md", ["@ada", "@org/everyone"]],
    ["web/apps/a/b.ts", ["@octocat"]],
    ["apps/github/a.ts", []],
    ["scripts/a.sh", ["@org/tools", "@scripts"]],
    ["x/y/deepest", ["@deep"]],
    ["spaced name.txt", ["@spaced"]],
    ["Case.ts", ["@upper"]],
    ["case.ts", ["@ada", "@org/everyone"]],
    ["negated.md", ["@ada", "@org/everyone"]],
    ["range1.md", ["@ada", "@org/everyone"]],
    ["broken.ts", ["@ada", "@org/everyone"]],
  ])("%s", (path, owners) => {
    expect(ownersOf(file, [path])).toEqual(owners);
  });

  it("joins the owners of several files, each once", () => {
    expect(ownersOf(file, ["README.md", "a.md", "docs/a.md"])).toEqual([
      "@ada",
      "@org/everyone",
      "docs@example.com",
    ]);
  });

  it("is not thrown off by paths that cannot be in a repository, or by an empty file", () => {
    expect(ownersOf(file, ["../a.js", "/a.js", "", "./a.js"])).toEqual([]);
    expect(ownersOf("", ["a.js"])).toEqual([]);
    expect(ownersOf("*.js @a\r\n", ["a.js"])).toEqual(["@a"]);
  });
});
