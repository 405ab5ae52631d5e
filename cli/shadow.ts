import { shadowDeclaration } from "../actions/shadow/declaration.ts";
import { keepIssue, proposeStates, runShadow, sinceOf, type Telling } from "../actions/shadow/run.ts";
import { exitCodes } from "../core/errors.ts";
import type { ShadowReport } from "../core/learning/shadow/document.ts";
import { optional } from "../core/optional.ts";
import { renderShadowMarkdown } from "../core/render/shadow/markdown.ts";
import { renderShadowReport } from "../core/render/shadow/report.ts";
import { renderShadowTerminal } from "../core/render/shadow/terminal.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { documentText, writeText } from "./document.ts";
import { gitHubHere } from "./github.ts";
import { readInstant } from "./instant.ts";
import { openHome } from "./ledger-home.ts";
import { policyHere } from "./policy-here.ts";
import type { Terminal } from "./terminal.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(shadowDeclaration, words);
  const asked = argument.given("now");
  const now = asked === undefined ? new Date() : readInstant("now", asked);
  const { policy } = await policyHere(argument);
  const report = await runShadow(openHome(argument, terminal), policy, {
    now: now.getTime() / 1000,
    since: sinceOf(argument.value("since"), now),
    ...optional("service", argument.given("service")),
    ...optional("environment", argument.given("environment")),
  });
  const server = terminal.environment.GITHUB_SERVER_URL ?? "https://github.com";
  const [markdown, page] = [argument.given("markdown"), argument.given("html")];
  if (markdown !== undefined) await writeText(markdown, renderShadowMarkdown(report, server));
  if (page !== undefined) await writeText(page, renderShadowReport(report, server));
  await tell(report, server, argument, terminal);
  const { colour, width } = terminal;
  terminal.out(
    argument.flag("json") ? documentText(report) : renderShadowTerminal(report, server, { colour, width }),
  );
  return exitCodes.go;
}

async function tell(
  report: ShadowReport,
  server: string,
  argument: Arguments,
  terminal: Terminal,
): Promise<void> {
  if (!argument.flag("issue") && !argument.flag("propose")) return;
  const github = await gitHubHere(argument, terminal, "--issue and --propose write to");
  const telling: Telling = { ...github, server };
  if (argument.flag("issue")) terminal.note(`The report stands in ${await keepIssue(report, telling)}.`);
  if (!argument.flag("propose")) return;
  const proposed = await proposeStates(report, argument.value("repo"), telling);
  terminal.note(proposed?.sentence ?? "No state may rise or should fall: nothing is proposed.");
}
