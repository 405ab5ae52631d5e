import { checkpointFolder } from "../actions/learn/checkpoint.ts";
import { learnDeclaration } from "../actions/learn/declaration.ts";
import { learnInputs } from "../actions/learn/inputs.ts";
import { progressText, tenths } from "../actions/learn/progress.ts";
import { proposeModel } from "../actions/learn/propose.ts";
import { runLearn } from "../actions/learn/run.ts";
import { writeAll } from "../actions/learn/write.ts";
import { gitRepository } from "../adapters/git/repository.ts";
import type { WalkProgress } from "../adapters/git/walk.ts";
import { deploymentsSince } from "../adapters/github/deployments.ts";
import { rulesOf } from "../core/backtest/rules.ts";
import { exitCodes } from "../core/errors.ts";
import { bar } from "../core/render/bars.ts";
import { learntLines } from "../core/render/learnt.ts";
import { readArguments } from "./arguments.ts";
import { gitHubHere } from "./github.ts";
import { readInstant } from "./instant.ts";
import { homeIfAny } from "./ledger-home.ts";
import { policyHere } from "./policy-here.ts";
import type { Terminal } from "./terminal.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(learnDeclaration, words);
  const inputs = learnInputs(argument.value);
  const given = argument.given("now");
  const now = given === undefined ? new Date() : readInstant("now", given);
  const root = argument.value("repo");
  const repository = gitRepository(root);
  const { policy } = await policyHere(argument);
  const github = argument.flag("deployments") || argument.flag("propose");
  const asked = github ? await gitHubHere(argument, terminal, "--deployments and --propose ask") : undefined;
  const checkpoint = argument.given("checkpoint") ?? (await checkpointFolder(repository));
  const learnt = await runLearn(inputs, {
    ...{ repository, policy, ledger: homeIfAny(argument, terminal), now },
    checkpoint: checkpoint === "none" ? undefined : checkpoint,
    deployments:
      asked && argument.flag("deployments")
        ? (environment, since) =>
            deploymentsSince(asked.client, { repository: asked.repository, environment, since })
        : undefined,
    progress: progressOn(terminal),
    note: (sentence) => terminal.note(`adaptive-deploy: ${sentence}`),
  });
  terminal.redraw?.("");
  const paths = await writeAll(argument.value("out"), learnt.documents);
  for (const path of Object.values(paths)) terminal.out(`${path}\n`);
  const { leastLabels } = rulesOf(policy, inputs.environment);
  for (const line of learntLines(learnt.card, learnt.delay, leastLabels)) terminal.note(line);
  if (asked === undefined || !argument.flag("propose")) return exitCodes.go;
  const { dataset, model } = learnt;
  const proposed = await proposeModel(asked.client, asked.repository, {
    ...{ root, dataset, model, environment: inputs.environment },
    note: (sentence) => terminal.note(`adaptive-deploy: ${sentence}`),
  });
  terminal.note(proposed.sentence);
  return exitCodes.go;
}

/** A bar where somebody watches, else a line at each tenth. */
export function progressOn({
  redraw,
  note,
}: Pick<Terminal, "redraw" | "note">): (progress: WalkProgress) => void {
  if (redraw === undefined) return tenths(note);
  return (progress) => {
    const drawn = bar((100 * progress.done) / Math.max(1, progress.total), 100, 24);
    redraw(progress.done < progress.total ? `${drawn} ${progressText(progress)}` : "");
  };
}
