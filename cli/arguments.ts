import { parseArgs } from "node:util";
import { printable, readInput, type VerbDeclaration } from "../actions/io.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { nearest } from "../core/policy/suggest.ts";

export type Arguments = {
  /** A value as it was given, or its declared default. */
  value(name: string): string;
  /** The same, undefined where it is empty. */
  given(name: string): string | undefined;
  flag(name: string): boolean;
  positionals: string[];
};

/** Flags are the inputs of the verb's declaration but for secrets and what needs a workflow, and a terminal's own. */
export function flagsOf(declaration: VerbDeclaration): VerbDeclaration["flags"] {
  const inputs = Object.entries(declaration.inputs).filter(([, input]) => !input.secret && !input.workflow);
  return { ...Object.fromEntries(inputs), ...declaration.flags };
}

export function readArguments(declaration: VerbDeclaration, words: string[], positionals = false): Arguments {
  const flags = flagsOf(declaration);
  for (const word of words) checkKnown(declaration, flags, word);
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, input]) => [
      name,
      input.flag ? { type: "boolean" as const } : { type: "string" as const, multiple: true },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: words, options, allowPositionals: positionals, strict: true });
  } catch (error) {
    const said = error instanceof Error ? (error.message.split(". ")[0] ?? "") : "";
    throw usage(declaration, `${printable(said)}.`);
  }
  for (const [name, value] of Object.entries(parsed.values))
    if (Array.isArray(value) && value.length > 1 && !flags[name]?.lines)
      throw usage(declaration, `--${name} was given ${value.length} times, and takes one value.`);
  const raw = (name: string): string | undefined => {
    const value = parsed.values[name];
    return Array.isArray(value) ? value.join("\n") : value?.toString();
  };
  const value = (name: string): string => readInput(declaration, name, raw(name));
  return {
    value,
    given: (name) => value(name) || undefined,
    flag: (name) => value(name) === "true",
    positionals: parsed.positionals,
  };
}

function checkKnown(declaration: VerbDeclaration, flags: VerbDeclaration["flags"], word: string): void {
  const name = /^--([^=]+)/.exec(word)?.[1];
  if (name === undefined || Object.hasOwn(flags, name)) return;
  const close = nearest(name, Object.keys(flags));
  throw usage(declaration, `unknown flag --${printable(name)}${close ? `; did you mean --${close}?` : "."}`);
}

function usage(declaration: VerbDeclaration, what: string): UserError {
  const flags = Object.keys(flagsOf(declaration)).map((name) => `--${name}`);
  return new UserError(
    "usage",
    `${declaration.name}: ${what} Allowed: ${flags.join(", ") || "no flags"}. \`adaptive-deploy ${declaration.name} --help\` explains them.`,
    exitCodes.usage,
  );
}
