import { writeFile } from "node:fs/promises";
import { decideDeclaration } from "../actions/decide/declaration.ts";
import { decideInputs } from "../actions/decide/inputs.ts";
import { gatherFromGit } from "../adapters/git/gather.ts";
import { ledgerHomes, openLedger } from "../adapters/ledgers/index.ts";
import { recordDecision } from "../adapters/ledgers/record-decision.ts";
import { readGiven } from "../adapters/readers/given.ts";
import { enveloped } from "../core/decision/envelope.ts";
import { exitCodeOf } from "../core/decision/exit.ts";
import { decideMeasured } from "../core/decision/from-measured.ts";
import type { Decision } from "../core/decision/shape.ts";
import { UserError } from "../core/errors.ts";
import type { RepositoryConfiguration } from "../core/policy/schema.ts";
import type { Ledger } from "../core/ports.ts";
import { renderComment } from "../core/render/comment.ts";
import { renderSvg } from "../core/render/svg.ts";
import { renderTerminal } from "../core/render/terminal.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** `decide` in a git checkout: no API, no configuration needed. */
export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(decideDeclaration, words);
  const inputs = decideInputs(argument.value);
  const now = instant(argument.given("now"));
  const gathered = await gatherFromGit({
    folder: argument.value("repo"),
    head: argument.value("head"),
    ...(argument.given("base") ? { base: argument.value("base") } : {}),
    ...(inputs.policy ? { policy: inputs.policy } : {}),
  });
  const globs = argument
    .value("reports")
    .split(/[\n,]/)
    .map((glob) => glob.trim())
    .filter(Boolean);
  const { given, problems } = await readGiven({
    inputs: argument.value("inputs"),
    reports: globs.length ? globs : (gathered.configuration.reports ?? []),
    trusted: true,
    root: argument.value("repo"),
  });
  const measured = {
    ...gathered.measured,
    context: { ...gathered.measured.context, recordable: argument.flag("record") },
    ...(inputs.candidate ? { change: { ...gathered.measured.change, candidate: inputs.candidate } } : {}),
    ...(inputs.target ? { service: { ...gathered.measured.service, target: inputs.target } } : {}),
  };
  const service = inputs.service ?? gathered.configuration.service;
  const { body } = decideMeasured(measured, given, gathered.policy, {
    environment: inputs.environment,
    now,
    ...(service ? { service } : {}),
    history: gathered.history,
    ...(inputs.mode ? { mode: inputs.mode } : {}),
  });
  const moment = {
    actor: terminal.environment.USER ?? terminal.environment.USERNAME ?? "local",
    decidedAt: now.toISOString(),
  };
  const recorded = await recordDecision(
    argument.flag("record") ? ledgerOf(gathered.configuration, argument) : null,
    body,
    moment,
  );
  const decision = enveloped(body, { ...moment, ...recorded });
  for (const sentence of [...gathered.problems, ...problems, ...recorded.problems])
    terminal.note(`adaptive-deploy: ${sentence}`);
  await show(decision, argument, terminal);
  return exitCodeOf(decision, inputs.failOn);
}

/** `--record` asks for a ledger: one that the configuration does not name is an error, not a silence. */
function ledgerOf(configuration: RepositoryConfiguration, argument: Arguments): Ledger {
  const { home, folder } = configuration.ledger ?? { home: "none" };
  const ledger = openLedger(home, {
    folder: home === "file" ? (folder ?? ".adaptive-deploy/ledger") : argument.value("repo"),
  });
  if (ledger) return ledger;
  throw new UserError(
    "ledger-not-configured",
    `--record needs a ledger. Write under ledger: in .github/adaptive-deploy.yml, home: one of ${ledgerHomes.join(", ")}.`,
  );
}

async function show(decision: Decision, argument: Arguments, terminal: Terminal): Promise<void> {
  const json = `${JSON.stringify(decision, null, 2)}\n`;
  const out = argument.given("out");
  if (out) await writeFile(out, json);
  const svg = argument.given("svg");
  if (svg) await writeFile(svg, renderSvg(decision));
  if (argument.flag("json")) terminal.out(json);
  else if (argument.flag("markdown")) terminal.out(renderComment(decision));
  else terminal.out(renderTerminal(decision, { colour: terminal.colour, width: terminal.width }));
}

function instant(text: string | undefined): Date {
  const moment = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(moment.getTime()))
    throw new UserError(
      "bad-input",
      `--now is "${text}", which is no ISO 8601 instant, as in 2026-01-31T09:30:00Z.`,
    );
  return moment;
}
