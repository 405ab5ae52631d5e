import type { VerbDeclaration } from "../actions/io.ts";
import { flagsOf } from "./arguments.ts";
import type { Verb } from "./verbs.ts";

export function overview(verbs: Record<string, Verb>): string {
  const width = Math.max(...Object.keys(verbs).map((name) => name.length));
  const rows = Object.values(verbs).map(
    ({ declaration }) => `  ${declaration.name.padEnd(width)}  ${declaration.description}`,
  );
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
      input.default && !input.flag ? `default ${input.default}` : "",
    ].filter(Boolean);
    return `  --${name}${value}\n      ${input.description}${extra.length ? ` (${extra.join("; ")})` : ""}`;
  });
  const usage = declaration.usage ?? "[flags]";
  return `adaptive-deploy ${declaration.name} ${usage}\n\n${declaration.description}\n${flags.length ? `\n${flags.join("\n")}\n` : ""}`;
}
