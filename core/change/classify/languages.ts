/** Languages by the ending of a file's name, the most used ones; anything else is "Other". */
const endings = `
Ada: adb ads
Assembly: asm s
Astro: astro
Batchfile: bat cmd
Bicep: bicep
C: c h
C#: cs csx
C++: cc cpp cxx hh hpp hxx inl ipp
CMake: cmake
COBOL: cbl cob cpy
CSS: css
Clojure: clj cljc cljs edn
CoffeeScript: coffee
Crystal: cr
CSV: csv tsv
Cuda: cu cuh
D: d
Dart: dart
Device Tree: dts dtsi
Elixir: ex exs
Elm: elm
Erlang: erl hrl
F#: fs fsi fsx
Fortran: f f90 f95 for
GLSL: glsl vert frag
Go: go
Go Template: tpl gotmpl
Gradle: gradle
GraphQL: graphql gql
Groovy: groovy
HCL: hcl tf tfvars
HTML: html htm xhtml
Haskell: hs lhs
Haxe: hx
INI: ini cfg conf properties editorconfig
JSON: json jsonc json5
Java: java
JavaScript: js mjs cjs jsx
Jsonnet: jsonnet libsonnet
Julia: jl
Jupyter Notebook: ipynb
Kotlin: kt kts
Less: less
Linker Script: ld lds
Lua: lua
MATLAB: mat matlab
Makefile: mk mak
Markdown: md markdown mdx
Nim: nim
Nix: nix
OCaml: ml mli
Objective-C: m
Objective-C++: mm
PHP: php phtml
Pascal: pas dpr
Perl: pl pm t
PowerShell: ps1 psm1 psd1
Protocol Buffer: proto
Pug: pug
Puppet: pp
Python: py pyi pyw pyx
R: r rmd
Ruby: rb rake gemspec erb
Rust: rs
SCSS: scss sass
SQL: sql ddl cql
SVG: svg
Scala: scala sbt sc
Scheme: scm rkt
Shell: sh bash zsh fish ksh
Smarty: smarty
Solidity: sol
Starlark: bzl star bazel
Svelte: svelte
Swift: swift
SystemVerilog: sv svh
TOML: toml
Tcl: tcl
TeX: tex sty cls
Text: txt rst adoc
Thrift: thrift
TypeScript: ts tsx mts cts
VHDL: vhd vhdl
Verilog: v vh
Visual Basic: vb vbs bas
Vue: vue
WebAssembly: wat wast
XML: xml xsd xsl xslt csproj vcxproj props targets plist resx
YAML: yaml yml
Zig: zig
`;

const names = `
CMake: cmakelists.txt
Dockerfile: dockerfile containerfile
Go Checksums: go.sum
Go Module: go.mod
Groovy: jenkinsfile
JSON: .babelrc .eslintrc .prettierrc composer.lock pipfile.lock
Makefile: makefile gnumakefile kbuild
Kconfig: kconfig
Ruby: gemfile rakefile vagrantfile podfile fastfile brewfile
Shell: .bashrc .profile .zshrc gradlew mvnw
Starlark: build workspace
Text: license readme notice codeowners
TOML: cargo.lock poetry.lock pipfile uv.lock
YAML: yarn.lock
`;

const byEnding = table(endings);
const byName = table(names);

export const otherLanguage = "Other";

export function languageOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const known = byName.get(name);
  if (known !== undefined) return known;
  if (name.startsWith("dockerfile.") || name.endsWith(".dockerfile")) return "Dockerfile";
  const dot = name.lastIndexOf(".");
  return (dot < 0 ? undefined : byEnding.get(name.slice(dot + 1))) ?? otherLanguage;
}

function table(text: string): Map<string, string> {
  const result = new Map<string, string>();
  for (const line of text.trim().split("\n")) {
    const [language = "", list = ""] = line.split(": ");
    for (const word of list.split(" ")) result.set(word, language);
  }
  return result;
}
