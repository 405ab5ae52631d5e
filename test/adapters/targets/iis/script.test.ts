import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Language, type Node, Parser } from "web-tree-sitter";
import {
  changeSet,
  conditions,
  edit,
  operation,
  operationNames,
  serverStates,
} from "../../../../adapters/targets/iis-arr/change-set.ts";
import { questions } from "../../../../adapters/targets/iis-arr/host.ts";
import constraints from "../../../../integrations/iis/constraints.json" with { type: "json" };
import { weights } from "./samples.ts";

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

/** What Windows PowerShell 5.1 has of itself, as far as the script calls it. */
const cmdlets = [
  ...[
    "Add-Type",
    "ConvertFrom-Json",
    "ConvertTo-Json",
    "Copy-Item",
    "ForEach-Object",
    "Get-Command",
    "Get-Date",
  ],
  ...["Get-AuthenticodeSignature", "Get-ChildItem", "Get-FileHash", "Get-Item", "Get-WinEvent", "Join-Path"],
  ...["Invoke-WebRequest", "Move-Item", "New-Item", "New-Object", "New-PSSession", "Remove-Item"],
  ...["Remove-PSSession", "Set-StrictMode", "Split-Path", "Start-Sleep", "Test-Path", "Where-Object"],
];
const automatic = [
  "args",
  "error",
  "event",
  "home",
  "host",
  "input",
  "matches",
  "pid",
  "profile",
  "this",
  "sender",
];

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

  it("has a branch for every condition, and for no other", () => {
    expect(branchesOf("Test-Condition").sort()).toEqual([...conditions].sort());
  });

  it("is handed the words of ARR, and not the one that breaks requests", () => {
    const known = Object.keys(constraints.methods[0]?.values ?? {});
    expect(known).toEqual(expect.arrayContaining([...serverStates]));
    expect([...serverStates, script].join()).not.toMatch(/ForcefulStop/);
  });

  it("reads of a document what the planner writes there", () => {
    const read = (name: string) =>
      [...script.matchAll(new RegExp(`\\$${name}\\.(\\w+)`, "g"))].map(([, field]) => field ?? "");
    const written = {
      Set: Object.keys(changeSet.shape),
      Operation: operation.options.flatMap((one) =>
        ("options" in one ? one.options : [one]).flatMap(({ shape }) => Object.keys(shape)),
      ),
      Edit: edit.options.flatMap(({ shape }) => Object.keys(shape)),
      Question: Object.keys([...questions(weights(1, 1), []).values()][0] ?? {}),
    };
    for (const [name, fields] of Object.entries(written)) {
      expect(read(name).length).toBeGreaterThan(1);
      expect(fields).toEqual(expect.arrayContaining(read(name)));
    }
  });

  it("calls what there is, and all that it has", () => {
    const names = rootOf(script)
      .descendantsOfType("command_name")
      .map((node) => node?.text ?? "");
    const own = rootOf(script)
      .descendantsOfType("function_name")
      .map((node) => node?.text ?? "");
    expect(own.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !own.includes(name) && !cmdlets.includes(name))).toEqual([]);
  });

  it("reads no variable that nothing sets, and sets none of PowerShell's own", () => {
    const all = [...script.matchAll(/(?<!`)\$(?:script:)?(\w+)(\.[\w.]+|\[[^\]]*\])?\s*(=(?!=))?/g)];
    const given = [...script.matchAll(/(?:\(|, |\] )\$(\w+)(?=[,)]| in |$| = '')/gm)].map(
      ([, name]) => name ?? "",
    );
    const set = new Set([...given, ...all.flatMap(([, name, part, sets]) => (sets && !part ? [name] : []))]);
    const own = ["_", "env", "null", "true", "false", "ErrorActionPreference", "LASTEXITCODE"];
    expect(all.flatMap(([, name = ""]) => (set.has(name) || own.includes(name) ? [] : [name]))).toEqual([]);
    expect([...set].filter((name) => automatic.includes((name ?? "").toLowerCase()))).toEqual([]);
  });

  it("stays small", () => expect(script.split("\n").length).toBeLessThanOrEqual(400));

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
