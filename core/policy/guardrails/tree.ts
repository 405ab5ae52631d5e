/** The one syntax tree of guardrails: `when:` of overrides, decision rules and rollout rules alike. Plain data. */

export type Literal =
  | { kind: "number"; value: number }
  /** 5 for `5%` */
  | { kind: "percent"; value: number }
  | { kind: "duration"; milliseconds: number }
  /** 2 for `2x_baseline` */
  | { kind: "baseline"; times: number }
  | { kind: "text"; value: string }
  | { kind: "boolean"; value: boolean };

export const comparisonOperators = ["==", "!=", "<", "<=", ">", ">="] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

/** A condition that asks one name. A boolean name on its own is `== true`. */
export type Test =
  | { kind: "compare"; name: string; operator: ComparisonOperator; value: Literal }
  /** `env in ["a", "b"]` */
  | { kind: "one-of"; name: string; values: string[] }
  /** `"arm" in platforms` */
  | { kind: "holds"; name: string; value: string }
  /** `service matches "pay*"`; of a list, one item has to match. */
  | { kind: "matches"; name: string; glob: string };

export type Condition =
  | Test
  /** Never holds a part of its own kind: `a and (b and c)` is one list of three. */
  | { kind: "and"; parts: Condition[] }
  | { kind: "or"; parts: Condition[] }
  | { kind: "not"; part: Condition }
  /** The part has held without a break for so long. */
  | { kind: "for"; part: Condition; seconds: number };

export type PlainAction = "block" | "require_approval" | "allow" | "slow" | "hold" | "rollback";
export type Action =
  | { kind: PlainAction }
  /** A kind of strategy, or a strategy's name where the reader was given names. */
  | { kind: "force"; strategy: string }
  | { kind: "notify"; text: string };

export type Phase = "decision" | "rollout";

export type Rule = {
  name: string;
  condition: Condition;
  action: Action;
  /** Why, for the person whom the rule stops. */
  message?: string;
  phase: Phase;
  line: number;
  column: number;
};

/** What a name may stand for. */
export type Value = number | string | boolean | readonly string[];
