import { type RollbackInputs, rollbackInputs } from "../../actions/rollback/inputs.ts";
import { planOfBack } from "../../actions/rollback/plan.ts";
import { requireFleet, runRollback } from "../../actions/rollback/run.ts";
import { aroundOf, rolloutsNow } from "../../actions/rollout/around.ts";
import type { RolloutPorts } from "../../actions/rollout/ports.ts";
import { backFrom, groundOf } from "../../actions/rollout/prepare.ts";
import { exitCodes } from "../../core/errors.ts";
import { renderPlanTerminal } from "../../core/render/rollout/plan.ts";
import { type DryRun, dryRunOf } from "../../core/rollout/dry-run.ts";
import { unfinished } from "../../core/rollout/fold-stream.ts";
import { open } from "../../core/rollout/open.ts";
import { noRollout } from "../../core/rollout/plan.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { documentText } from "../document.ts";
import type { Terminal } from "../terminal.ts";
import { rollbackVerb } from "./declaration.ts";
import { lookingOn } from "./plan.ts";
import { roomOf } from "./ports.ts";
import { showResult } from "./show.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  return goBack(readArguments(rollbackVerb, words), terminal);
}

/** Takes back what is on its way; else the version before gets everything. Neither gate nor decision is asked. */
export async function goBack(argument: Arguments, terminal: Terminal): Promise<number> {
  const { ports, close } = await roomOf(argument, terminal);
  const inputs = rollbackInputs(argument.value);
  try {
    if (!argument.flag("dry-run")) return showResult(await runRollback(inputs, ports), argument, terminal);
    const dryRun = await dryRunOfBack(inputs, lookingOn(ports));
    const { colour, width } = terminal;
    terminal.out(
      argument.flag("json") ? documentText(dryRun) : renderPlanTerminal(dryRun, { colour, width }),
    );
    return dryRun.refusals.length === 0 ? exitCodes.go : exitCodes.blocked;
  } finally {
    await close();
  }
}

async function dryRunOfBack(inputs: RollbackInputs, ports: RolloutPorts): Promise<DryRun> {
  const ground = groundOf(inputs, ports);
  if (inputs.fleet) requireFleet(ground);
  const around = aroundOf(ground, ports);
  const nothing = { refusals: [], adopts: null, power: null };
  const running = unfinished(await rolloutsNow(around))?.plan;
  if (running?.stable != null) {
    const { rollout, candidate, stable } = running;
    ports.say(`${rollout} is on its way with ${candidate.id}: it would be taken back to ${stable.id}.`);
    const back = backFrom(ground, candidate, stable, { ...ports, fleet: inputs.fleet });
    return dryRunOf({ ...back, rollout }, ground.target, nothing);
  }
  const { plan, lines } = await planOfBack(inputs, ground, around, ports);
  for (const line of lines) ports.say(line);
  const opened = await open(plan, around);
  const refusals = "refused" in opened ? opened.refused : [];
  return dryRunOf({ ...plan, rollout: noRollout }, ground.target, { ...nothing, refusals });
}
