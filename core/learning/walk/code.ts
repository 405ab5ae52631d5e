import { languageOf } from "../../change/classify/languages.ts";

/** Which lines a fix can blame: those of code that runs, not of its tests, its pages or its data. */

const notCode = new Set(["CSV", "JSON", "Jupyter Notebook", "Markdown", "Other", "SVG", "TeX", "Text"]);
const testFolder = /(?:^|\/)(?:tests?|testing|specs?|__tests__|__mocks__|testdata|fixtures|e2e)\//i;
const testName =
  /(?:^|\/)(?:tests?_[^/]*|conftest\.py|[^/]*(?:[._-](?:test|tests|spec)|Tests?|Spec)\.[^/.]+)$/;
const docsFolder = /(?:^|\/)(?:docs?|documentation|examples?|samples?)\//i;

export function isCode(path: string): boolean {
  return (
    !notCode.has(languageOf(path)) && !testFolder.test(path) && !testName.test(path) && !docsFolder.test(path)
  );
}

const hash = /^(?:#|"""|''')/;
const slashes = /^(?:\/\/|\/\*|\*\/|\*(?:\s|$))/;
const dashes = /^--/;
const semicolon = /^;/;
const percent = /^%/;
const markup = /^(?:<!--|-->)/;

const languages: [RegExp, string][] = [
  [
    hash,
    `CMake CoffeeScript Crystal Dockerfile Elixir GraphQL HCL INI Julia Kconfig Makefile Nim Nix Perl PowerShell Puppet
    Python R Ruby Shell Starlark TOML Tcl YAML`,
  ],
  [dashes, "Ada Elm Haskell Lua SQL VHDL"],
  [semicolon, "Assembly Clojure Scheme"],
  [percent, "Erlang MATLAB"],
  [markup, "HTML Svelte Vue XML"],
];
const commentOf = new Map(
  languages.flatMap(([begin, names]) => names.split(/\s+/).map((name) => [name, begin] as const)),
);

/**
 * A test for lines that do something: not blank, no comment, and more than braces. A line alone is looked at, so that the
 * middle of a long comment passes for code where nothing marks it.
 */
export function codeLines(path: string): (line: string) => boolean {
  const comment = commentOf.get(languageOf(path)) ?? slashes;
  return (line) => /[\p{L}\p{N}]/u.test(line) && !comment.test(line.trimStart());
}
