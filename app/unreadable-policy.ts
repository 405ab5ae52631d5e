import * as z from "zod";
import { findCheckRun, writeCheck } from "../adapters/github/check.ts";
import { ask } from "../adapters/github/client.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { actionButton } from "../core/render/actions.ts";
import { inline } from "../core/render/escape.ts";
import type { Work } from "./ports.ts";

const viewed = z.object({ viewer: z.object({ login: z.string() }) });
const mostLines = 50;

/**
 * A policy that cannot be read decides nothing. The check says so, and asks for action: whoever requires it would else
 * wait without a word, and whoever does not is not stopped. False where the fault is another one.
 */
export async function tellUnreadable(
  error: unknown,
  subject: Subject,
  name: string,
  work: Work,
): Promise<boolean> {
  if (!(error instanceof UserError) || error.exitCode !== exitCodes.badInput) return false;
  // A gate says it in its own place.
  if (subject.kind === "release") return false;
  const lines = error.message.split("\n").slice(0, mostLines);
  const summary = [
    "Nothing was decided. The policy or configuration on the default branch cannot be read:",
    ...lines.map((line) => `- ${inline(line, 800)}`),
    "Mend it on the default branch and press **Re-score**, or push again.",
  ];
  const [find, viewer] = await Promise.all([
    findCheckRun(work.client, subject, name, true),
    ask("who the App is", () => work.client.graphql("query Viewer { viewer { login } }")),
  ]);
  const check = {
    name,
    output: { title: "The policy cannot be read", summary: summary.join("\n\n") },
    completed: { conclusion: "action_required" as const, at: work.now.toISOString() },
    actions: [actionButton("rescore")],
  };
  await writeCheck(work.client, subject, check, find(viewed.parse(viewer).viewer.login));
  work.warn(`${subject.owner}/${subject.name}: ${error.message}`.slice(0, 1000));
  return true;
}
