import { aroundOf } from "../../actions/rollout/around.ts";
import { evidenceInputs } from "../../actions/rollout/evidence-inputs.ts";
import { rolloutInputs } from "../../actions/rollout/inputs.ts";
import type { RolloutPorts } from "../../actions/rollout/ports.ts";
import { powerOfPlan } from "../../actions/rollout/power.ts";
import { type Prepared, prepareRollout } from "../../actions/rollout/prepare.ts";
import type { PlanPower } from "../../core/analysis/power-of-plan.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { renderPlanTerminal } from "../../core/render/rollout/plan.ts";
import { type DryRun, dryRunOf } from "../../core/rollout/dry-run.ts";
import { open } from "../../core/rollout/open.ts";
import { noRollout } from "../../core/rollout/plan.ts";
import type { Arguments } from "../arguments.ts";
import { documentText } from "../document.ts";
import type { Terminal } from "../terminal.ts";
import { type Room, roomOf } from "./ports.ts";

/** What a rollout would do and be asked for, and what speaks against it; nothing is moved and nothing written. */
export async function showPlan(argument: Arguments, terminal: Terminal): Promise<number> {
  const room = await roomOf(argument, terminal, evidenceInputs(argument.value));
  try {
    const prepared = await prepareRollout(rolloutInputs(argument.value), room.ports);
    const dryRun = await dryRunFor(prepared, room);
    if (argument.flag("json")) terminal.out(documentText(dryRun));
    else terminal.out(renderPlanTerminal(dryRun, { colour: terminal.colour, width: terminal.width }));
    return dryRun.refusals.length === 0 ? exitCodes.go : exitCodes.blocked;
  } finally {
    await room.close();
  }
}

async function dryRunFor(prepared: Prepared, room: Room): Promise<DryRun> {
  const { plan, target } = prepared;
  const opened = await open(plan, aroundOf(prepared, lookingOn(room.ports)));
  const refusals = [...blocksOf(prepared), ...("refused" in opened ? opened.refused : [])];
  const rollout = "refused" in opened ? noRollout : opened.rollout;
  const adopts = "refused" in opened || !opened.adopted ? null : opened.rollout;
  return dryRunOf({ ...plan, rollout }, target, { refusals, adopts, power: await powerFor(prepared, room) });
}

/** What the decision has against it, as far as it enforces anything. */
function blocksOf({ answer, decision }: Prepared): DryRun["refusals"] {
  const { mode, gates, needs_approval: asks, allowed } = answer;
  if (mode === "shadow") return [];
  const blocks = gates
    .filter(({ verdict }) => verdict === "block")
    .map(({ reason_code, sentence }) => ({ code: reason_code, sentence }));
  if (mode !== "enforced" || allowed || !asks) return blocks;
  const sentence = `The decision ${decision.decision_id} wants an approval before the start, which is looked up on GitHub.`;
  return [...blocks, { code: "approval-missing", sentence }];
}

/** Opening a rollout finds out all that speaks against it; what it would write and tell then goes nowhere. */
export function lookingOn(ports: RolloutPorts): RolloutPorts {
  const ledger = { ...ports.ledger, append: async () => [] };
  return { ...ports, ledger, people: { tell: async () => undefined } };
}

/** A plan is shown without its power where the store cannot be asked. */
async function powerFor({ plan }: Prepared, { evidence }: Room): Promise<PlanPower | null> {
  try {
    return await powerOfPlan(plan, evidence.inputs, evidence.ports);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    evidence.ports.progress(`adaptive-deploy: the power of the steps is not known: ${error.message}`);
    return null;
  }
}
