import "../once.ts";
import * as toolkit from "@actions/core";
import { runnerSaysTrusted } from "../../adapters/github/event.ts";
import { writeHistory } from "../../adapters/github/history.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import { exitCodes } from "../../core/errors.ts";
import { endWith, inputsOf, lines, tokenOf, writeDocument } from "../runner.ts";
import { collectDeclaration } from "./declaration.ts";
import { historyOfCheckout, runCollect } from "./run.ts";

await endWith(toolkit, async () => {
  const input = inputsOf(toolkit, collectDeclaration);
  const { env } = process;
  const collected = await runCollect({
    folder: env.GITHUB_WORKSPACE ?? ".",
    head: input("head"),
    ...(input("base") ? { base: input("base") } : {}),
    reports: lines(input("reports")),
    artifacts: lines(input("artifacts")),
    trusted: await runnerSaysTrusted(env),
    ...(env.GITHUB_REF ? { ref: env.GITHUB_REF } : {}),
    run: {
      id: env.GITHUB_RUN_ID ?? "",
      attempt: env.GITHUB_RUN_ATTEMPT ?? "",
      workflow: env.GITHUB_WORKFLOW ?? "",
      url: `${env.GITHUB_SERVER_URL ?? ""}/${env.GITHUB_REPOSITORY ?? ""}/actions/runs/${env.GITHUB_RUN_ID ?? ""}`,
      event: env.GITHUB_EVENT_NAME ?? "",
    },
  });
  for (const problem of collected.problems) toolkit.warning(problem);
  toolkit.setOutput(
    "inputs",
    await writeDocument("risk-inputs.json", `${JSON.stringify(collected.facts, null, 2)}\n`),
  );
  toolkit.setOutput(
    "build-info",
    await writeDocument("build-info.json", `${JSON.stringify(collected.buildInfo, null, 2)}\n`),
  );
  if (input("history") === "true")
    toolkit.setOutput("history", await refreshHistory(input("head"), collected.facts));
  return exitCodes.go;
});

async function refreshHistory(head: string, facts: ChangeFacts): Promise<string> {
  const token = tokenOf(toolkit, "history: true needs a token with contents: write.");
  const summary = await historyOfCheckout(process.env.GITHUB_WORKSPACE ?? ".", head, facts);
  const { getOctokit } = await import("@actions/github");
  return writeHistory(getOctokit(token), process.env.GITHUB_REPOSITORY ?? "", summary);
}
