import { placeOfInputs } from "../../actions/rollout/inputs.ts";
import { backFrom, groundOf } from "../../actions/rollout/prepare.ts";
import { openTarget } from "../../adapters/targets/index.ts";
import { exitCodes } from "../../core/errors.ts";
import type { HandsOff } from "../../core/rollout/observed.ts";
import { noRollout, noVersion } from "../../core/rollout/plan.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { policyHere } from "../policy-here.ts";
import type { Terminal } from "../terminal.ts";
import { offVerb } from "./declaration.ts";
import { personOf } from "./ports.ts";
import { untilOf } from "./until.ts";

/** The mark on the target that keeps automation away. It needs no ledger: it holds where nothing else answers. */
export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(offVerb, words);
  const resolved = await policyHere(argument);
  const ports = {
    resolved,
    openTarget: (config: Parameters<typeof openTarget>[0]) =>
      openTarget(config, { environment: terminal.environment }),
  };
  const ground = groundOf(placeOfInputs(argument.value), ports);
  const { place, target } = ground;
  // A target is named by a plan; of this one only the place counts.
  const plan = { ...backFrom(ground, noVersion, noVersion, {}), rollout: noRollout };
  const handsOff = argument.flag("lift") ? null : handsOffBy(argument, terminal);
  await target.keepOff(plan, handsOff);
  const where = `${place.service} in ${place.environment}`;
  terminal.out(
    handsOff === null
      ? `Automation may move ${where} again.\n`
      : `Automation keeps off ${where} ${handsOff.until === null ? "until `adaptive-deploy off --lift`" : `until ${handsOff.until}`}. Rollouts stand where they are, and no rollback happens by itself.\n`,
  );
  return exitCodes.go;
}

function handsOffBy(argument: Arguments, terminal: Terminal): HandsOff {
  const reason = argument.given("reason")?.slice(0, 1000) ?? "No reason was given.";
  return { by: personOf(terminal), reason, until: untilOf(argument) ?? null };
}
