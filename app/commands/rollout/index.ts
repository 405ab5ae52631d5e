import type { Command } from "../../../core/commands/parse.ts";
import { type CommandName, rolloutWords, usages } from "../../../core/commands/usage.ts";
import { cell, code } from "../../../core/render/escape.ts";
import { type Answer, did, type RolloutAsking, refuse } from "../answer.ts";
import type { Said } from "../event.ts";
import { quarantine } from "./quarantine.ts";
import { rollback } from "./rollback.ts";
import { sayRollout } from "./say.ts";

const names: readonly CommandName[] = ["rollout", "quarantine", "rollback"];

/** On an incident everything is about its rollout; on a pull request only what says so. */
export function isOfRollouts(command: Command, { rollout }: Pick<Said, "rollout">): boolean {
  const name = command.kind === "incomplete" ? command.command : command.kind;
  return rollout !== undefined || names.some((one) => one === name);
}

/** The same word about the same rollout counts once in a comment, at its last place: what is said last holds. */
export function saidLast(found: readonly Command[]): Command[] {
  const last = new Map(found.map((command, index) => [keyOf(command, index), index]));
  return found.filter((command, index) => last.get(keyOf(command, index)) === index);
}

function keyOf(command: Command, index: number): string {
  if (command.kind !== "rollout" && command.kind !== "rollback") return String(index);
  const word = command.kind === "rollout" ? command.word : "";
  return JSON.stringify([command.kind, word, command.service, command.environment]);
}

export function answerOfRollout(command: Command, asking: RolloutAsking): Promise<Answer> | Answer {
  switch (command.kind) {
    case "rollout":
      return sayRollout(command, asking);
    case "quarantine":
      return quarantine(command, asking);
    case "rollback":
      return rollback(command, asking);
    case "incomplete":
      return refuse(command.problem, command.sentence);
    case "help":
      return help();
    default:
      return refuse(
        "not-here",
        `That is for pull requests. Here there are ${code("/rollout")} and ${code("/rollback")}; ${code("/help")} says more.`,
      );
  }
}

/** Rows of the help: what to write, what it does, and who may. */
export function rolloutRows(writers: string, approvers: string): [string, string, string][] {
  const words = rolloutWords.join(", ");
  return [
    [usages.rollout, `asks or steers a rollout; words: ${words}`, rolloutPeople(writers, approvers)],
    [usages.quarantine, "keeps a version out, and takes it back where it is under way", writers],
    [usages.rollback, "takes back what is under way, or starts the way back", writers],
  ];
}

function rolloutPeople(writers: string, approvers: string): string {
  return `status: everyone; approve, promote, overrule: ${approvers}, but not who wrote the change; the others: ${writers}`;
}

function help(): Answer {
  const lines = rolloutRows("who may write", "who may approve the service").map(
    ([usage, what, who]) => `| ${code(usage)} | ${cell(what, 300)} | ${cell(who, 300)} |`,
  );
  return did(["| Command | What it does | Who may |", "| :-- | :-- | :-- |", ...lines].join("\n"));
}
