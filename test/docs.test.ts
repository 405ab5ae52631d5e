import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { readConfiguration } from "../adapters/policy/resolve.ts";
import { parseStores } from "../app/telemetry-stores.ts";
import { flagsOf } from "../cli/arguments.ts";
import { overview } from "../cli/help.ts";
import { verbs } from "../cli/verbs.ts";
import { usages } from "../core/commands/usage.ts";
import { exitCodes } from "../core/errors.ts";
import { parseGuardrails } from "../core/policy/guardrails/index.ts";
import manifest from "../package.json" with { type: "json" };
import { generatedFiles } from "../scripts/generate.ts";
import { readWorkflow } from "./docs/workflow.ts";

/** What the documents say is held against what there is. */

const root = join(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file && existsSync(join(root, file)));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const pages = tracked.filter((file) => file.endsWith(".md") && !file.startsWith("test/fixtures/"));

type Block = { page: string; line: number; language: string; text: string };
const blocks = pages.flatMap((page): Block[] => {
  const text = read(page);
  return [...text.matchAll(/^( *)```(\S+)\n([\s\S]*?)^ *```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length,
    language: match[2] ?? "",
    text: (match[3] ?? "").replaceAll(new RegExp(`^${match[1]}`, "gm"), ""),
  }));
});
const blocksOf = (...languages: string[]) =>
  blocks
    .filter(({ language }) => languages.includes(language))
    .map((block) => [`${block.page}:${block.line}`, block] as const);

/** A page without its code blocks: links and inline code are looked for there. */
const prose = (page: string): string => read(page).replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
const codeIn = (page: string): string[] =>
  [...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);

test("docs/app.md lists the commands that there are, and no other", () => {
  const [, section = ""] = /\n## Commands\n([\s\S]*?)\n## /.exec(read("docs/app.md")) ?? [];
  const listed = [...section.matchAll(/^\| `(\/[^`]+)`/gm)].map(([, usage]) => usage);
  expect(listed.sort()).toEqual(Object.values(usages).sort());
});

describe("YAML blocks", () => {
  test.each(blocksOf("yaml", "yml"))("%s is what it looks like", (_, { page, text }) => {
    const document = parseDocument(text, { uniqueKeys: true });
    expect([...document.errors, ...document.warnings]).toEqual([]);
    const value: unknown = document.toJS();
    const keys = Object.keys(value ?? {});
    if (keys.includes("jobs")) return expect(readWorkflow(value)).toEqual([]);
    if (
      ["ledger", "policy", "telemetry", "rollback-workflow", "watchdog-workflow"].some((key) =>
        keys.includes(key),
      )
    )
      return expect(readConfiguration(text)).toBeDefined();
    if (keys.includes("stores")) return expect(parseStores(text, page).length).toBeGreaterThan(0);
    // Rules of Prometheus are held to what the App counts in test/app/observability.test.ts.
    if (keys.includes("groups")) return expect(page).toBe("docs/observability.md");
    // The files of a bundle are validated together, where each is wanted by its name: in test/policies/docs.test.ts,
    // test/docs/telemetry.test.ts, and of each target in test/docs/.
    expect(
      [
        "README.md",
        "docs/policy.md",
        "docs/telemetry.md",
        "docs/analyze.md",
        "docs/targets/argo-rollouts.md",
        "docs/targets/haproxy.md",
        "docs/targets/iis-arr.md",
        "docs/targets/ota.md",
      ],
      "a block that is neither a workflow, a configuration nor a file of a bundle",
    ).toContain(page);
    return expect(text).toMatch(/^# [a-z-]+\.yaml\nschema-version: 1\n/);
  });

  test("are found at all", () => expect(blocksOf("yaml").length).toBeGreaterThan(8));
});

describe("rules blocks", () => {
  test.each(blocksOf("rules"))("%s parses", (where, { text }) => {
    const { rules, errors } = parseGuardrails(text, where);
    expect(errors.map((error) => error.text)).toEqual([]);
    expect(rules.length).toBeGreaterThan(0);
  });
});

describe("JSON blocks", () => {
  test.each([["package.json", { text: read("package.json") }] as const, ...blocksOf("json")])(
    "%s parses",
    (_, { text }) => expect(() => JSON.parse(text)).not.toThrow(),
  );
});

/** An anchor as GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
const anchorsOf = (file: string): string[] =>
  [...prose(file).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

describe("links", () => {
  test.each(pages)("of %s lead somewhere", (page) => {
    const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    for (const link of links.filter((one) => !/^[a-z]+:/.test(one))) {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : normalize(join(dirname(page), path));
      expect(existsSync(join(root, target)), `${page} links to ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), `${page} links to ${link}`).toContain(anchor);
    }
  });
});

const places = new Set(tracked.flatMap((file) => [file, ...foldersOf(file)]));
const rootFolders = new Set(
  tracked.filter((file) => file.includes("/")).map((file) => file.split("/", 1)[0]),
);
function foldersOf(file: string): string[] {
  const parts = file.split("/");
  return parts.slice(1).map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
}

/** Files that a user's repository has, or that a build makes. */
const notOurs = /^(\.github\/(adaptive-deploy|CODEOWNERS)|dist\/|decide\/)/;

describe("files that are named in code", () => {
  test.each(pages.filter((page) => !page.startsWith("policies/")))("of %s are there", (page) => {
    for (const code of codeIn(page)) {
      const inRoot = /^[\w.-]+\/[\w./-]*$/.test(code) && rootFolders.has(code.split("/", 1)[0]);
      if (!inRoot || notOurs.test(code) || places.has(code) || places.has(`${code}/`)) continue;
      // Pages of a room may name its own files from there.
      expect(existsSync(join(root, dirname(page), code)), `${page} names ${code}`).toBe(true);
    }
  });
});

describe("commands", () => {
  const lines = pages.flatMap((page) =>
    [
      ...read(page).matchAll(
        /\badaptive-deploy ((?:decide|score|analyze|judge|tune|rollout|rollback|off|collect|policy|ledger)\b[^`\n]*)/g,
      ),
    ].map(([, said = ""]) => [page, said] as const),
  );

  test.each(lines)("%s: adaptive-deploy %s", (_, said) => {
    const [name = "", second = ""] = said.split(/[\s,.:;()]+/);
    const verb = verbs[name];
    expect(verb, said).toBeDefined();
    if (!verb) return;
    const actions = /^([a-z|]+)/.exec(verb.declaration.usage ?? "")?.[1]?.split("|");
    if (actions && /^[a-z]+$/.test(second)) expect(actions, said).toContain(second);
    for (const [, flag = ""] of said.matchAll(/(?<=\s)--([a-z-]+)/g))
      expect(Object.keys(flagsOf(verb.declaration)), said).toContain(flag);
  });

  const known = new Set(Object.values(verbs).flatMap(({ declaration }) => Object.keys(flagsOf(declaration))));
  const forUsers = pages.filter((page) =>
    /^(README|SECURITY|CHANGELOG|docs\/(?!decisions|dep)|actions\/)/.test(page),
  );
  test.each(forUsers)("the flags that %s names exist", (page) => {
    for (const code of codeIn(page)) {
      const flag = /^--([a-z-]+)/.exec(code)?.[1];
      if (flag) expect(known, `${page} names ${code}`).toContain(flag);
    }
  });

  test.each(pages)("the npm scripts that %s names exist", (page) => {
    for (const [, name = ""] of read(page).matchAll(/\bnpm run ([a-z:-]+)/g))
      expect(Object.keys(manifest.scripts), `${page} names npm run ${name}`).toContain(name);
  });

  test("every verb stands in the README's table", () => {
    const table = read("README.md").split("## Command line")[1]?.split("\n## ")[0] ?? "";
    for (const name of Object.keys(verbs)) expect(table).toMatch(new RegExp(`^\\| \`${name}\\b`, "m"));
  });

  test("README and help name every exit code", () => {
    const readme = /^Exit codes: (.*(?:\n.+)*)/m.exec(read("README.md"))?.[1] ?? "";
    const help = /^Exit codes: (.*)/m.exec(overview(verbs))?.[1] ?? "";
    for (const code of Object.values(exitCodes)) {
      expect(readme).toMatch(new RegExp(`(^|· )${code} `));
      expect(help).toMatch(new RegExp(`(^|, )${code} `));
    }
  });
});

describe("what is generated", () => {
  const generated = [...generatedFiles()];
  test.each(generated)("%s is what its declaration says: npm run generate", (path, text) => {
    expect(existsSync(join(root, path)) && read(path)).toBe(text);
  });

  test("the README holds every table", () => {
    for (const part of ["decide inputs", "decide outputs", "collect inputs"])
      expect(read("README.md")).toContain(`<!-- generated: ${part} -->\n| `);
  });
});

describe("docs/dependencies.md", () => {
  const names = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap(
    (group) => Object.keys(group),
  );
  const rows = [...read("docs/dependencies.md").matchAll(/^\| (.+?) \|/gm)].map(([, cell = ""]) => cell);
  const said = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));

  test("has every dependency once", () => expect([...said].sort()).toEqual([...names].sort()));
});
