import { durationWords } from "../../core/render/plan.ts";
import { renderRolloutMarkdown } from "../../core/render/rollout/markdown.ts";
import type { Around } from "../../core/rollout/around.ts";
import { unfinished } from "../../core/rollout/fold-stream.ts";
import { type Opened, open } from "../../core/rollout/open.ts";
import { digestOf, type NewPlan } from "../../core/rollout/plan.ts";
import { statusOf } from "../../core/rollout/status.ts";
import type { Turn } from "../../core/rollout/taking.ts";
import { aroundOf, rolloutsNow } from "./around.ts";
import { isKnownBack, requireEnd, unknownBack } from "./borne-out.ts";
import { afterCancel } from "./cancelled.ts";
import { draw } from "./drawn.ts";
import { driven } from "./driving.ts";
import { mayBegin } from "./gate.ts";
import type { RunInputs } from "./inputs.ts";
import { requireMeant } from "./meant.ts";
import type { RolloutPorts } from "./ports.ts";
import { type Prepared, prepareRollout } from "./prepare.ts";
import { nothingMoved, type RolloutResult, resultOf } from "./result.ts";

/** A whole rollout: begun or gone on with, and driven to its end, or to where nothing goes on without a person. */
export async function runRollout(inputs: RunInputs, ports: RolloutPorts): Promise<RolloutResult> {
  const begun = await beginRollout(inputs, ports);
  if ("result" in begun) return begun.result;
  const { rollout, around } = begun;
  const turn = await driven(rollout, around, ports, inputs);
  const cancelled = turn.code !== "ended" && ports.stop.aborted;
  const left = cancelled ? await afterCancel(rollout, around, inputs.onCancel, ports) : {};
  await requireEnd(left.turn ?? turn, around);
  return concluded(left.turn ?? turn, ports);
}

export type Begun = { rollout: string; around: Around } | { result: RolloutResult };

/** Everything up to the first turn: what speaks against a rollout is said before anything moves. */
export async function beginRollout(
  inputs: Pick<RunInputs, "waitSeconds"> & Parameters<typeof prepareRollout>[0],
  ports: RolloutPorts,
  check: (plan: NewPlan) => void = () => undefined,
): Promise<Begun> {
  const prepared = await prepareRollout(inputs, ports);
  check(prepared.plan);
  const around = aroundOf(prepared, ports);
  for (const sentence of remarksOn(prepared)) ports.warn(sentence);
  if (!(await isGoingBack(prepared, around))) {
    await requireMeant(prepared, ports);
    await mayBegin(prepared, inputs.waitSeconds, ports);
  }
  const opened = await open(prepared.plan, around);
  if ("refused" in opened) return refused(opened, prepared);
  const { rollout, adopted } = opened;
  if (adopted) await requireKnownBack(rollout, around);
  ports.begun?.(rollout);
  const { plan, place } = prepared;
  ports.say(
    `${adopted ? "Going on with" : "Opened"} ${rollout}: ${plan.kind} of ${place.service} in ${place.environment}, ` +
      `${plan.stable?.id ?? "what runs"} → ${plan.candidate.id}.`,
  );
  return { rollout, around };
}

/** What a run hands on: outputs, exit code, and the summary of the step. */
export async function concluded(turn: Turn, ports: RolloutPorts): Promise<RolloutResult> {
  const result = resultOf(turn);
  const now = new Date(ports.now()).toISOString();
  await ports.summary(`${renderRolloutMarkdown(statusOf(turn.state, null, now))}\n${result.goOn}\n`);
  await ports.settle?.(turn.state);
  await draw(turn.state, ports);
  ports.say(result.sentence);
  return result;
}

async function requireKnownBack(rollout: string, around: Around): Promise<void> {
  const rollouts = await rolloutsNow(around);
  const state = rollouts.get(rollout);
  if (state === undefined || state.doing.kind === "concluding") return;
  if (!(await isKnownBack(state.plan, rollouts, around))) throw unknownBack(state.plan);
}

/** A way back is held up by no gate, whoever goes on with it. */
async function isGoingBack({ plan }: Prepared, around: Around): Promise<boolean> {
  const running = unfinished(await rolloutsNow(around));
  return (
    running !== undefined &&
    running.turned !== null &&
    digestOf(running.plan.candidate) === digestOf(plan.candidate)
  );
}

const longBackSeconds = 600;

function remarksOn({ plan }: Prepared): string[] {
  if (plan.back_within_seconds <= longBackSeconds) return [];
  const back = durationWords(plan.back_within_seconds);
  return [
    `Policy lets a rollback take ${back} before people are told; users have the bad version that long.`,
  ];
}

function refused({ refused: reasons }: Extract<Opened, { refused: unknown }>, { plan }: Prepared): Begun {
  const sentence = reasons.map((one) => one.sentence).join(" ");
  return { result: nothingMoved(reasons[0]?.code ?? "refused", sentence, plan.candidate.id) };
}
