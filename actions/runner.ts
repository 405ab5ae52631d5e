import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { exitCodes, UserError } from "../core/errors.ts";
import { readInput, type VerbDeclaration } from "./io.ts";

/** What every Action's main.ts needs of its runner. */
export type Toolkit = Pick<
  typeof import("@actions/core"),
  | "getInput"
  | "setOutput"
  | "setFailed"
  | "setSecret"
  | "summary"
  | "warning"
  | "error"
  | "info"
  | "startGroup"
  | "endGroup"
  | "saveState"
  | "getState"
>;

export function inputsOf(toolkit: Toolkit, declaration: VerbDeclaration): (name: string) => string {
  return (name) => readInput(declaration, name, toolkit.getInput(name));
}

export function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}

export async function writeDocument(name: string, text: string): Promise<string> {
  const path = resolve(name);
  await writeFile(path, text);
  return path;
}

/** The token of the step, or of the job; it never stands in a log. */
export function tokenOf(
  toolkit: Toolkit,
  remedy = "No token was given. Set github-token: ${{ github.token }} for this step.",
): string {
  const token = toolkit.getInput("github-token") || process.env.GITHUB_TOKEN || "";
  if (!token) throw new UserError("no-token", remedy, exitCodes.unavailable);
  toolkit.setSecret(token);
  return token;
}

/** Ends a step: a fault of the user's becomes one red line and its exit code, a fault of ours asks for a report. */
export async function endWith(toolkit: Toolkit, run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (error instanceof UserError) {
      toolkit.setOutput("reason-code", error.reasonCode);
      toolkit.error(error.message);
      process.exitCode = error.exitCode;
      return;
    }
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    toolkit.setOutput("reason-code", "bug");
    toolkit.error(
      `adaptive-deploy stopped over a bug of its own (${said}). Please report it with this line.`,
    );
    process.exitCode = exitCodes.bug;
  }
}
