import { analyzeDeclaration } from "../../actions/analyze/declaration.ts";
import { canaryStepDeclaration } from "../../actions/canary-step/declaration.ts";
import { collectDeclaration } from "../../actions/collect/declaration.ts";
import { decideDeclaration } from "../../actions/decide/declaration.ts";
import type { InputDeclaration, VerbDeclaration } from "../../actions/io.ts";
import { learnDeclaration } from "../../actions/learn/declaration.ts";
import { rollbackDeclaration } from "../../actions/rollback/declaration.ts";
import { rolloutDeclaration } from "../../actions/rollout/declaration.ts";
import { shadowDeclaration } from "../../actions/shadow/declaration.ts";

/** action.yml files and their tables, from the declarations. */

export const declarations: readonly VerbDeclaration[] = [
  decideDeclaration,
  collectDeclaration,
  analyzeDeclaration,
  canaryStepDeclaration,
  rollbackDeclaration,
  shadowDeclaration,
  learnDeclaration,
];

const icons: Record<string, string> = {
  decide: "shield",
  collect: "clipboard",
  analyze: "activity",
  "canary-step": "chevrons-up",
  rollback: "rotate-ccw",
  shadow: "eye",
  learn: "book-open",
  rollout: "trending-up",
};

/** `post` is run by the same file once the job's steps are over, cancelled or not. */
export function actionYaml(declaration: VerbDeclaration, main: string, hasPost = false): string {
  const inputs = Object.entries(declaration.inputs).flatMap(([name, input]) => [
    `  ${name}:`,
    `    description: ${quoted(described(input))}`,
    "    required: false",
    ...(input.default === undefined ? [] : [`    default: ${quoted(input.default)}`]),
  ]);
  const outputs = Object.entries(declaration.outputs).flatMap(([name, text]) => [
    `  ${name}:`,
    `    description: ${quoted(text)}`,
  ]);
  return `${[
    "# Generated from the declaration in actions/ by `npm run generate`.",
    `name: ${quoted(declaration.title)}`,
    `description: ${quoted(declaration.description)}`,
    "author: adaptive-deploy",
    `branding: { icon: ${icons[declaration.name] ?? "shield"}, color: blue }`,
    "inputs:",
    ...inputs,
    "outputs:",
    ...outputs,
    "runs:",
    "  using: node24",
    `  main: ${main}`,
    ...(hasPost ? [`  post: ${main}`] : []),
  ].join("\n")}\n`;
}

export function inputsTable(declaration: VerbDeclaration): string {
  const rows = Object.entries(declaration.inputs).map(
    ([name, input]) =>
      `| \`${name}\` | ${cell(input.description)} | ${allowed(input)} | ${input.default === undefined ? "" : `\`${input.default}\``} |`,
  );
  return ["| input | what it says | allowed | default |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

export function outputsTable(declaration: VerbDeclaration): string {
  const rows = Object.entries(declaration.outputs).map(([name, text]) => `| \`${name}\` | ${cell(text)} |`);
  return ["| output | what it says |", "| --- | --- |", ...rows].join("\n");
}

function described(input: InputDeclaration): string {
  return input.allowed ? `${input.description} One of: ${input.allowed.join(", ")}.` : input.description;
}

function allowed(input: InputDeclaration): string {
  return (input.allowed ?? []).map((value) => `\`${value}\``).join(", ");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A document with each generated part between its markers written anew. */
export function withGenerated(document: string, parts: Record<string, string>): string {
  let text = document;
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) continue;
    text = `${text.slice(0, from + begin.length)}\n${part}\n${text.slice(to)}`;
  }
  return text;
}

export function tableParts(): Record<string, string> {
  return Object.fromEntries(
    [...declarations, rolloutDeclaration].flatMap((declaration) => [
      [`${declaration.name} inputs`, inputsTable(declaration)],
      [`${declaration.name} outputs`, outputsTable(declaration)],
    ]),
  );
}
