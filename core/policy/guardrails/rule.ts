import { strategyKinds } from "../schema.ts";
import { actionNames, actionNamesIn, actions, isActionName } from "./actions.ts";
import { wholeCondition } from "./condition.ts";
import { type Cursor, expect, found, isPlain, next, peek, report, Unreadable } from "./cursor.ts";
import { placeOf, quoted } from "./error.ts";
import type { Token } from "./lexer.ts";
import { didYouMean, nearest } from "./suggest.ts";
import type { Action, Phase, Rule } from "./tree.ts";

const longestName = 120;
const longestMessage = 500;

/** rule := "rule" text ":" "when" condition "then" action. Throws Unreadable where it cannot be read on. */
export function rule(cursor: Cursor, strategies: readonly string[]): Rule {
  const start = expect(cursor, "rule", "here");
  const { line, column } = placeOf(cursor.source, start.offset);
  const name = ruleName(cursor);
  expect(cursor, ":", "after the name of the rule");
  expect(cursor, "when", "before the condition");
  const condition = wholeCondition(cursor);
  const then = next(cursor);
  if (!isPlain(then, "then")) {
    throw new Unreadable(then, `expected and, or or then after the condition, found ${found(then)}`);
  }
  const token = peek(cursor);
  const { action, message } = actionHere(cursor, strategies);
  const phase = phaseOf(cursor, action.kind, token);
  return { name, condition, action, ...(message === undefined ? {} : { message }), phase, line, column };
}

function ruleName(cursor: Cursor): string {
  const token = next(cursor);
  if (token.kind !== "string") {
    throw new Unreadable(
      token,
      `expected the rule's name in double quotes after rule, found ${found(token)}`,
    );
  }
  if (token.value.trim() === "" || token.value.length > longestName) {
    report(cursor, token, `a rule's name has 1 to ${longestName} characters`);
  }
  return token.value;
}

function actionHere(cursor: Cursor, strategies: readonly string[]): Pick<Rule, "action" | "message"> {
  const token = next(cursor);
  if (token.kind !== "word" || !isActionName(token.text)) throw unknownAction(token, strategies);
  const kind = token.text;
  const strategy = kind === "force" ? strategyHere(cursor, strategies) : "";
  const message = messageHere(cursor);
  ended(cursor);
  if (kind === "notify") {
    if (message === undefined) {
      throw new Unreadable(token, 'notify takes the text to send, for example notify "text"');
    }
    return { action: { kind, text: message } };
  }
  const action: Action = kind === "force" ? { kind, strategy } : { kind };
  return message === undefined ? { action } : { action, message };
}

function unknownAction(token: Token, strategies: readonly string[]): Unreadable {
  const forced = strategies.includes(token.text) ? [`force ${token.text}`] : [];
  const suggestions = forced.length > 0 ? forced : nearest(token.text, actionNames);
  const what =
    token.kind === "word"
      ? `unknown action ${quoted(token.text)}`
      : `expected an action, found ${found(token)}`;
  return new Unreadable(
    token,
    `${what}; actions are ${actionNames.join(", ")}${didYouMean(suggestions)}`,
    suggestions,
  );
}

/** `force canary`, or `force strategy canary`. */
function strategyHere(cursor: Cursor, strategies: readonly string[]): string {
  if (isPlain(peek(cursor), "strategy") && peek(cursor, 1).kind === "word") next(cursor);
  const token = next(cursor);
  const suggestions = nearest(token.text, strategies);
  const list = `strategies are ${strategies.join(", ")}`;
  if (token.kind !== "word")
    throw new Unreadable(token, `expected a strategy after force, found ${found(token)}; ${list}`);
  if (!strategies.includes(token.text)) {
    const message = `unknown strategy ${quoted(token.text)}; ${list}${didYouMean(suggestions)}`;
    throw new Unreadable(token, message, suggestions);
  }
  return token.text;
}

function messageHere(cursor: Cursor): string | undefined {
  const token = peek(cursor);
  if (token.kind !== "string") return undefined;
  next(cursor);
  if (token.value.trim() === "" || token.value.length > longestMessage) {
    report(cursor, token, `a message has 1 to ${longestMessage} characters`);
  }
  return token.value;
}

function ended(cursor: Cursor): void {
  const token = peek(cursor);
  if (token.kind === "end" || isPlain(token, "rule")) return;
  if (token.text === "," || token.text === "and" || (token.kind === "word" && isActionName(token.text))) {
    throw new Unreadable(token, "a rule has one action; write a second rule for the other");
  }
  throw new Unreadable(token, `expected the next rule or the end after the action, found ${found(token)}`);
}

/** The phase in which everything that the rule names is known; where there is none, that is the error. */
function phaseOf(cursor: Cursor, action: Action["kind"], token: Token): Phase {
  const decided = cursor.phases.get("decision");
  const rolling = cursor.phases.get("rollout");
  const acts = actions[action].phase;
  if (decided !== undefined && rolling !== undefined) {
    const later = decided.token.offset > rolling.token.offset ? decided.token : rolling.token;
    report(
      cursor,
      later,
      `this rule mixes ${decided.written}, which belongs to the decision, with ${rolling.written}, which belongs to the rollout; write two rules`,
    );
  } else if (rolling !== undefined && acts === "decision") {
    wrongAction(cursor, token, action, `a rollout; ${rolling.written} is known only during one`, "rollout");
  } else if (decided !== undefined && acts === "rollout") {
    wrongAction(cursor, token, action, `the decision; ${decided.written} is known only then`, "decision");
  }
  if (acts !== "both") return acts;
  return rolling === undefined ? "decision" : "rollout";
}

function wrongAction(cursor: Cursor, token: Token, action: string, why: string, phase: Phase): void {
  report(
    cursor,
    token,
    `${action} is no action of ${why}; actions then are ${actionNamesIn(phase).join(", ")}`,
  );
}

export const defaultStrategies: readonly string[] = strategyKinds;
