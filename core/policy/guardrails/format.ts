import { formatDuration } from "../duration.ts";
import { literalText, stringText } from "./literal.ts";
import type { Condition, Rule } from "./tree.ts";

/** The canonical text of a rule; parsing it gives the same tree. */
export function format(rule: Pick<Rule, "name" | "condition" | "action" | "message">): string {
  return `rule ${stringText(rule.name)}: when ${formatCondition(rule.condition)} then ${formatAction(rule)}`;
}

/** Higher binds tighter. */
const binding = { or: 1, and: 2, not: 3, for: 4, test: 5 } as const;

export function formatCondition(condition: Condition, around = 0): string {
  const own = bindingOf(condition);
  const text = plainText(condition, own);
  return own < around ? `(${text})` : text;
}

function plainText(condition: Condition, own: number): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.parts.map((part) => formatCondition(part, own)).join(` ${condition.kind} `);
    case "not":
      return `not ${formatCondition(condition.part, own)}`;
    case "for":
      return `${formatCondition(condition.part, own + 1)} for ${formatDuration(condition.seconds)}`;
    case "compare": {
      const { name, operator, value } = condition;
      if (value.kind === "boolean" && value.value && operator === "==") return name;
      return `${name} ${operator} ${literalText(value)}`;
    }
    case "one-of":
      return `${condition.name} in [${condition.values.map(stringText).join(", ")}]`;
    case "holds":
      return `${stringText(condition.value)} in ${condition.name}`;
    case "matches":
      return `${condition.name} matches ${stringText(condition.glob)}`;
  }
}

function bindingOf({ kind }: Condition): number {
  return kind === "and" || kind === "or" || kind === "not" || kind === "for" ? binding[kind] : binding.test;
}

export function formatAction({ action, message }: Pick<Rule, "action" | "message">): string {
  const word = action.kind === "force" ? `force ${action.strategy}` : action.kind;
  const text = action.kind === "notify" ? action.text : message;
  return text === undefined ? word : `${word} ${stringText(text)}`;
}
