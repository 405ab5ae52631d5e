import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { changesOfHistory } from "../adapters/git/past-changes.ts";
import { checkLocal, localPolicy } from "../adapters/policy/folder.ts";
import { shippedBundleNames } from "../adapters/policy/shipped.ts";
import { parseFacts } from "../adapters/readers/given.ts";
import type { ChangeFacts } from "../core/change/facts.ts";
import { runCases } from "../core/decision/cases.ts";
import { policyImpact } from "../core/decision/impact.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import { describeProblem } from "../core/policy/yaml/problem.ts";
import { renderImpact } from "../core/render/impact.ts";
import { counted } from "../core/render/numbers.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { policyDeclaration } from "./policy-declaration.ts";
import { proposeEdits } from "./policy-propose.ts";
import type { Terminal } from "./terminal.ts";

const actions: Record<string, (wanted: string, argument: Arguments, terminal: Terminal) => Promise<number>> =
  {
    check,
    test,
    impact,
    propose: (_wanted, argument, terminal) => proposeEdits(argument, terminal),
  };

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(policyDeclaration, words, true);
  const [name = "", wanted = ".github/adaptive-deploy", ...rest] = argument.positionals;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  const isTooMuch = rest.length > 0 || (name === "propose" && argument.positionals.length > 1);
  if (!action || isTooMuch) {
    throw new UserError(
      "usage",
      `policy: say one of ${Object.keys(actions).join(", ")}, then a folder or a shipped bundle (${shippedBundleNames.join(", ")}).`,
      exitCodes.usage,
    );
  }
  if (name !== "propose" && argument.positionals.length < 2 && !existsSync(wanted)) {
    throw new UserError(
      "policy-not-found",
      `There is no policy here (${wanted}); name a folder or ${shippedBundleNames.join(", ")}.`,
      exitCodes.badInput,
    );
  }
  return action(wanted, argument, terminal);
}

async function check(wanted: string, argument: Arguments, terminal: Terminal): Promise<number> {
  const { problems, warnings } = await checkLocal(wanted, new Date());
  if (argument.flag("json")) terminal.out(`${JSON.stringify({ problems, warnings }, null, 2)}\n`);
  else {
    for (const problem of problems) terminal.out(`error: ${describeProblem(problem)}\n`);
    for (const warning of warnings) terminal.out(`warning: ${describeProblem(warning)}\n`);
    const counts = `${counted(problems.length, "problem")}, ${counted(warnings.length, "warning")}`;
    terminal.out(`${wanted}: ${counts}\n`);
  }
  return problems.length ? exitCodes.badInput : exitCodes.go;
}

async function test(wanted: string, argument: Arguments, terminal: Terminal): Promise<number> {
  const policy = await localPolicy(wanted);
  if (!policy.cases) {
    throw new UserError(
      "no-cases",
      `${wanted} has no cases.yaml. Write there what you expect of the policy: a name, facts, and what should come out.`,
    );
  }
  const results = runCases(policy, policy.cases);
  const failed = results.filter((result) => result.faults.length);
  if (argument.flag("json")) {
    terminal.out(
      `${JSON.stringify(
        results.map(({ name, faults }) => ({ name, faults })),
        null,
        2,
      )}\n`,
    );
  } else {
    for (const { name, faults } of results)
      terminal.out(
        `${faults.length ? "FAIL" : "ok  "} ${name}${faults.map((fault) => `\n       ${fault}`).join("")}\n`,
      );
    terminal.out(`${results.length - failed.length} of ${results.length} cases hold\n`);
  }
  return failed.length ? exitCodes.badInput : exitCodes.go;
}

async function impact(wanted: string, argument: Arguments, terminal: Terminal): Promise<number> {
  const [before, after] = [await localPolicy(argument.value("from")), await localPolicy(wanted)];
  const result = policyImpact(await recordedFacts(argument, after), before, after);
  terminal.out(argument.flag("json") ? `${JSON.stringify(result, null, 2)}\n` : renderImpact(result));
  return exitCodes.go;
}

async function recordedFacts(argument: Arguments, policy: PolicyBundle): Promise<ChangeFacts[]> {
  const path = argument.given("facts");
  if (path) {
    const text = await readFile(path, "utf8").catch(() => {
      throw new UserError("facts-not-found", `${path} cannot be read.`);
    });
    return text
      .split("\n")
      .flatMap((line, index) => (line.trim() ? [parseFacts(line, `${path}:${index + 1}`)] : []));
  }
  return changesOfHistory(argument.given("repo") ?? ".", policy);
}
