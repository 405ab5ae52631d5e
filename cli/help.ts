import type { VerbDeclaration } from "../actions/io.ts";
import { wrapToWidth } from "../core/render/width.ts";
import { flagsOf } from "./arguments.ts";
import type { Verb } from "./verbs.ts";

/** Help is read in narrow terminals and in logs. */
const columns = 100;

export function overview(verbs: Record<string, Verb>): string {
  const width = Math.max(...Object.keys(verbs).map((name) => name.length));
  const rows = Object.values(verbs).flatMap(({ declaration }) => {
    const [first = "", ...more] = parts(declaration.description).flatMap((part) =>
      wrapToWidth(part, columns - width - 4),
    );
    const rest = more.map((line) => `${" ".repeat(width + 4)}${line}`);
    return [`  ${declaration.name.padEnd(width)}  ${first}`, ...rest];
  });
  return `adaptive-deploy: a change gets a risk score with reasons, and the score picks how it is rolled out.

Usage: adaptive-deploy <verb> [flags]

${rows.join("\n")}

Start with \`adaptive-deploy decide\` in any git checkout. \`adaptive-deploy <verb> --help\` explains a verb.
Exit codes: 0 go, 2 blocked, 3 needs an approval, 64 usage, 65 bad input, 69 something needed was unavailable, 70 a bug.
`;
}

export function verbHelp(declaration: VerbDeclaration): string {
  const flags = Object.entries(flagsOf(declaration)).map(([name, input]) => {
    const value = input.flag ? "" : " <value>";
    const extra = [
      input.allowed && !input.flag ? `one of ${input.allowed.join(", ")}` : "",
      input.default && !input.flag ? `default: ${input.default}` : "",
    ].filter(Boolean);
    const text = `${input.description}${extra.length ? ` (${extra.join("; ")})` : ""}`;
    return `  --${name}${value}\n${indented(text, 6)}`;
  });
  const usage = declaration.usage ?? "[flags]";
  const said = parts(declaration.description).map((part) => wrapToWidth(part, columns).join("\n"));
  return `adaptive-deploy ${declaration.name} ${usage}\n\n${said.join("\n")}\n${flags.length ? `\n${flags.join("\n")}\n` : ""}`;
}

/** "check: … test: …": what each action of a verb does, one a line. */
function parts(description: string): string[] {
  return description.split(/(?<=\.) (?=[a-z]+: )/);
}

function indented(text: string, by: number): string {
  return wrapToWidth(text, columns - by)
    .map((line) => " ".repeat(by) + line)
    .join("\n");
}
