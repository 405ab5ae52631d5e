import "../once.ts";
import * as toolkit from "@actions/core";
import { getOctokit } from "@actions/github";
import { ledgerOfRun } from "../../adapters/github/ledger.ts";
import { activePolicy } from "../../adapters/github/policy-source.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import { renderShadowMarkdown } from "../../core/render/shadow/markdown.ts";
import { endWith, inputsOf, tokenOf, writeDocument } from "../runner.ts";
import { shadowDeclaration } from "./declaration.ts";
import { keepIssue, proposeStates, runShadow, sinceOf } from "./run.ts";

await endWith(toolkit, async () => {
  const input = inputsOf(toolkit, shadowDeclaration);
  const {
    GITHUB_REPOSITORY: repository = "",
    GITHUB_SERVER_URL: server = "",
    GITHUB_WORKSPACE: root = ".",
  } = process.env;
  const [owner = "", name = ""] = repository.split("/");
  const client = getOctokit(tokenOf(toolkit));
  const asked = input("policy") ? { name: input("policy"), trusted: true } : undefined;
  const { policy, configuration } = await activePolicy(client, { owner, name }, asked);
  const ledger = ledgerOfRun(client, { owner, name, readOnly: false }, configuration);
  if (ledger === null)
    throw new UserError(
      "ledger-not-configured",
      "The shadow report reads a ledger: write `ledger: { home: git-branch }` into .github/adaptive-deploy.yml.",
    );
  const now = new Date();
  const report = await runShadow(ledger, policy, {
    now: now.getTime() / 1000,
    since: sinceOf(input("since"), now),
    ...optional("service", input("service") || undefined),
    ...optional("environment", input("environment") || undefined),
  });
  toolkit.setOutput("report", await writeDocument("shadow.json", `${JSON.stringify(report, null, 2)}\n`));
  toolkit.setOutput("drifted", String(report.drift !== null));
  await toolkit.summary.addRaw(renderShadowMarkdown(report, server), true).write();
  const telling = { client, repository, server };
  if (input("issue") === "true") toolkit.setOutput("issue", await keepIssue(report, telling));
  const proposed = input("propose") === "true" ? await proposeStates(report, root, telling) : undefined;
  if (proposed !== undefined) toolkit.info(proposed.sentence);
  toolkit.setOutput("proposal", proposed?.url ?? "");
  return exitCodes.go;
});
