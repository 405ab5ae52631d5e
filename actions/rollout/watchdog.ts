import { exitCodes, UserError } from "../../core/errors.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { parseStream } from "../../core/evidence/stream.ts";
import { optional } from "../../core/optional.ts";
import type { Chain } from "../../core/ports.ts";
import { backAsked } from "../../core/rollout/back-asked.ts";
import type { Notice } from "../../core/rollout/effect.ts";
import { foldStream, unfinished } from "../../core/rollout/fold-stream.ts";
import { silenceOf } from "../../core/rollout/silence.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import { openBack } from "../rollback/run.ts";
import { aroundOf, say } from "./around.ts";
import { isKnownBack, requireEnd } from "./borne-out.ts";
import { decidedOf, decisionNamed } from "./decision.ts";
import type { adoptValues } from "./declaration.ts";
import { driven } from "./driving.ts";
import { mayBegin } from "./gate.ts";
import { requireMeant } from "./meant.ts";
import type { RolloutPorts } from "./ports.ts";
import { type Ground, groundOf } from "./prepare.ts";
import { type RolloutResult, resultOf } from "./result.ts";

export type Adopt = (typeof adoptValues)[number];

/**
 * Looks for rollouts whose run fell silent, in every stream of the ledger. They are held and paged, or driven on; a
 * way back that nobody drives is always driven, and at once: holding it would leave users with the bad version.
 */
export async function watchOver(adopt: Adopt, ports: RolloutPorts): Promise<RolloutResult> {
  const streams = (await ports.ledger.streams()).filter((stream) => parseStream(stream)?.kind === "service");
  const found = await Promise.all(streams.map((stream) => lookAfter(stream, adopt, ports)));
  const results = found.filter((one) => one !== undefined);
  const worst = results.toSorted((left, right) => left.exitCode - right.exitCode).at(-1);
  const names = results.flatMap(({ outputs }) => outputs.rollout || []).join(", ");
  const sentence =
    results.length === 0 ? "No rollout has fallen silent." : results.map((one) => one.sentence).join("\n");
  ports.say(sentence);
  return {
    outputs: {
      rollout: names,
      outcome: worst?.outputs.outcome ?? "none-silent",
      "reason-code": worst?.outputs["reason-code"] ?? "none-silent",
      stable: worst?.outputs.stable ?? "",
    },
    exitCode: worst?.exitCode ?? exitCodes.go,
    ...{ sentence, goOn: "" },
  };
}

async function lookAfter(
  stream: string,
  adopt: Adopt,
  ports: RolloutPorts,
): Promise<RolloutResult | undefined> {
  try {
    const chain = await ports.ledger.read(stream);
    const rollouts = foldStream(chain.events, ports.believes);
    const state = unfinished(rollouts);
    if (chain.fault !== undefined) throw tampered(chain.fault);
    if (state === undefined) return await goBackAsAsked(stream, chain, ports);
    const { service, environment } = state.plan;
    const ground = groundOf({ service, environment }, ports);
    const now = ports.now();
    const { fromMs } = silenceOf(chain.events, state, ground.leaseSeconds, new Date(now).toISOString());
    if (now < fromMs) return undefined;
    // Who may push could have written a plan that leads back to anything.
    const isSure =
      ports.believes === undefined ||
      (state.plan.kind !== "back" && (await isKnownBack(state.plan, rollouts, aroundOf(ground, ports))));
    return await (isSure && (adopt === "drive" || state.turned !== null)
      ? driveOn(state, ground, ports)
      : hold(state, ground, ports, isSure));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // One service that cannot be looked after keeps nobody from looking after the others, and is not taken for one that is.
    const sentence = `${stream}: ${error.message}`;
    ports.warn(sentence);
    const outputs = { rollout: "", outcome: "unknown", "reason-code": error.reasonCode, stable: "" };
    return { outputs, exitCode: error.exitCode, sentence, goOn: "" };
  }
}

/** The App takes such a word where it reaches no target: whoever does goes back. */
async function goBackAsAsked(
  stream: string,
  { events }: Chain,
  ports: RolloutPorts,
): Promise<RolloutResult | undefined> {
  const asked = backAsked(events);
  const name = parseStream(stream);
  if (asked === null || name?.kind !== "service") return undefined;
  const { service, environment } = name;
  const ground = groundOf({ service, environment }, ports);
  const reason = `${asked.body.by} asked for it: ${asked.body.reason}`;
  if (ports.believes !== undefined) {
    const sentence = `${reason.slice(0, 600)} Anybody who may push could have written that, and the versions before: run \`rollback\` for ${service} in ${environment}.`;
    ports.warn(sentence);
    const outputs = {
      rollout: asked.body.rollout,
      outcome: "standing",
      "reason-code": "back-asked",
      stable: "",
    };
    return { outputs, exitCode: exitCodes.needsApproval, sentence, goOn: "" };
  }
  return openBack({ reason, fleet: false }, ground, aroundOf(ground, ports), ports);
}

const lookOnceSeconds = 1;

async function driveOn(state: RolloutState, ground: Ground, ports: RolloutPorts): Promise<RolloutResult> {
  const { plan, turned } = state;
  if (turned === null) {
    if (plan.decision_id === undefined)
      throw new UserError(
        "no-decision",
        `${plan.rollout} names no decision, so nobody knows whether it may go on. Run its own job again.`,
      );
    const decision = await decisionNamed(ports.ledger, plan.decision_id, plan);
    const answer = decidedOf(decision, plan.service, plan.environment);
    await requireMeant({ decision, answer, plan }, { ...ports, ...optional("commit", plan.commit) });
    await mayBegin({ decision, answer, place: ground.place }, lookOnceSeconds, ports);
  }
  ports.say(
    `${plan.rollout} of ${plan.service} in ${plan.environment} fell silent: this run goes on with it.`,
  );
  const around = aroundOf(ground, ports);
  const turn = await driven(plan.rollout, around, ports, { waitSeconds: lookOnceSeconds });
  await requireEnd(turn, around);
  return resultOf(turn);
}

async function hold(
  state: RolloutState,
  ground: Ground,
  ports: RolloutPorts,
  isSure: boolean,
): Promise<RolloutResult | undefined> {
  // Somebody stopped it already: that is no silence.
  if (state.stop !== null) return undefined;
  const { plan } = state;
  const sentence =
    `Nobody has driven ${plan.rollout} of ${plan.service} in ${plan.environment} for two of its leases. It is held: ` +
    (isSure
      ? "say `resume` and run its job again, or take it back."
      : `it leads back to ${plan.stable?.id ?? "nothing"}, which nothing but the ledger bears out: roll back with \`to\`.`);
  const notice: Notice = { kind: "page", code: "silent", sentence };
  const around = aroundOf(ground, ports);
  // A way back stops for no such word.
  if (state.turned === null)
    await say(around, plan.rollout, { command: "hold", reason: sentence, by: ports.actor });
  try {
    await ports.people.tell(state, notice);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ports.warn(`${sentence} (${error.message})`);
  }
  const outputs = { rollout: plan.rollout, outcome: "standing", "reason-code": "silent", stable: "" };
  return { state, outputs, exitCode: exitCodes.needsApproval, sentence, goOn: "" };
}
