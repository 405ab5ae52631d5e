import { plain } from "../render/escape.ts";

/** What a maintainer types at the start of a line, and what is wrong where it cannot be done as it is written. */

/** The ledger's own words for it and one that only asks; written out, because a job that reads approvals loads no rollout. */
export const rolloutWords = [
  "status",
  "pause",
  "resume",
  "hold",
  "approve",
  "promote",
  "abort",
  "retry",
  "overrule",
] as const;
export type RolloutWord = (typeof rolloutWords)[number];

export const usages = {
  "approve-risk": "/approve-risk [<full commit id>] [environment=<name>] <reason>",
  "revoke-approval": "/revoke-approval [<reason>]",
  risk: "/risk",
  "risk-wrong": "/risk wrong <why>",
  hold: "/hold <reason>",
  unhold: "/unhold [<reason>]",
  rollout: "/rollout <word> [service=<name>] [environment=<name>] [<reason>]",
  quarantine: "/rollout quarantine <service> <environment> <digest> <reason>",
  rollback: "/rollback <service> <environment> <reason>",
  help: "/help",
} as const;
export type CommandName = keyof typeof usages;

export const commandProblems = ["missing-reason", "missing-place", "short-sha", "misspelt"] as const;
export type CommandProblem = (typeof commandProblems)[number];

/** Ours without doubt, and it cannot be done as it is written. */
export type Incomplete = {
  kind: "incomplete";
  command: CommandName;
  problem: CommandProblem;
  sentence: string;
};

export const longestReason = 1000;

/** A reason has to be seen: blanks and invisible letters are none, and neither is the place for one that we print. */
export function isReason(text: string): boolean {
  return !/^\[?<[^<>]*>\]?$/.test(text.trim()) && /[\p{L}\p{N}]/u.test(plain(text, longestReason));
}

export function missing(command: CommandName): Incomplete {
  return incomplete(command, "missing-reason", "It gives no reason, and the reason goes on the record.");
}

export function incomplete(command: CommandName, problem: CommandProblem, sentence: string): Incomplete {
  return { kind: "incomplete", command, problem, sentence: `${sentence} Write: \`${usages[command]}\`` };
}
