import { exitCodes, UserError } from "../core/errors.ts";

/** Inputs and outputs are declared once; action.yml, the README's tables and the command line's flags come from here. */

export type InputDeclaration = {
  description: string;
  default?: string;
  /** The only values that are accepted. */
  allowed?: readonly string[];
  /** True where it is a flag without a value on the command line. */
  flag?: boolean;
  /** True where it takes one value a line; on the command line the flag may then be given more than once. */
  lines?: boolean;
  /** A secret never has a flag: it comes from the environment. */
  secret?: boolean;
  /** True where it means something in a workflow alone: it has no flag either. */
  workflow?: boolean;
};

export type VerbDeclaration = {
  name: string;
  title: string;
  description: string;
  inputs: Record<string, InputDeclaration>;
  outputs: Record<string, string>;
  /** Flags that only make sense in a terminal. */
  flags: Record<string, InputDeclaration>;
  /** What stands behind the verb, where it is more than flags. */
  usage?: string;
};

export type InputValues = (name: string) => string;

/** Where a value is set, it must be one of those that are allowed; where it is not, the default speaks. */
export function readInput(declaration: VerbDeclaration, name: string, value: string | undefined): string {
  const input = declaration.inputs[name] ?? declaration.flags[name];
  if (!input) throw new TypeError(`${declaration.name} declares no input "${name}".`);
  const text = value === undefined || value === "" ? (input.default ?? "") : value.trim();
  if (input.allowed && text !== "" && !input.allowed.includes(text)) {
    throw new UserError(
      "bad-input",
      `Input "${name}" of ${declaration.name} is "${printable(text)}". Allowed: ${input.allowed.join(", ")}.`,
      exitCodes.usage,
    );
  }
  return text;
}

/** A value as it may stand in an error: no control characters, no more than a line. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ").slice(0, 200);
}
