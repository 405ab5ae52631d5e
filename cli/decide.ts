import { decideDeclaration } from "../actions/decide/declaration.ts";
import { decideInputs } from "../actions/decide/inputs.ts";
import { trafficFrom } from "../actions/decide/traffic.ts";
import { withInputs } from "../actions/decide/with-inputs.ts";
import { type GatheredFromGit, gatherFromGit } from "../adapters/git/gather.ts";
import { withCalibration } from "../adapters/ledgers/chains.ts";
import { ledgerHomes, openLedger } from "../adapters/ledgers/index.ts";
import { recordDecision } from "../adapters/ledgers/record-decision.ts";
import { ledgerFolder } from "../adapters/policy/places.ts";
import { readGiven } from "../adapters/readers/given.ts";
import type { HistorySummary } from "../core/change/history.ts";
import { enveloped } from "../core/decision/envelope.ts";
import { exitCodeOf } from "../core/decision/exit.ts";
import { decideMeasured } from "../core/decision/from-measured.ts";
import type { Decision } from "../core/decision/shape.ts";
import { UserError } from "../core/errors.ts";
import { defaultEnvironment } from "../core/policy/environment.ts";
import type { RepositoryConfiguration } from "../core/policy/schema.ts";
import type { Ledger } from "../core/ports.ts";
import { renderComment } from "../core/render/comment.ts";
import { renderSvg } from "../core/render/svg.ts";
import { renderTerminal } from "../core/render/terminal.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { documentText, writeText } from "./document.ts";
import { readGlobs } from "./globs.ts";
import { readInstant } from "./instant.ts";
import type { Terminal } from "./terminal.ts";

/** `decide` in a git checkout: no API, no configuration needed. */
export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(decideDeclaration, words);
  const inputs = decideInputs(argument.value);
  const asked = argument.given("now");
  const now = asked === undefined ? new Date() : readInstant("now", asked);
  const gathered = await gatherFromGit({
    folder: argument.value("repo"),
    head: argument.value("head"),
    ...(argument.given("base") ? { base: argument.value("base") } : {}),
    ...(inputs.policy ? { policy: inputs.policy } : {}),
  });
  const globs = readGlobs(argument.value("reports"));
  const { given, problems } = await readGiven({
    inputs: argument.value("inputs"),
    reports: globs.length ? globs : (gathered.configuration.reports ?? []),
    trusted: true,
    root: argument.value("repo"),
  });
  const measured = withInputs(gathered.measured, inputs, argument.flag("record"));
  const service = inputs.service ?? gathered.configuration.service;
  const environment = inputs.environment ?? gathered.configuration.environment ?? defaultEnvironment;
  const traffic = await trafficFrom(gathered.configuration.telemetry, terminal.environment, {
    ...{ policy: gathered.policy, measured: gathered.measured, environment, now, trusted: true },
    ...(service ? { service } : {}),
  });
  const { body } = decideMeasured(measured, [...traffic.given, ...given], gathered.policy, {
    environment,
    now,
    ...(service ? { service } : {}),
    history: await historyOf(gathered, argument, now),
    ...(inputs.mode ? { mode: inputs.mode } : {}),
  });
  const moment = {
    actor: terminal.environment.USER ?? terminal.environment.USERNAME ?? "local",
    decidedAt: now.toISOString(),
  };
  const written: string[] = [];
  const recorded = await recordDecision(
    argument.flag("record") ? ledgerOf(gathered.configuration, argument, written) : null,
    body,
    moment,
  );
  const decision = enveloped(body, { ...moment, ...recorded });
  for (const sentence of [...gathered.problems, ...problems, ...traffic.problems, ...recorded.problems])
    terminal.note(`adaptive-deploy: ${sentence}`);
  for (const sentence of written) terminal.note(sentence);
  await show(decision, argument, terminal);
  return exitCodeOf(decision, inputs.failOn);
}

/** With what the checkout's own ledger says of the model; a workflow reads that with the history's summary. */
function historyOf(
  { history, policy, configuration }: GatheredFromGit,
  argument: Arguments,
  now: Date,
): Promise<HistorySummary> {
  const { home = "none", folder } = configuration.ledger ?? {};
  const repository = argument.value("repo");
  const ofFiles = home === "file" && policy.model !== undefined;
  const ledger = ofFiles ? openLedger(home, { folder: ledgerFolder(repository, folder) }) : null;
  return withCalibration(history, ledger, policy, now);
}

/**
 * `--record` asks for a ledger: one that the configuration does not name is an error, not a silence. It is the one that
 * `ledger` reads for the same checkout, and what was written where is said.
 */
function ledgerOf(configuration: RepositoryConfiguration, argument: Arguments, written: string[]): Ledger {
  const { home, folder } = configuration.ledger ?? { home: "none" };
  const repository = argument.value("repo");
  const place = home === "file" ? ledgerFolder(repository, folder) : repository;
  const ledger = openLedger(home, { folder: place });
  if (ledger) {
    return {
      ...ledger,
      append: async (stream, events, head) => {
        const appended = await ledger.append(stream, events, head);
        for (const { sequence } of appended)
          written.push(`Recorded as event ${sequence} in ${place}, stream ${stream}.`);
        return appended;
      },
    };
  }
  throw new UserError(
    "ledger-not-configured",
    `--record needs a ledger. Write under ledger: in .github/adaptive-deploy.yml, home: one of ${ledgerHomes.join(", ")}.`,
  );
}

async function show(decision: Decision, argument: Arguments, terminal: Terminal): Promise<void> {
  const json = documentText(decision);
  const out = argument.given("out");
  if (out) await writeText(out, json);
  const svg = argument.given("svg");
  if (svg) await writeText(svg, renderSvg(decision));
  if (argument.flag("json")) terminal.out(json);
  else if (argument.flag("markdown")) terminal.out(renderComment(decision));
  else terminal.out(renderTerminal(decision, { colour: terminal.colour, width: terminal.width }));
}
