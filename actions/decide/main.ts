import "../once.ts";
import * as toolkit from "@actions/core";
import { subjectOfRun } from "../../adapters/github/event.ts";
import { endWith, inputsOf, lines, tokenOf, writeDocument } from "../runner.ts";
import { decideDeclaration } from "./declaration.ts";
import { decideInputs } from "./inputs.ts";
import { runDecide } from "./run.ts";
import { waitingIn } from "./waiting.ts";

await endWith(toolkit, async () => {
  const input = inputsOf(toolkit, decideDeclaration);
  const inputs = decideInputs(input);
  const token = tokenOf(toolkit);
  const subject = await subjectOfRun(process.env);
  const { getOctokit } = await import("@actions/github");
  const client = getOctokit(token);
  const result = await runDecide(inputs, {
    client,
    subject,
    given: async (configured) => {
      const { readGiven } = await import("../../adapters/readers/given.ts");
      const globs = lines(input("reports"));
      return readGiven({
        inputs: input("inputs"),
        reports: globs.length ? globs : configured,
        trusted: subject.trustedRun,
      });
    },
    now: new Date(),
    environment: process.env,
    actor: process.env.GITHUB_ACTOR ?? "unknown",
    write: writeDocument,
    summary: async (markdown) => {
      if (process.env.GITHUB_STEP_SUMMARY) await toolkit.summary.addRaw(markdown).write();
    },
    warn: (sentence) => toolkit.warning(sentence),
    waiting: () => waitingIn(toolkit),
  });
  for (const [name, value] of Object.entries(result.outputs)) toolkit.setOutput(name, value);
  const { allowed, strategy, "risk-score": score, "needs-approval": needsApproval } = result.outputs;
  const answer = allowed === "true" ? "may go" : needsApproval === "true" ? "needs an approval" : "blocked";
  toolkit.info(`Risk ${score} / 100, ${strategy}, ${answer}.`);
  return result.exitCode;
});
