import { editDistance } from "../policy/guardrails/suggest.ts";
import {
  type QuarantineCommand,
  type RollbackCommand,
  type RolloutCommand,
  rollbackCommand,
  rolloutCommand,
} from "./rollout.ts";
import { type Incomplete, incomplete, isReason, longestReason, missing } from "./usage.ts";
import { visibleLines } from "./visible.ts";

/** Without a commit it means the head at the time of reading. */
export type ApprovalCommand = { kind: "approve-risk"; sha?: string; environment?: string; reason: string };
export type Command =
  | ApprovalCommand
  | { kind: "revoke-approval"; reason?: string }
  | { kind: "hold"; reason: string }
  | { kind: "unhold"; reason?: string }
  | { kind: "risk" }
  | { kind: "risk-wrong"; reason: string }
  | RolloutCommand
  | QuarantineCommand
  | RollbackCommand
  | { kind: "help" }
  | Incomplete;

const longestBody = 70_000;
const mostCommands = 10;
const called = /^\/([A-Za-z][A-Za-z0-9_-]{0,40})(?:[ \t]+(.*))?$/;

/** The commands of a comment in their order. Words of other tools, `/approve` say, are none. */
export function commandsIn(body: string): Command[] {
  return visibleLines(body.slice(0, longestBody))
    .flatMap(({ text }) => commandOf(text) ?? [])
    .slice(0, mostCommands);
}

/** Only those that approve. */
export function approvalsIn(body: string): ApprovalCommand[] {
  return commandsIn(body).flatMap((command) => (command.kind === "approve-risk" ? [command] : []));
}

function commandOf(line: string): Command | undefined {
  const [, name = "", rest = ""] = called.exec(line.trimEnd()) ?? [];
  const words = rest.trim();
  switch (name) {
    case "approve-risk":
      return approval(words);
    case "hold":
      return withReason("hold", words);
    case "revoke-approval":
    case "unhold":
      return { kind: name, ...reasonOption(words) };
    case "risk":
      return risk(words);
    case "rollout":
      return rolloutCommand(words);
    case "rollback":
      return rollbackCommand(words);
    case "help":
      return words === "" ? { kind: "help" } : undefined;
    default:
      return misspelt(name);
  }
}

function approval(words: string): Command {
  const [, first = "", afterFirst = ""] = /^(\S+)[ \t]*(.*)$/.exec(words) ?? [];
  const isSha = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(first);
  if (!isSha && /^(?=[a-f]*\d)[0-9a-f]{7,}$|^[0-9a-f]{20}/i.test(first)) {
    return incomplete(
      "approve-risk",
      "short-sha",
      "It begins with a part of a commit id. Write the full id, or none to mean the head as it is.",
    );
  }
  const rest = isSha ? afterFirst : words;
  const [, environment, afterPlace = ""] = /^environment=(\S{1,256})[ \t]*(.*)$/.exec(rest) ?? [];
  const reason = environment === undefined ? rest : afterPlace;
  if (!isReason(reason)) return missing("approve-risk");
  return {
    kind: "approve-risk",
    ...(isSha ? { sha: first.toLowerCase() } : {}),
    ...(environment === undefined ? {} : { environment }),
    reason: reason.slice(0, longestReason),
  };
}

/** Other words behind `/risk` are talk. */
function risk(words: string): Command | undefined {
  if (words === "") return { kind: "risk" };
  const why = /^wrong(?:[ \t]+(.*))?$/.exec(words);
  return why ? withReason("risk-wrong", why[1] ?? "") : undefined;
}

function withReason(kind: "hold" | "risk-wrong", reason: string): Command {
  return isReason(reason) ? { kind, reason: reason.slice(0, longestReason) } : missing(kind);
}

function reasonOption(words: string): { reason?: string } {
  return isReason(words) ? { reason: words.slice(0, longestReason) } : {};
}

/** Only names that no other tool has: what is near `/approve-risk` is ours, what is near `/hold` may be anybody's. */
function misspelt(name: string): Command | undefined {
  const written = name.toLowerCase().replaceAll("_", "-");
  for (const meant of ["approve-risk", "revoke-approval"] as const) {
    if (editDistance(written, meant, 2) <= 2)
      return incomplete(meant, "misspelt", `There is no command \`/${name}\`.`);
  }
  return undefined;
}
