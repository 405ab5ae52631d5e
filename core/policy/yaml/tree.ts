import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { printable, quoted } from "./quoted.ts";

/** A value and where it stands, so that what is wrong with it can be pointed at. */
export type Located = {
  value: unknown;
  offset: number;
  /** Values in it, itself included, and how deep they nest: what an alias costs. */
  size: number;
  depth: number;
  entries?: Map<string, { keyOffset: number; node: Located }>;
  items?: Located[];
};

export type Fault = { offset: number; message: string };

const deepest = 40;
/** Values that aliases may repeat in one document. */
const mostRepeated = 5_000;
const mostFaults = 2_000;
const mostSyntaxErrors = 100;

const ordinaryTags = new Set(
  ["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`),
);

/**
 * YAML 1.2 as a tree of located values. Refused: documents nested too deep (before anything recurses), aliases
 * that repeat too much, tags, directives, merge keys, duplicate keys, `__proto__`, and numbers that are none.
 */
export function readYamlTree(text: string): { root?: Located; faults: Fault[] } {
  const { document, faults } = compose(text);
  if (document === undefined || faults.length > 0) return { faults };
  const reader = new TreeReader();
  const root = reader.read(document.contents, 0);
  return reader.faults.length > 0 ? { faults: reader.faults } : { root, faults: [] };
}

function compose(text: string): { document?: Document.Parsed; faults: Fault[] } {
  const composer = new Composer({
    version: "1.2",
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
  });
  const parser = new Parser();
  const documents: Document.Parsed[] = [];
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === "directive") return oneFault(token.offset, directiveRefused);
      if (token.type === "error" && ++errors > mostSyntaxErrors)
        return oneFault(token.offset, "this is not YAML");
      documents.push(...composer.next(token));
    }
    if (parser.stack.length > deepest)
      return oneFault(parser.offset, `nested deeper than ${deepest} levels; flatten it`);
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));

  const [document, second] = documents;
  if (second !== undefined)
    return oneFault(second.range[0], "a second document begins here; keep one, without ---");
  const faults = (document?.errors ?? []).slice(0, mostFaults).map((error) => ({
    offset: Math.max(0, error.pos[0]),
    message: syntaxMessage(error.code, error.message),
  }));
  return { document, faults };
}

const directiveRefused = "directives such as %YAML and %TAG are not read here; remove the line";

function oneFault(offset: number, message: string): { faults: Fault[] } {
  return { faults: [{ offset, message }] };
}

function syntaxMessage(code: string, message: string): string {
  const said = printable(message, 200);
  if (code === "TAB_AS_INDENT") return "a tab is used as indentation; indent with spaces";
  if (code === "NON_STRING_KEY") return "a key is a single word or a text in quotes here";
  if (code === "TAG_RESOLVE_FAILED") return `${said}; remove the tag`;
  if (code === "BAD_INDENT") return `${said}; line it up with its neighbours`;
  return `this is not YAML: ${said}`;
}

class TreeReader {
  readonly faults: Fault[] = [];
  readonly #anchored = new Map<string, Located | "being read">();
  #repeated = 0;

  read(node: unknown, parentOffset: number): Located {
    if (isAlias(node)) return this.#alias(node);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return leaf(null, parentOffset);
    const offset = node.range?.[0] ?? parentOffset;
    if (node.tag !== undefined && !ordinaryTags.has(node.tag)) {
      this.#fault(offset, `tags such as ${quoted(node.tag)} are not read here; remove it`);
    }
    if (node.anchor !== undefined) this.#anchored.set(node.anchor, "being read");
    const located = isScalar(node)
      ? this.#scalar(node, offset)
      : isMap(node)
        ? this.#map(node, offset)
        : this.#seq(node, offset);
    if (node.anchor !== undefined) this.#anchored.set(node.anchor, located);
    if (located.depth === deepest + 1)
      this.#fault(offset, `nested deeper than ${deepest} levels; flatten it`);
    return located;
  }

  #scalar(node: Scalar, offset: number): Located {
    if (typeof node.value !== "number" || Number.isFinite(node.value)) return leaf(node.value, offset);
    this.#fault(
      offset,
      `${printable(node.source ?? String(node.value))} is not a number that can be used here; give a finite one`,
    );
    return leaf(null, offset);
  }

  #map(node: YAMLMap, offset: number): Located {
    const entries: NonNullable<Located["entries"]> = new Map();
    for (const pair of node.items) {
      if (!isScalar(pair.key) || typeof pair.key.value !== "string") continue;
      const key = pair.key.value;
      const keyOffset = pair.key.range?.[0] ?? offset;
      if (key === "__proto__") this.#fault(keyOffset, 'the key "__proto__" is refused; choose another name');
      else if (key === "<<") this.#fault(keyOffset, 'merge keys ("<<") are not read here; repeat the lines');
      else if (entries.has(key)) this.#fault(keyOffset, `the key ${quoted(key)} is given twice; keep one`);
      else entries.set(key, { keyOffset, node: this.read(pair.value, keyOffset) });
    }
    const nodes = [...entries.values()].map((entry) => entry.node);
    const value = Object.fromEntries([...entries].map(([key, entry]) => [key, entry.node.value]));
    return { value, offset, ...measure(nodes), entries };
  }

  #seq(node: YAMLSeq, offset: number): Located {
    const items = node.items.map((item) => this.read(item, offset));
    return { value: items.map((item) => item.value), offset, ...measure(items), items };
  }

  #alias(node: Alias): Located {
    const offset = node.range?.[0] ?? 0;
    const target = this.#anchored.get(node.source);
    const name = printable(node.source);
    if (target === undefined) this.#fault(offset, `*${name} repeats nothing: no &${name} stands above it`);
    else if (target === "being read")
      this.#fault(offset, `*${name} repeats the very value that it stands in`);
    else {
      this.#repeated += target.size;
      if (this.#repeated <= mostRepeated) return { ...target, offset };
      this.#fault(offset, `aliases repeat more than ${mostRepeated} values by here; write the values out`);
    }
    return leaf(null, offset);
  }

  #fault(offset: number, message: string): void {
    if (this.faults.length < mostFaults) this.faults.push({ offset, message });
  }
}

function leaf(value: unknown, offset: number): Located {
  return { value, offset, size: 1, depth: 1 };
}

function measure(children: Located[]): { size: number; depth: number } {
  let size = 1;
  let depth = 0;
  for (const child of children) {
    size += child.size;
    depth = Math.max(depth, child.depth);
  }
  return { size, depth: depth + 1 };
}
