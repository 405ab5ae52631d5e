import { exitCodes, UserError } from "../../core/errors.ts";
import { appendWithRetry } from "../../core/evidence/append.ts";
import { optional } from "../../core/optional.ts";
import type { Around } from "../../core/rollout/around.ts";
import type { EventOf } from "../../core/rollout/events.ts";
import { foldStream, unfinished } from "../../core/rollout/fold-stream.ts";
import type { NewPlan } from "../../core/rollout/plan.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import { statusOf } from "../../core/rollout/status.ts";
import type { Turn } from "../../core/rollout/taking.ts";
import { aroundOf, rolloutsNow, say } from "../rollout/around.ts";
import { requireEnd } from "../rollout/borne-out.ts";
import { driven } from "../rollout/driving.ts";
import type { RolloutPorts } from "../rollout/ports.ts";
import { groundOf } from "../rollout/prepare.ts";
import type { RolloutResult } from "../rollout/result.ts";
import { beginRollout, concluded } from "../rollout/run.ts";
import type { CanaryStepInputs, Wanted } from "./inputs.ts";

/** One step of a rollout, or one word to it; whatever is left to do stays in the ledger for the next one. */
export async function runCanaryStep(inputs: CanaryStepInputs, ports: RolloutPorts): Promise<RolloutResult> {
  const { wanted } = inputs;
  if (wanted === "next" || typeof wanted === "object") return goOn(inputs, ports);
  const ground = groundOf(inputs, ports);
  const around = aroundOf(ground, ports);
  const state = unfinished(await rolloutsNow(around));
  if (state === undefined)
    throw new UserError(
      "no-rollout",
      `No rollout of ${ground.place.service} in ${ground.place.environment} is under way. Begin one with \`step: next\`.`,
    );
  const { rollout } = state.plan;
  ports.begun?.(rollout);
  if (wanted === "status") return told({ state, code: "standing", sentence: "" }, true, ports);
  if (wanted === "promote") return promote(state, around, inputs, ports);
  const source = { by: ports.actor, reason: inputs.reason || `${ports.actor} said ${wanted}.` };
  await say(around, rollout, { command: wanted, ...source });
  // Whoever drives it just now reads the word; where nobody does, the target hears of it from here.
  const turn = await driven(rollout, around, ports, { ...inputs, until: isAtRest });
  return told(turn, true, ports);
}

async function goOn(inputs: CanaryStepInputs, ports: RolloutPorts): Promise<RolloutResult> {
  const begun = await beginRollout(inputs, ports, (plan) => checkStep(inputs.wanted, plan));
  if ("result" in begun) return begun.result;
  const { rollout, around } = begun;
  const state = (await rolloutsNow(around)).get(rollout);
  if (state === undefined) throw new TypeError(`The stream holds no rollout ${rollout}.`);
  const goal = goalOf(state, inputs);
  const isThere = inputs.watch ? isPast(goal) : isReached(goal);
  const turn = await driven(rollout, around, ports, { ...inputs, until: (one) => isThere(one.state) });
  await requireEnd(turn, around);
  return told(turn, isThere(turn.state), ports);
}

function checkStep(wanted: Wanted, { steps }: NewPlan): void {
  if (typeof wanted === "string" || wanted.step <= steps.length) return;
  throw new UserError(
    "bad-input",
    `The plan has ${steps.length} steps, and no step ${wanted.step}.`,
    exitCodes.usage,
  );
}

/** Counted from 0. Behind the last step `next` means the rest: the old version's warm time, and the end. */
function goalOf({ doing }: RolloutState, { wanted }: CanaryStepInputs): number {
  if (typeof wanted === "object") return wanted.step - 1;
  return "step" in doing && doing.kind !== "moving" ? doing.step : movingTo(doing);
}

function movingTo(doing: RolloutState["doing"]): number {
  if (doing.kind !== "moving") return Number.POSITIVE_INFINITY;
  if (doing.effect.kind === "deploy") return 0;
  return doing.effect.kind === "share" ? doing.step : Number.POSITIVE_INFINITY;
}

/** A way back is gone to its end, and a rollout that stands is no step further. */
function isPast(goal: number): (state: RolloutState) => boolean {
  return ({ doing, stop, turned }) => {
    if (doing.kind === "ended") return true;
    if (stop !== null || turned !== null || goal === Number.POSITIVE_INFINITY) return false;
    if (doing.kind === "baking") return true;
    if (doing.kind === "moving" && doing.effect.kind === "promote") return true;
    return "step" in doing && doing.step > goal;
  };
}

function isReached(goal: number): (state: RolloutState) => boolean {
  const past = isPast(goal);
  return (state) => {
    const { doing, stop, turned } = state;
    const here = doing.kind === "watching" && doing.step === goal && stop === null && turned === null;
    return here || past(state);
  };
}

/** The evidence of the step was gathered by somebody else, who is named; an approval is not left out so. */
async function promote(
  state: RolloutState,
  around: Around,
  inputs: CanaryStepInputs,
  ports: RolloutPorts,
): Promise<RolloutResult> {
  const { rollout } = state.plan;
  const step = watchedStep(state);
  const body: EventOf<"verdict">["body"] = {
    ...{ rollout, step, verdict: "promote", reason_code: "promoted-by-step", at_window: 0 },
    reason: inputs.reason || `${ports.actor} found the step healthy.`,
  };
  const event = {
    kind: "verdict" as const,
    at: around.now(),
    actor: ports.actor,
    nonce: around.nonce(),
    body,
  };
  const { ledger, stream, retry, believes } = around;
  await appendWithRetry(
    ledger,
    stream,
    ({ events }) => {
      const now = foldStream(events, believes).get(rollout);
      return now !== undefined && watchedStep(now) === step ? [event] : [];
    },
    retry,
  );
  const there = isReached(step + 1);
  const turn = await driven(rollout, around, ports, { ...inputs, until: (one) => there(one.state) });
  return told(turn, there(turn.state), ports);
}

function watchedStep({ doing, stop, plan }: RolloutState): number {
  if (doing.kind === "watching" && stop === null) return doing.step;
  throw new UserError(
    "not-watching",
    `${plan.rollout} is not at a step that is watched (${stop?.code ?? doing.kind}), so there is none to promote.`,
  );
}

function isAtRest({ code }: Turn): boolean {
  return code !== "moved" && code !== "moving";
}

async function told(turn: Turn, fine: boolean, ports: RolloutPorts): Promise<RolloutResult> {
  const result = await concluded(turn, ports);
  const { step, share } = statusOf(turn.state, null, new Date(ports.now()).toISOString());
  const ended = turn.state.doing.kind === "ended";
  const outcome = fine && !ended && turn.state.stop === null ? turn.state.doing.kind : undefined;
  return {
    ...result,
    outputs: {
      ...result.outputs,
      ...optional("outcome", outcome),
      ...{ step: step === null ? "" : String(step), share: String(share) },
    },
    exitCode: fine && !ended ? exitCodes.go : result.exitCode,
  };
}
