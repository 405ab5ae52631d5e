import { once } from "node:events";
import { createReadStream } from "node:fs";
import { localPolicy } from "../adapters/policy/folder.ts";
import { parseFacts } from "../adapters/readers/given.ts";
import { derivedOnce } from "../core/change/derive.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import { scoreFacts } from "../core/risk/score.ts";
import { readArguments } from "./arguments.ts";
import { scoreDeclaration } from "./score-declaration.ts";
import type { Terminal } from "./terminal.ts";

const longestLineCharacters = 16 * 1024 * 1024;
const writeAtCharacters = 64 * 1024;

export async function run(words: string[], _terminal: Terminal): Promise<number> {
  const argument = readArguments(scoreDeclaration, words);
  const path = argument.value("inputs");
  const policy = await localPolicy(argument.value("policy"));
  const where = path === "-" ? "standard input" : path;
  const input = path === "-" ? process.stdin : createReadStream(path);
  input.setEncoding("utf8");
  let pending = "";
  for await (const line of linesOf(input, where)) {
    pending += `${scoreLine(line.text, `${where}:${line.number}`, policy)}\n`;
    if (pending.length >= writeAtCharacters) {
      await write(pending);
      pending = "";
    }
  }
  await write(pending);
  return exitCodes.go;
}

/** Facts as measured are derived first. Numbers only: score and reference unrounded, so that they rank and sum exactly. */
function scoreLine(text: string, where: string, policy: PolicyBundle): string {
  const score = scoreFacts(derivedOnce(parseFacts(text, where), policy), policy.weights);
  return JSON.stringify({
    schema_version: 1,
    risk_score: score.score,
    reference_score: score.reference,
    contributors: score.contributors.map(({ name, value, points }) => ({ name, value, points })),
    unknowns: score.unknowns.map(({ name, worst }) => ({ name, worst })),
    worst_score: score.worst,
  });
}

type Line = { text: string; number: number };

async function* linesOf(input: AsyncIterable<unknown>, where: string): AsyncGenerator<Line> {
  let rest = "";
  let number = 0;
  try {
    for await (const chunk of input) {
      const parts = (rest + String(chunk)).split("\n");
      rest = parts.pop() ?? "";
      if (rest.length > longestLineCharacters) {
        throw new UserError(
          "bad-facts",
          `${where}:${number + 1}: a line has more than ${longestLineCharacters} characters. Write one document a line.`,
        );
      }
      for (const text of parts) {
        number += 1;
        if (text.trim()) yield { text, number };
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      "facts-not-found",
      `${where} cannot be read: ${error instanceof Error ? error.message : error}.`,
    );
  }
  if (rest.trim()) yield { text: rest, number: number + 1 };
}

async function write(text: string): Promise<void> {
  if (text && !process.stdout.write(text)) await once(process.stdout, "drain");
}
