import "../once.ts";
import * as toolkit from "@actions/core";
import { runnerSaysTrusted } from "../../adapters/github/event.ts";
import { ownerAndRepo } from "../../adapters/github/full-name.ts";
import { writeHistory } from "../../adapters/github/history.ts";
import { ledgerOfRun } from "../../adapters/github/ledger.ts";
import { withCalibration } from "../../adapters/ledgers/chains.ts";
import { policyOfCheckout } from "../../adapters/policy/checkout.ts";
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

/**
 * What the ledger says of the model is taken along. Where it should be there and cannot be read the summary before this
 * one stands: a model that has drifted would be heard again.
 */
async function refreshHistory(head: string, facts: ChangeFacts): Promise<string> {
  const { GITHUB_WORKSPACE: folder = ".", GITHUB_REPOSITORY: repository = "" } = process.env;
  const token = tokenOf(toolkit, "history: true needs a token with contents: write.");
  const { getOctokit } = await import("@actions/github");
  const client = getOctokit(token);
  const [summary, { policy, configuration }] = await Promise.all([
    historyOfCheckout(folder, head, facts),
    policyOfCheckout(folder),
  ]);
  const { owner, repo: name } = ownerAndRepo(repository);
  const ledger = policy.model ? ledgerOfRun(client, { owner, name, readOnly: false }, configuration) : null;
  return writeHistory(client, repository, await withCalibration(summary, ledger, policy, new Date()));
}
