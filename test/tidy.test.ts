import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import lengths from "./tidy.json" with { type: "json" };

/** Rules of the house that can be a test. */

const root = join(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file && existsSync(join(root, file)));
const sources = tracked.filter((file) => file.endsWith(".ts"));
const rooms = ["core", "adapters", "app", "actions", "cli"];
const roomOf = (file: string): string => file.split("/", 1)[0] ?? "";
const read = (file: string): string => readFileSync(join(root, file), "utf8");

function importsOf(file: string): string[] {
  const code = read(file);
  const found = [
    ...code.matchAll(/^(?:import|export)\b[^;"]*?\bfrom\s+"([^"]+)"/gm),
    ...code.matchAll(/^import\s+"([^"]+)"/gm),
    ...code.matchAll(/\bimport\("([^"]+)"\)/g),
  ];
  return found.map((match) => match[1] ?? "");
}
function targetOf(file: string, specifier: string): string {
  return specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier;
}

describe("import direction", () => {
  const allowed: Record<string, string[]> = {
    core: ["core"],
    adapters: ["adapters", "core"],
    app: ["app", "adapters", "core"],
    actions: ["actions", "adapters", "core"],
    cli: ["cli", "actions", "adapters", "core", "package.json"],
  };
  const leaves = new Set([
    "zod",
    "yaml",
    "picomatch",
    "ignore",
    "semver",
    "simple-statistics",
    "node:crypto",
  ]);

  test.each(sources.filter((file) => rooms.includes(roomOf(file))))("%s", (file) => {
    const room = roomOf(file);
    for (const specifier of importsOf(file)) {
      const target = targetOf(file, specifier);
      if (specifier.startsWith("."))
        expect(allowed[room], `${file} imports ${target}`).toContain(roomOf(target));
      else if (room === "core") expect(leaves, `${file} imports ${specifier}`).toContain(specifier);
    }
  });

  test("core asks neither clock, chance nor environment", () => {
    for (const file of sources.filter((name) => roomOf(name) === "core")) {
      const code = read(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      expect(code, file).not.toMatch(
        /\bDate\.now\(|new Date\(\)|Math\.random\(|\bprocess\.|randomBytes|randomUUID|\bfetch\(/,
      );
    }
  });
});

test("no file of the rooms is dead: each is reached from an entry", () => {
  const entries = [
    "cli/index.ts",
    "app/index.ts",
    "app/tokens.ts",
    "app/rebuild.ts",
    "actions/decide/main.ts",
    "actions/collect/main.ts",
    "actions/analyze/main.ts",
    "actions/rollout/main.ts",
    "actions/canary-step/main.ts",
    "actions/rollback/main.ts",
    "actions/shadow/main.ts",
    "actions/learn/main.ts",
  ];
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file) || !file.endsWith(".ts")) return;
    reached.add(file);
    for (const specifier of importsOf(file)) if (specifier.startsWith(".")) visit(targetOf(file, specifier));
  };
  for (const file of [
    ...entries,
    ...sources.filter((name) => !rooms.includes(roomOf(name)) && roomOf(name) !== "test"),
  ])
    visit(file);
  const dead = sources.filter((file) => rooms.includes(roomOf(file)) && !reached.has(file));
  // Taking a lease by itself is part of what a ledger promises, proven in test/contracts/ledger.ts; a rollout takes its
  // lease together with what it writes.
  expect(dead).toEqual(["core/evidence/take-lease.ts"]);
});

test("every root folder has its sentence in ARCHITECTURE.md", () => {
  const architecture = read("ARCHITECTURE.md");
  const folders = new Set(tracked.filter((file) => file.includes("/")).map(roomOf));
  for (const folder of folders)
    expect(architecture, `${folder}/ is not in ARCHITECTURE.md`).toContain(`${folder}/`);
});

describe("lengths only shrink: the longest files are named in test/tidy.json with their length", () => {
  const longest: Record<string, number> = lengths;
  test.each(sources)("%s", (file) => {
    const count = read(file).split("\n").length - 1;
    const limit = longest[file] ?? (file.startsWith("test/") ? 600 : 300);
    expect(count, `${file} has ${count} lines; split it where a second idea begins`).toBeLessThanOrEqual(
      limit,
    );
  });
  test("no entry is stale", () => {
    for (const [file, limit] of Object.entries(longest)) {
      const count = existsSync(join(root, file)) ? read(file).split("\n").length - 1 : 0;
      expect(count, `${file} is shorter than its entry: lower it to ${count}, or remove it at 300`).toBe(
        limit,
      );
    }
  });
});

test("no cast, no silenced check, no unfinished word", () => {
  for (const file of sources.filter((name) => name !== "test/tidy.test.ts")) {
    expect(read(file), file).not.toMatch(
      /\bas any\b|@ts-ignore|@ts-expect-error|biome-ignore|\bTODO\b|\bFIXME\b/,
    );
  }
});
