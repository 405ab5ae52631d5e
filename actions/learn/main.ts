import "../once.ts";
import * as toolkit from "@actions/core";
import { gitRepository } from "../../adapters/git/repository.ts";
import { deploymentsSince } from "../../adapters/github/deployments.ts";
import { ledgerOfRun } from "../../adapters/github/ledger.ts";
import { policyOfCheckout } from "../../adapters/policy/checkout.ts";
import { rulesOf } from "../../core/backtest/rules.ts";
import { exitCodes } from "../../core/errors.ts";
import { learntLines } from "../../core/render/learnt.ts";
import { endWith, inputsOf, tokenOf } from "../runner.ts";
import { learnDeclaration } from "./declaration.ts";
import { learnInputs } from "./inputs.ts";
import { tenths } from "./progress.ts";
import { proposeModel } from "./propose.ts";
import { runLearn } from "./run.ts";
import { writeAll } from "./write.ts";

await endWith(toolkit, async () => {
  const input = inputsOf(toolkit, learnDeclaration);
  const inputs = learnInputs(input);
  const { GITHUB_REPOSITORY: own = "", GITHUB_WORKSPACE: root = "." } = process.env;
  const [owner = "", name = ""] = own.split("/");
  const { getOctokit } = await import("@actions/github");
  const client = getOctokit(tokenOf(toolkit));
  const repository = gitRepository(root);
  const { policy, configuration } = await policyOfCheckout(root);
  const learnt = await runLearn(inputs, {
    ...{ repository, policy, now: new Date() },
    ledger: ledgerOfRun(client, { owner, name, readOnly: false }, configuration),
    // None is kept: what lies in a runner's checkout may be from the job of somebody's pull request.
    deployments:
      input("deployments") === "true"
        ? (environment, since) => deploymentsSince(client, { repository: own, environment, since })
        : undefined,
    progress: tenths((line) => toolkit.info(line)),
    note: (sentence) => toolkit.warning(sentence),
  });
  const { card, dataset, delay, documents, model } = learnt;
  const paths = await writeAll(input("out"), documents);
  const { leastLabels } = rulesOf(policy, inputs.environment);
  for (const line of learntLines(card, delay, leastLabels)) toolkit.info(line);
  await toolkit.summary.addRaw(documents["model-card.md"] ?? "", true).write();
  toolkit.setOutput("model", paths["model.json"] ?? "");
  toolkit.setOutput("changes", paths["changes.csv"] ?? "");
  toolkit.setOutput("failures", String(card.trained.failures));
  if (input("propose") !== "true") return exitCodes.go;
  const proposed = await proposeModel(client, own, {
    ...{ root, dataset, model, environment: inputs.environment },
    note: (sentence) => toolkit.info(sentence),
  });
  toolkit.info(proposed.sentence);
  toolkit.setOutput("proposal", "url" in proposed ? (proposed.url ?? "") : "");
  return exitCodes.go;
});
