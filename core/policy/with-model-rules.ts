import { isMap, isScalar, isSeq, type Node, parseDocument, stringify, type YAMLMap } from "yaml";
import { UserError } from "../errors.ts";
import { canonicalJson } from "../evidence/canonical.ts";
import type { Scope } from "./match.ts";
import type { Mode } from "./modes.ts";
import { type ModelRules, modelDefaults } from "./schema/model.ts";
import { type ThresholdsAndWindows, thresholdsAndWindows } from "./schema.ts";
import { thresholdsFor } from "./scope.ts";
import { parseYamlDocument } from "./yaml/document.ts";
import { describeProblem } from "./yaml/problem.ts";

const fileName = "thresholds-and-windows.yaml";

/**
 * The file with other rules for the model of one service in one environment, or of all where neither is named; rules that
 * are not given stay. Only the words that have to change do: comments, order and spacing are the team's.
 */
export function withModelRules(text: string, where: Scope, rules: ModelRules): string {
  const wanted = canonicalJson({ ...rulesIn(text, where), ...rules });
  if (canonicalJson(rulesIn(text, where) ?? {}) === wanted) return text;
  for (const edit of [setWhereItIs, appendScope]) {
    const edited = edit(text, where, rules);
    // What an odd way of writing makes of an edit is looked at, not foreseen.
    const isRead = edited !== undefined && parse(edited).value !== undefined;
    if (isRead && canonicalJson(rulesIn(edited, where)) === wanted) return edited;
  }
  throw new UserError(
    "policy-not-edited",
    `${fileName} is written in a way that cannot be edited here. Write under model: by hand: ${flow(rules)}`,
  );
}

export function withModelState(text: string, where: Scope, state: Mode): string {
  if (state === (rulesIn(text, where)?.state ?? modelDefaults.state)) return text;
  return withModelRules(text, where, { state });
}

function rulesIn(text: string, where: Scope): ModelRules | undefined {
  const { value, problems } = parse(text);
  if (value !== undefined) return thresholdsFor(value, where).model;
  throw new UserError("bad-policy", problems.map(describeProblem).slice(0, 3).join("\n"));
}

const parse = (text: string) => parseYamlDocument(text, fileName, thresholdsAndWindows);
const flow = (value: unknown): string => stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();

/** In the defaults, or in the last scope that speaks for exactly this. */
function setWhereItIs(text: string, where: Scope, rules: ModelRules): string | undefined {
  const forAll = where.service === undefined && where.environment === undefined;
  const index = parse(text).value?.scopes?.findLastIndex(({ match }) => isExactly(match, where)) ?? -1;
  const place = forAll ? ["defaults"] : ["scopes", index];
  const part = rootOf(text)?.getIn(place, true);
  if (!isMap(part)) return undefined;
  if (!part.has("model")) return withPair(text, part, `model: ${flow(rules)}`);
  let edited: string | undefined = text;
  for (const [name, rule] of Object.entries(rules)) {
    const model: unknown = edited && rootOf(edited)?.getIn([...place, "model"], true);
    if (edited === undefined || !isMap(model)) return undefined;
    edited = withRule(edited, model, name, flow(rule));
  }
  return edited;
}

function withRule(text: string, model: YAMLMap, name: string, value: string): string | undefined {
  const pair = model.items.find(({ key }) => isScalar(key) && key.value === name);
  if (pair === undefined) return withPair(text, model, `${name}: ${value}`);
  if (!isScalar(pair.key) || !pair.key.range) return undefined;
  return `${text.slice(0, pair.key.range[1])}: ${value}${text.slice(lastLeaf(pair.value))}`;
}

type Match = NonNullable<ThresholdsAndWindows["scopes"]>[number]["match"];
const isExactly = (match: Match, { service, environment }: Scope): boolean =>
  match.service === service && match.environment === environment;

/** Behind all others, and so the one that holds. */
function appendScope(text: string, { service, environment }: Scope, rules: ModelRules): string | undefined {
  const scopes = rootOf(text)?.get("scopes", true);
  const lines = [`- match: ${flow({ service, environment })}`, `  model: ${flow(rules)}`];
  if (scopes === undefined) return `${text.trimEnd()}\n\nscopes:\n${indented(lines, 2, "\n")}\n`;
  const [first] = isSeq(scopes) && !scopes.flow ? scopes.items : [];
  if (!isMap(first) || !first.range || !isSeq(scopes)) return undefined;
  const column = columnOf(text, text.lastIndexOf("-", first.range[0]));
  return inserted(text, endOfLine(text, lastLeaf(scopes)), (newline) => indented(lines, column, newline));
}

/** One more key at the end of a map, in the way that the map is written. */
function withPair(text: string, map: YAMLMap, pair: string): string | undefined {
  const [first] = map.items;
  if (!map.range) return undefined;
  if (map.flow) {
    const before = text.slice(0, map.range[1] - 1).trimEnd();
    return `${before}${first === undefined ? "" : ","} ${pair} ${text.slice(map.range[1] - 1)}`;
  }
  const key: unknown = first?.key;
  if (!isScalar(key) || !key.range) return undefined;
  const column = columnOf(text, key.range[0]);
  return inserted(text, endOfLine(text, lastLeaf(map)), (newline) => indented([pair], column, newline));
}

function rootOf(text: string): YAMLMap | undefined {
  const { contents } = parseDocument(text);
  return isMap(contents) ? contents : undefined;
}

const indented = (lines: readonly string[], column: number, newline: string): string =>
  lines.map((line) => " ".repeat(column) + line).join(newline);

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf("\n", offset - 1) + 1);

/** Where the last word of a value ends, the comments behind it left out. */
function lastLeaf(node: unknown): number {
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1);
    return lastLeaf(last?.value ?? last?.key);
  }
  if (isSeq(node) && !node.flow) return lastLeaf(node.items.at(-1));
  return isNode(node) ? (node.range?.[1] ?? 0) : 0;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "range" in value;

/** A block of text ends behind its newline; everything else before it, with a comment between perhaps. */
function endOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", text[offset - 1] === "\n" ? offset - 1 : offset);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

function inserted(text: string, at: number, lines: (newline: string) => string): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  return text.slice(0, at) + newline + lines(newline) + text.slice(at);
}
