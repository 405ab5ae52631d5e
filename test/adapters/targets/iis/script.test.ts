import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Language, type Node, Parser } from "web-tree-sitter";
import { edit, operationNames, serverStates } from "../../../../adapters/targets/iis-arr/change-set.ts";

/** No PowerShell runs where these tests do: its files are parsed, and held to the closed list of operations. */

const folder = fileURLToPath(new URL("../../../../integrations/iis/", import.meta.url));
const read = (name: string): string => readFileSync(`${folder}${name}`, "utf8");
const script = read("apply.ps1");
let parser: Parser;

beforeAll(async () => {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve(
    "tree-sitter-powershell/tree-sitter-powershell.wasm",
  );
  parser = new Parser();
  parser.setLanguage(await Language.load(readFileSync(grammar)));
});

function rootOf(text: string): Node {
  const tree = parser.parse(text);
  if (tree === null) throw new Error("The parser gave nothing.");
  return tree.rootNode;
}

const faultsOf = (text: string): string[] =>
  [...rootOf(text).descendantsOfType("ERROR"), ...missing(rootOf(text))].map(
    (node) => `${node?.startPosition.row}: ${node?.text}`,
  );

function missing(node: Node): Node[] {
  return node.children.flatMap((child) => (child === null ? [] : child.isMissing ? [child] : missing(child)));
}

function functionNamed(name: string): string {
  const found = rootOf(script)
    .descendantsOfType("function_statement")
    .find((node) => node?.descendantsOfType("function_name")[0]?.text === name);
  if (!found) throw new Error(`There is no function ${name}.`);
  return found.text;
}

/** Words in front of the blocks of a function's switches. */
const branchesOf = (name: string): string[] =>
  rootOf(functionNamed(name))
    .descendantsOfType("switch_clause_condition")
    .map((node) => node?.text.trim().replaceAll("'", "") ?? "")
    .filter((word) => word !== "default");

describe.each(["apply.ps1", "apply.Tests.ps1", "AdaptiveDeploy.psrc", "AdaptiveDeploy.pssc"])(
  "%s",
  (name) => {
    it("parses", () => expect(faultsOf(read(name))).toEqual([]));

    it("is ASCII, since Windows PowerShell 5.1 reads a file without a mark in the code page of its machine", () => {
      expect(read(name)).not.toMatch(/[^\t\n\r -~]/);
    });
  },
);

describe("apply.ps1", () => {
  it("has a branch for every operation, and for no other", () => {
    expect(branchesOf("Invoke-Operation").sort()).toEqual([...operationNames].sort());
  });

  it("has a branch for every edit, and for no other", () => {
    const names = edit.options.map((option) => option.shape.edit.value);
    expect(branchesOf("Invoke-Edit").sort()).toEqual([...names].sort());
  });

  it("has a word of ARR for every state of a server", () => {
    for (const state of serverStates) expect(functionNamed("Set-ServerState")).toContain(`'${state}' = '`);
    expect(script).not.toMatch(/ForcefulStop/);
  });

  it("commits the edits of an operation once, behind all of them", () => {
    const [commit = ""] = /'commit' \{[\s\S]*?\n {8}\}/.exec(functionNamed("Invoke-Operation")) ?? [];
    expect(commit.match(/CommitChanges/g)).toHaveLength(1);
    expect(commit.indexOf("Invoke-Edit")).toBeLessThan(commit.indexOf("CommitChanges"));
  });

  it("is strict, asks for no elevation, builds no command from text", () => {
    expect(script).toContain("Set-StrictMode -Version 2.0");
    expect(script).toContain("$ErrorActionPreference = 'Stop'");
    expect(script).not.toMatch(
      /RunAsAdministrator|-Verb RunAs|Invoke-Expression|\biex\b|\[scriptblock\]::Create/i,
    );
  });

  it("is what the endpoint runs, and all that it runs", () => {
    const role = read("AdaptiveDeploy.psrc");
    expect(role).toMatch(/Name\s+= 'Invoke-AdaptiveDeploy'/);
    expect(role).toMatch(/VisibleFunctions\s+= @\('Invoke-AdaptiveDeploy'\)/);
    expect(role).not.toMatch(/Visible(Cmdlets|ExternalCommands|Providers)/);
    expect(functionNamed("Invoke-Endpoint")).toContain("AddCommand('Invoke-AdaptiveDeploy')");
    expect(script.match(/Invoke-Command|New-PSSession/g)).toEqual(["New-PSSession"]);
    expect(read("AdaptiveDeploy.pssc")).toContain("SessionType            = 'RestrictedRemoteServer'");
  });
});

it("the parser sees what is broken", () => {
  expect(faultsOf("function A {\n    if ($x -eq 1 {\n}\n")).not.toEqual([]);
});
