import { optional } from "../optional.ts";
import type { VariableValue } from "../policy/schema.ts";

/** What tells an arm apart, as documents show it: "1.5.0", or "hash=abc, instances=a,b"; undefined where nothing does. */
export function armText(values: Readonly<Record<string, VariableValue>>): string | undefined {
  const entries = Object.entries(values)
    .map(([name, value]): [string, string] => [name, typeof value === "string" ? value : value.join(",")])
    .sort(([left], [right]) => (left < right ? -1 : 1));
  const [first] = entries;
  if (first?.[0] === "version" && entries.length === 1) return first[1];
  return entries.map(([name, value]) => `${name}=${value}`).join(", ") || undefined;
}

type Values = Readonly<Record<string, VariableValue>>;

export function armTexts(arms: { candidate: Values; stable: Values }): {
  candidate?: string;
  stable?: string;
} {
  return {
    ...optional("candidate", armText(arms.candidate)),
    ...optional("stable", armText(arms.stable)),
  };
}
