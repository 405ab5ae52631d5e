import { describe, expect, it } from "vitest";
import { deriveKinds, mentions } from "../../../core/change/kinds.ts";

const patterns = {
  db_schema: { paths: ["**/migrations/**", "**/*.sql"] },
  hotfix: { titles: ["hotfix", "hot fix"] },
  backport: { titles: ["(backport)"] },
  infrastructure: { paths: ["**/*.tf"], titles: ["terraform"] },
  revert: { titles: ["revert"] },
};
const of = (...paths: string[]) => paths.map((path) => ({ path }));

describe("deriveKinds", () => {
  it("answers for every kind where all files are known", () => {
    expect(deriveKinds(of("db/migrations/1.py"), "feat: table", patterns)).toEqual({
      db_schema: true,
      kernel_driver: false,
      firmware: false,
      driver_signing: false,
      infrastructure: false,
      hotfix: false,
      revert: undefined,
      backport: false,
      policy: false,
    });
  });

  it.each([
    ["in a vendored folder", "vendor/x/migrations/1.sql"],
    ["in another case", "DB/Migrations/Init.cs"],
    ["below a dot folder", ".hidden/migrations/a"],
    ["behind dot segments", "src/x/../../a.sql"],
    ["with backslashes", "db\\migrations\\1.py"],
    ["with a line break first", "\n.sql/migrations/\na"],
    ["at the end of an endless path", `${"a/".repeat(4000)}x.sql`],
  ])("sees a migration %s", (_, path) => {
    expect(deriveKinds(of(path), "x", patterns).db_schema).toBe(true);
  });

  it("sees where a file was moved from", () => {
    const files = [{ path: "archive/1.txt", previous_path: "db/migrations/1.txt" }];
    expect(deriveKinds(files, "x", patterns).db_schema).toBe(true);
  });

  it("does not know a kind that it did not see among part of the files", () => {
    const kinds = deriveKinds(of("src/a.ts"), "x", patterns, { incomplete: true });
    expect(kinds.db_schema).toBeUndefined();
    expect(kinds.hotfix).toBe(false);
    expect(deriveKinds(of("a.sql"), "x", patterns, { incomplete: true }).db_schema).toBe(true);
  });

  it("does not know what only an unknown title could tell", () => {
    const kinds = deriveKinds(of("main.tf"), undefined, patterns);
    expect(kinds.hotfix).toBeUndefined();
    expect(kinds.infrastructure).toBe(true);
    expect(kinds.db_schema).toBe(false);
  });

  it("takes a revert from what was measured, never from a title or a pattern", () => {
    expect(deriveKinds([], 'Revert "x"', patterns).revert).toBeUndefined();
    expect(deriveKinds([], "x", patterns, { reverts: true }).revert).toBe(true);
    expect(deriveKinds([], "revert", patterns, { reverts: false }).revert).toBe(false);
  });

  it("is not slowed down by hostile paths", () => {
    const hostile = [
      `${"migrations/".repeat(500)}.`,
      "*".repeat(5000),
      `${"a.sql".repeat(900)}!`,
      "(".repeat(5000),
    ];
    expect(deriveKinds(of(...hostile), "x", patterns).db_schema).toBe(true);
  });
});

describe("mentions", () => {
  it.each([
    ["Hotfix: login", "hotfix", true],
    ["[HOTFIX] login", "hotfix", true],
    ["a hot fix", "hot fix", true],
    ["hotfixes for all", "hotfix", false],
    ["nohotfix", "hotfix", false],
    ["hot_fix hotfix2", "hotfix", false],
    ["éhotfix", "hotfix", false],
    ["xhotfix then hotfix", "hotfix", true],
    ["fix (backport) a", "(backport)", true],
    ["a+b", ".", false],
    ["anything", "", false],
    ["", "hotfix", false],
  ])("%j mentions %j: %s", (title, phrase, expected) => {
    expect(mentions(title, phrase)).toBe(expected);
  });
});
