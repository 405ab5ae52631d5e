/** The guardrail language as the other rooms use it. */
export { guardrailActionsTable } from "./actions.ts";
export type { RuleError } from "./error.ts";
export {
  conditionKey,
  type Evaluation,
  evaluate,
  evaluateWindow,
  heldConditions,
  type Reading,
  type TestResult,
  type Truth,
} from "./evaluate.ts";
export { format, formatCondition } from "./format.ts";
export type { Decided } from "./name.ts";
export { decisionNames, namesIn } from "./names.ts";
export { guardrailNamesTable } from "./names-list.ts";
export { parseCondition, parseGuardrails, type Where } from "./parse.ts";
export type { Action, Condition, Phase, Rule, Test, Value } from "./tree.ts";
