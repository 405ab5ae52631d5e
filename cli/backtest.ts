import { printable } from "../actions/io.ts";
import { checkpointFolder } from "../actions/learn/checkpoint.ts";
import { readLabels } from "../actions/learn/labels.ts";
import { gitRepository } from "../adapters/git/repository.ts";
import { modelInFile } from "../adapters/models/model-file.ts";
import { recordsInFile } from "../adapters/models/table-file.ts";
import { type Backtested, backtested, type ModelGiven } from "../core/backtest/backtest.ts";
import { absentColumns, givenModel } from "../core/backtest/given-model.ts";
import { rulesOf } from "../core/backtest/rules.ts";
import type { Burden } from "../core/backtest/suggest.ts";
import { thresholdsText } from "../core/backtest/thresholds-document.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { datasetOfTable } from "../core/learning/dataset-of-table.ts";
import { outcomeRules } from "../core/learning/outcomes.ts";
import type { Dataset } from "../core/learning/sample.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import { renderBacktestMarkdown } from "../core/render/backtest/markdown.ts";
import { renderBacktestReport } from "../core/render/backtest/report.ts";
import { renderBacktestTerminal } from "../core/render/backtest/terminal.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { backtestDeclaration } from "./backtest-declaration.ts";
import { documentText, writeText } from "./document.ts";
import { readMoment } from "./instant.ts";
import { progressOn } from "./learn.ts";
import { homeIfAny } from "./ledger-home.ts";
import { policyHere } from "./policy-here.ts";
import type { Terminal } from "./terminal.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(backtestDeclaration, words);
  const burden = burdenOf(argument.value("burden"));
  const window = { from: momentOf(argument, "from"), to: momentOf(argument, "to") };
  const { policy } = await policyHere(argument);
  const rules = rulesOf(policy, argument.value("environment"));
  const dataset = await datasetAsked(argument, policy, terminal);
  const steps = backtested(dataset, {
    ...{ rules, window, weights: policy.weights, quick: argument.flag("quick") },
    model: await modelAsked(argument.given("model"), dataset),
    old: await modelAsked(argument.given("old"), dataset),
    burden: argument.flag("suggest-thresholds") ? burden : undefined,
  });
  let step = steps.next();
  for (; !step.done; step = steps.next()) terminal.note(`adaptive-deploy: ${step.value}`);
  const found = step.value;
  const scale = rules.model.scale === "probability" ? "probability" : "rank";
  await told(argument, terminal, found, thresholdsText(found.suggestions, policy.mapping, scale));
  return found.backtest.verdict.word === "worse" ? exitCodes.blocked : exitCodes.go;
}

async function told(argument: Arguments, terminal: Terminal, found: Backtested, yaml: string): Promise<void> {
  const documents = {
    html: () => renderBacktestReport(found, yaml),
    markdown: () => renderBacktestMarkdown(found, yaml),
    json: () => documentText({ ...found.backtest, suggestions: found.suggestions }),
    out: () => yaml,
  };
  let printed = false;
  for (const [flag, text] of Object.entries(documents)) {
    const path = argument.given(flag);
    if (path === undefined || (flag === "out" && yaml === "")) continue;
    if (path === "-") terminal.out(text());
    else await writeText(path, text());
    if (path === "-") printed = true;
    else terminal.note(`adaptive-deploy: wrote ${printable(path)}`);
  }
  if (!printed)
    terminal.out(renderBacktestTerminal(found, yaml, { colour: terminal.colour, width: terminal.width }));
}

async function datasetAsked(argument: Arguments, policy: PolicyBundle, terminal: Terminal): Promise<Dataset> {
  const path = argument.given("csv");
  if (path !== undefined) {
    const records = await recordsInFile(path);
    const label = argument.given("label") ?? (records.head.includes("failed") ? "failed" : "bug");
    return datasetOfTable(records, { time: argument.value("time"), label });
  }
  const repository = gitRepository(argument.value("repo"));
  const checkpoint = argument.given("checkpoint") ?? (await checkpointFolder(repository));
  const { dataset } = await readLabels(
    { base: argument.value("base"), environment: argument.value("environment"), rules: outcomeRules },
    {
      ...{ repository, policy, ledger: homeIfAny(argument, terminal), now: new Date() },
      checkpoint: checkpoint === "none" ? undefined : checkpoint,
      progress: progressOn(terminal),
      note: (sentence) => terminal.note(`adaptive-deploy: ${sentence}`),
    },
  );
  return dataset;
}

async function modelAsked(path: string | undefined, { columns }: Dataset): Promise<ModelGiven | undefined> {
  if (path === undefined) return undefined;
  const model = await modelInFile(path);
  const absent = absentColumns(model, columns);
  if (absent.length === 0) return givenModel(model);
  throw new UserError(
    "bad-model",
    `backtest: ${printable(path)} asks for columns that the history does not have: ${absent.slice(0, 20).map(printable).join(", ")}. It has: ${columns.slice(0, 40).map(printable).join(", ")}.`,
    exitCodes.badInput,
  );
}

function momentOf(argument: Arguments, flag: "from" | "to"): number | undefined {
  const text = argument.given(flag);
  return text === undefined ? undefined : readMoment(flag, text, new Date()).getTime() / 1000;
}

/** "20,5,2" in percent, as shares, each within the one before it. */
function burdenOf(text: string): Burden {
  const [canary = Number.NaN, blueGreen = Number.NaN, approval = Number.NaN, ...more] = text
    .split(",")
    .map(Number);
  if (
    more.length === 0 &&
    canary <= 100 &&
    blueGreen <= canary &&
    approval <= canary &&
    blueGreen >= 0 &&
    approval >= 0
  )
    return { canary: canary / 100, "blue-green": blueGreen / 100, approval: approval / 100 };
  throw new UserError(
    "usage",
    `backtest: --burden "${printable(text)}" has to be three percentages with commas between them: canary or more, then blue-green and approval, neither above the first.`,
    exitCodes.usage,
  );
}
